# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""benchmark: frames per second and latencies of models, in the tutorial's table."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from contextlib import nullcontext
from itertools import product
from pathlib import Path
import sys
from typing import Any

from rpi_classifier.benchmark import agreement, pipeline, plot, runner, table
from rpi_classifier.benchmark.rows import Job, Row
from rpi_classifier.camera.device_kinds import explain_impossible
from rpi_classifier.cli.command import (
    check_output_path,
    check_seconds,
    choice_of,
    numbers_of,
    path_option,
    run_command,
    write_output,
)
from rpi_classifier.cli.model_options import (
    add_cache_option,
    add_model_options,
    as_parameter,
    model_options,
)
from rpi_classifier.cli.progress import progress
from rpi_classifier.config import CameraConfig, ClassifierConfig
from rpi_classifier.errors import ConfigError
from rpi_classifier.models.load import FORMATS, name_in_file, read_metadata
from rpi_classifier.models.zoo import MODELS
from rpi_classifier.photos import all_crops, find_photos

_FILES = [f'FILE{one.suffix}' for one in FORMATS]
_JIT = {'on': [True], 'off': [False], 'both': [True, False]}
_SWITCHES = {'true': 'on', 'yes': 'on', 'false': 'off', 'no': 'off'}
_REFERENCES = ('tutorial', 'topk')


def arguments(words: Sequence[str] | None) -> argparse.Namespace:
    """Parse the command line."""
    defaults = ClassifierConfig()
    parser = argparse.ArgumentParser(
        prog='benchmark',
        description='Measure models in processes of their own, those to be compared in turns.',
        epilog='Without --source the frames are noise of the size of the model.',
    )
    add = parser.add_argument
    add(
        '--models',
        default=defaults.model,
        help=f'all, or some of {", ".join(MODELS)} and {", ".join(_FILES)}',
    )
    add(
        '--weights',
        type=as_parameter('weights'),
        default=defaults.weights,
        help='default, or random: needs no download',
    )
    add('--engines', default=defaults.engine, help='default: %(default)s')
    add('--kernels', default=defaults.kernels, help='as in qnnpack,xnnpack; default: %(default)s')
    add('--threads', default='0', help='as in 1,2,4; 0: as num_threads of the node')
    add('--jit', type=choice_of(_JIT, _SWITCHES), choices=list(_JIT), default='on')
    add('--source', default='', metavar='DEVICE|FILE|FOLDER', help='where frames come from')
    add('--duration', type=float, default=2.0, help='seconds per row; default: %(default)s')
    add('--limit', type=float, default=120.0, help='most seconds per row; default: %(default)s')
    add(
        '--reference',
        nargs='?',
        const='tutorial',
        type=choice_of(_REFERENCES),
        choices=_REFERENCES,
        help="measure the tutorial's own loop too; topk: also with topk for its sort, per engine",
    )
    add(
        '--photos',
        type=path_option('photos'),
        metavar='FOLDER|FILE',
        help='compare with fp32 on crops of these',
    )
    add('--pipeline', action='store_true', help='measure the real nodes too')
    add('--stress', type=int, default=0, metavar='N', help='keep N processes busy meanwhile')
    add('--output', type=path_option('output'), metavar='FILE.md|.csv|.json')
    add('--plot', type=path_option('plot'), metavar='FILE.png')
    add_cache_option(parser)
    add_model_options(parser)
    return parser.parse_args(words)


def jobs_of(options: argparse.Namespace) -> list[Job]:
    """
    Return the rows that the command line asks for.

    :raises RpiClassifierError: naming the first value, file or photo that is wrong.
    """
    every = options.models.strip().lower() == 'all'
    words = list(MODELS) if every else options.models.split(',')
    models = [ClassifierConfig(model=word).model for word in words]
    source = CameraConfig(device=options.source).device
    if source and (reason := explain_impossible(source)):
        raise ConfigError(f'source: {reason}')
    threads = numbers_of('threads', options.threads)
    engines, kernels = _words('engine', options.engines), _words('kernels', options.kernels)
    for engine, kind, number in product(engines, kernels, threads):
        ClassifierConfig(weights=options.weights, engine=engine, kernels=kind, num_threads=number)
    for model in models:
        if model not in MODELS and not ClassifierConfig(model=model).is_file:
            raise ConfigError(
                f'models: {model!r} is not all, a {", a ".join(_FILES)} or one of '
                f'{", ".join(MODELS)}'
            )
    if options.photos:
        all_crops(find_photos([options.photos]))
    check_seconds('limit', options.limit)
    if not 0 < options.duration <= options.limit:
        raise ConfigError(f'duration: {options.duration:g} is not between 0 and --limit')
    if not 0 <= options.stress <= 64:
        raise ConfigError(f'stress: {options.stress} is not a number from 0 to 64')
    return runner.jobs(
        models,
        engines=engines,
        kernels=kernels,
        jits=_JIT[options.jit],
        threads=threads,
        weights=options.weights,
        cache=options.cache,
        source=source,
        reference=bool(options.reference),
        topk=options.reference == 'topk',
        photos=str(options.photos or ''),
        families={model: name_in_file(model) for model in models if model not in MODELS},
        descriptions=_descriptions(models, options),
    )


