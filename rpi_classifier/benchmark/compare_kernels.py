# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Compares the ways to run mobilenet_v2: classes, probabilities, time against the tutorial's loop.

usage: python -m rpi_classifier.benchmark.compare_kernels FOLDER [FILE.onnx]

The folder has photos and expected_top5.json, and the file is mobilenet_v2 for ONNX Runtime. One
thread, one process, and a few frames in turns: this is for scripts/test-aarch64, where a frame
takes a second. On a board use scripts/bench.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import cycle
import json
from pathlib import Path
import platform
import sys

import numpy as np
from numpy.typing import NDArray

from rpi_classifier.benchmark.frames import measure_frames
from rpi_classifier.benchmark.measure import load_job, LoadedJob
from rpi_classifier.benchmark.pace import Pace
from rpi_classifier.benchmark.rows import Job, Row
from rpi_classifier.errors import ModelError
from rpi_classifier.images.decode import read_image_file
from rpi_classifier.input_spec import Image, Transform
from rpi_classifier.runtime.preprocess import fit
from rpi_classifier.versions import installed

_ROUNDS = 3
_TUTORIAL = "tutorial's loop, qnnpack"
_MODEL = 'mobilenet_v2'
_JOBS = {
    _TUTORIAL: Job(_MODEL, engine='qnnpack', threads=1, tutorial=True),
    'ours, qnnpack': Job(_MODEL, engine='qnnpack', kernels='qnnpack', threads=1),
    'ours, xnnpack': Job(_MODEL, engine='qnnpack', kernels='xnnpack', threads=1),
}


def load_ways(jobs: Mapping[str, Job]) -> dict[str, LoadedJob]:
    """Load all ways that work here, and print why another one does not."""
    ways = {}
    for name, job in jobs.items():
        try:
            ways[name] = load_job(job)
        except ModelError as error:
            print(f'{name}: {error}', flush=True)
    return ways


def probabilities_of(way: LoadedJob, frames: list[Image]) -> NDArray[np.float32]:
    """Return those of all classes, [frames, classes]."""
    return np.stack([way.classify(frame).probabilities.copy() for frame in frames])


def measure_in_turns(ways: dict[str, LoadedJob], frames: list[Image]) -> dict[str, Row]:
    """Time a few frames of each way, in turns."""
    rows = {name: Row(Job(_MODEL)) for name in ways}
    readers = {name: cycle(frames).__next__ for name in ways}
    for _ in range(_ROUNDS):
        for name, way in ways.items():
            rows[name].add(measure_frames(readers[name], way.classify, Pace(0.0)))
    return rows


def main(folder: Path, onnx: str = '') -> int:
    """Print the table; exit status 1 if a class is wrong or the kernels' answers differ."""
    expected = json.loads((folder / 'expected_top5.json').read_text())
    frames = [fit(read_image_file(folder / name), Transform()) for name in expected]
    truth = [top5[0]['index'] for top5 in expected.values()]
    print(f'torch {installed("torch")}, {platform.machine()}, one thread', flush=True)
    files = {'ours, onnx': Job(onnx, threads=1)} if onnx else {}
    ways = load_ways({**_JOBS, **files})
    answers = {name: probabilities_of(way, frames) for name, way in ways.items()}
    right = {name: int((rows.argmax(1) == truth).sum()) for name, rows in answers.items()}
    del answers[_TUTORIAL]  # its preprocessing rounds differently
    plain = next(iter(answers.values()))
    equal = {name: np.array_equal(rows, plain) for name, rows in answers.items()}
    rows = measure_in_turns(ways, frames)
    print('| way | top-1 | probabilities | time of the model | of the whole frame |')
    print('|---|--:|---|--:|--:|')
    for name, row in rows.items():
        verdict = '' if name not in equal else 'bit-equal' if equal[name] else 'DIFFERENT'
        model = row.median_ms('model') / rows[_TUTORIAL].median_ms('model')
        whole = row.total_percentile_ms(50) / rows[_TUTORIAL].total_percentile_ms(50)
        print(f'| {name} | {right[name]}/{len(frames)} | {verdict} | {model:.2f} | {whole:.2f} |')
    return int(set(right.values()) != {len(frames)} or not all(equal.values()))


if __name__ == '__main__':
    if len(sys.argv) not in (2, 3):
        sys.exit('usage: python -m rpi_classifier.benchmark.compare_kernels FOLDER [FILE.onnx]')
    sys.exit(main(Path(sys.argv[1]), *sys.argv[2:]))
