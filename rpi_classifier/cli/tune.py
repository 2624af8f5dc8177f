# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""tune: measure every way to run a model on this board, and write parameters for the best one."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
import json
from pathlib import Path
import signal
import sys
from tempfile import TemporaryDirectory

from rpi_classifier.benchmark import plot
from rpi_classifier.benchmark.choose import Chooser
from rpi_classifier.benchmark.pictures import collect_pictures
from rpi_classifier.benchmark.tune import (
    build_files,
    find_reference,
    plan_trials,
    run_rounds,
    tune_steps,
    TuneRequest,
)
from rpi_classifier.benchmark.tune_report import about_machine, tune_json, tune_table, Tuned
from rpi_classifier.benchmark.tuned_file import refuse_overwriting, write_tuned
from rpi_classifier.benchmark.ways import thread_numbers
from rpi_classifier.cli.command import (
    check_output_path,
    numbers_of,
    path_option,
    run_command,
    write_output,
)
from rpi_classifier.cli.model_options import add_model_options, as_parameter, model_options
from rpi_classifier.cli.progress import progress
from rpi_classifier.config import ClassifierConfig
from rpi_classifier.config.choices import choose
from rpi_classifier.models.load import FORMATS, require_torch_for

_RUNTIMES = tuple(one.runtime for one in FORMATS)
_FILES = ', '.join(f'FILE{one.suffix}' for one in FORMATS)


def arguments(words: Sequence[str] | None) -> argparse.Namespace:
    """Parse the command line."""
    defaults = ClassifierConfig()
    threads = ','.join(map(str, thread_numbers()))
    parser = argparse.ArgumentParser(
        prog='tune',
        description='Measure every way to run a model on this board, each in a process of its '
        'own, and write a parameter file with the fastest one that gives the same classes.',
        epilog='Without --photos the sample photos of scikit-image, or noise, are classified.',
    )
    add, given = parser.add_argument, 'default: %(default)s'
    for name, meaning in (('model', f'of the zoo, or {_FILES}'), ('weights', 'default or random')):
        value = getattr(defaults, name)
        add(f'--{name}', type=as_parameter(name), default=value, help=f'{meaning}; {given}')
    add(
        '--photos',
        type=path_option('photos'),
        metavar='FOLDER',
        help='to compare classes on; yours are best',
    )
    add('--fps', type=float, default=30.0, help=f"the camera's rate; {given}")
    add('--busy', type=int, default=0, metavar='N', help='keep N processes busy meanwhile')
    add('--threads', default=threads, help=f'as in 1,2,4; {given}')
    add('--runtimes', default=','.join(_RUNTIMES), help=given)
    add('--duration', type=float, default=10.0, help=f'seconds for each way; {given}')
    add('--limit', type=float, default=120.0, help=f'most seconds per process; {given}')
    drop = 'how many of the pictures may get another class'
    add('--max-drop', type=float, default=0.0, metavar='PERCENT', help=f'{drop}; {given}')
    add(
        '--output',
        type=path_option('output'),
        required=True,
        metavar='FILE.yaml',
        help='the model goes beside it',
    )
    add('--force', action='store_true', help='overwrite what an earlier run wrote')
    add('--json', type=path_option('json'), metavar='FILE.json', help='all samples')
    add('--plot', type=path_option('plot'), metavar='FILE.png')
    add_model_options(parser)
    return parser.parse_args(words)


def request_of(options: argparse.Namespace) -> TuneRequest:
    """
    Return what the command line asks for.

    :raises RpiClassifierError: naming the first value or file that is wrong.
    """
    given = model_options(options)
    config = ClassifierConfig(model=options.model, weights=options.weights, **given)
    if not config.is_file:
        require_torch_for(config.model)
    runtimes = [choose('runtimes', word, _RUNTIMES) for word in options.runtimes.split(',')]
    return TuneRequest(
        config.model,
        tuple(runtimes),
        tuple(numbers_of('threads', options.threads)),
        fps=options.fps,
        duration=options.duration,
        limit=options.limit,
        busy=options.busy,
        max_drop=options.max_drop,
        weights=options.weights,
        photos=str(options.photos or ''),
        model_options=given,
    )


def check_outputs(options: argparse.Namespace, request: TuneRequest) -> None:
    """
    Refuse paths that cannot be written, before minutes of measuring.

    :raises ConfigError: naming the first one.
    """
    check_output_path('output', options.output, ['.yaml'])
    if not options.force:
        refuse_overwriting(options.output, request)
    if options.json:
        check_output_path('json', options.json, ['.json'])
    if options.plot:
        plot.require_matplotlib()
        check_output_path('plot', options.plot, ['.png'])


def tune(words: Sequence[str] | None) -> None:
    """
    Measure, print the table and the reasons, and write the files.

    :raises RpiClassifierError: if an option is wrong, or nothing could be measured.
    """
    options = arguments(words)
    request = request_of(options)
    check_outputs(options, request)
    with _ending_well(), TemporaryDirectory(prefix='tune-') as name:
        tuned = measure_ways(request, Path(name))
        print(tune_table(tuned), flush=True)
        if options.json:
            write_output('json', options.json, f'{json.dumps(tune_json(tuned))}\n'.encode())
        if options.plot:
            content = plot.draw_trials(tuned.trials, tuned.chosen, request.fps)
            write_output('plot', options.plot, content)
        choice = tuned.choice()
        print('', *choice.reasons, sep='\n')
        model = write_tuned(options.output, request, choice, tuned.about)
    print(
        f'{options.output} runs {model}: ros2 launch rpi_classifier classifier.launch.py '
        f'params_file:={options.output.absolute()}'
    )


def measure_ways(request: TuneRequest, folder: Path) -> Tuned:
    """
    Export the model for all ways, and measure them.

    :param folder: for the exported files and the pictures; it stays as it is until they are used.
    :raises RpiClassifierError: if the model or a photo cannot be read.
    """
    pictures = collect_pictures(request.photos, folder / 'pictures')
    planned = plan_trials(request, pictures, folder)
    with progress('tune', tune_steps(planned)) as advance:
        trials = build_files(request, planned, advance)
        reference = find_reference(request, trials, advance)
        run_rounds(request, trials, advance)
    candidates = [trial for trial in trials if trial.candidate]
    for trial in candidates:
        trial.compare(reference.best)
    return Tuned(candidates, Chooser(request, reference, pictures), about_machine())


@contextmanager
def _ending_well() -> Iterator[None]:
    """Let SIGTERM end this command as Ctrl-C does: its processes and files go with it."""
    before = signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def main(words: Sequence[str] | None = None) -> int:
    """Run the command; exit status 2 for a bad option, 1 if nothing could be measured."""
    return run_command('tune', tune, words)


if __name__ == '__main__':
    sys.exit(main())
