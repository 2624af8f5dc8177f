# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Compares the best classes that all runtimes give for photos, with torchvision's and the truth.

usage: compare_runtimes.py FOLDER --onnx FILE.onnx [--pte FILE.pte] [--first N] [--limit S]

FOLDER has photos and a reference.json: for each photo's name its ``class``, and
``torchvision_top5``, a list of ``index`` and ``score``, as mobilenet_v2 answers on qnnpack behind
torchvision's PIL transform. The files hold mobilenet_v2, too, as export_model writes it.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
import json
from pathlib import Path
import shutil
import sys
import tempfile

from rpi_classifier.benchmark.agreement import shares
from rpi_classifier.benchmark.rows import Job, Row
from rpi_classifier.benchmark.table import aligned
from rpi_classifier.benchmark.worker import Worker

TITLES = ('way', 'as qnnpack', 'as torchvision', 'right')
REFERENCE = 'torchscript, qnnpack'
Best = Sequence[Sequence[int]]


def ways(options: argparse.Namespace, photos: str) -> dict[str, Job]:
    """Return a job for every way to run mobilenet_v2 on photos."""

    def job(model: str = 'mobilenet_v2', **values: object) -> Job:
        return Job(model, threads=1, photos=photos, whole_photos=True, **values)  # type: ignore[arg-type]

    found = {
        REFERENCE: job(engine='qnnpack', kernels='qnnpack'),
        'torchscript, xnnpack': job(engine='qnnpack', kernels='xnnpack'),
        **{f'torchscript, {name}': job(engine=name) for name in ('onednn', 'x86', 'fbgemm')},
        'onnx': job(str(options.onnx)),
        'onnx, exact products': job(str(options.onnx), exact=True),
    }
    if options.pte:
        found['executorch'] = job(str(options.pte))
    return found


def load(job: Job, limit_s: float) -> Row:
    """Classify the photos of a job in a process of its own."""
    worker = Worker(job, limit_s, quiet=True)
    worker.close()
    return worker.row


def table(rows: Mapping[str, Row], theirs: Best, truth: Best) -> str:
    """
    Return how many best classes of each row are those of qnnpack, of torchvision, and the truth.

    :param theirs: torchvision's best classes of each photo.
    :param truth: the class of each photo.
    """
    ours = rows[REFERENCE].best
    lines = [list(TITLES)]
    for name, row in rows.items():
        lines.append([name, *[agreement(row.best, other) for other in (ours, theirs, truth)]])
    last = [agreement(theirs, other) for other in (ours, theirs, truth)]
    lines.append(["torchvision's own, qnnpack", *last])
    return aligned(lines, {0})


def agreement(some: Best, others: Best) -> str:
    """Return how many of the best classes are the same; a dash if some are not known."""
    if not some or not others:
        return '-'
    return f'{round(shares(some, others)[0] * len(some))}/{len(some)}'


def arguments() -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    add = parser.add_argument
    add('folder', type=Path, metavar='FOLDER')
    add('--onnx', type=Path, required=True, metavar='FILE.onnx')
    add('--pte', type=Path, metavar='FILE.pte')
    add('--first', type=int, metavar='N', help='of the photos, for an emulator; default: all')
    add('--limit', type=float, default=600.0, metavar='S', help='seconds for each way')
    return parser.parse_args()


def main() -> int:
    """Print a table."""
    options = arguments()
    reference = json.loads((options.folder / 'reference.json').read_text())
    names = sorted(reference)[: options.first]
    theirs = [[one['index'] for one in reference[name]['torchvision_top5']] for name in names]
    truth = [[reference[name]['class']] for name in names]
    rows = {}
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            shutil.copy(options.folder / name, folder)
        for title, job in ways(options, folder).items():
            print(title, file=sys.stderr, flush=True)
            rows[title] = load(job, options.limit)
    print(table(rows, theirs, truth))
    for title, row in rows.items():
        if row.error or row.caution:
            print(f'{title}: {row.error or row.caution}')
    return 0


if __name__ == '__main__':
    sys.exit(main())