def _words(name: str, text: str) -> list[str]:
    """Return the values of a parameter that a text has, separated by commas."""
    return [as_parameter(name)(word) for word in text.split(',')]


def _descriptions(models: Sequence[str], options: argparse.Namespace) -> dict[str, dict[str, Any]]:
    """
    Return the parameters that describe each file of others.

    :raises RpiClassifierError: if there are some but no such file, or if they are wrong.
    """
    given = model_options(options)
    files = [model for model in models if model not in MODELS]
    foreign = [model for model in files if not read_metadata(model)]
    for model in foreign:
        ClassifierConfig(model=model, **given)
    for name, value in given.items():
        if not foreign and value != getattr(ClassifierConfig, name):
            raise ConfigError(
                f'{name}: {value!r} is for a model file that others made, and there is none among '
                f'{", ".join(models)}'
            )
    alone = [model for model in files if name_in_file(model) not in MODELS]
    if alone and (options.photos or options.reference):
        raise ConfigError(
            f'models: {alone[0]!r} has no counterpart in the zoo to be compared with; leave '
            '--photos and --reference out'
        )
    return dict.fromkeys(foreign, given)


def benchmark(words: Sequence[str] | None) -> int:
    """
    Measure what the command line asks for, and print it.

    :returns: 1 if a row could not be measured, else 0.
    :raises RpiClassifierError: if an option is wrong; nothing is measured then.
    """
    options = arguments(words)
    jobs = jobs_of(options)
    if options.output:
        check_output_path('output', options.output, table.SUFFIXES)
    if options.plot:
        check_output_path('plot', options.plot, ['.png'])
        plot.require_matplotlib()
    rows: list[Row] = []
    with progress('benchmark', runner.steps(jobs)) as advance:
        for row in runner.run_jobs(
            jobs, duration_s=options.duration, limit_s=options.limit, stress=options.stress
        ):
            if row is None:
                advance('')
            else:
                rows.append(row)
    print(table.markdown(rows))
    if options.output:
        text = table.format_table(rows, options.output.suffix)
        write_output('output', options.output, text.encode())
    if options.plot:
        write_output('plot', options.plot, plot.draw_rows(rows))
    if options.photos:
        print(f'\n{agreement.explanation(rows)}')
    if options.reference:
        print(f'\n{table.ratios(rows)}')
    if options.pipeline:
        print(f'\n{compare_nodes(options, jobs, rows)}')
    for caution in dict.fromkeys(f'{row.job.model}: {row.caution}' for row in rows if row.caution):
        print(f'benchmark: {caution}', file=sys.stderr)
    return int(any(row.error for row in rows))


def compare_nodes(options: argparse.Namespace, jobs: list[Job], rows: list[Row]) -> str:
    """
    Measure the nodes with the first job's model, and compare them with the bare loops in a table.

    :raises RpiClassifierError: if the nodes give no results.
    """
    job = jobs[0]
    parameters = {
        'model': job.model,
        'weights': job.weights,
        'engine': job.engine,
        'kernels': job.kernels,
        'num_threads': job.threads,
        'cache': job.cache,
        **job.model_options,
    }
    loops = [
        ("tutorial's loop" if row.job.tutorial else f'bare, {row.engine}', row.fps)
        for row in rows
        if row.job.model == job.model and not row.error and not row.job.topk
    ]
    with pipeline.noise(224) if not job.source else nullcontext(Path(job.source)) as source:
        measured = pipeline.arrangements(
            source, options.duration, parameters, loops[0][1] if loops else None
        )
        return pipeline.nodes_table(measured, loops)


def main(words: Sequence[str] | None = None) -> int:
    """Run the command; exit status 2 for a bad option, 1 if a row could not be measured."""
    return run_command('benchmark', benchmark, words)


if __name__ == '__main__':
    sys.exit(main())
