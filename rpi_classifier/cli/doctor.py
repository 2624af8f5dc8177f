# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""doctor: check this machine for what the nodes need, and say how to fix what is wrong."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
import sys

from rpi_classifier.cli.command import check_seconds, choice_of, run_command
from rpi_classifier.cli.model_options import add_model_options, as_parameter, model_options
from rpi_classifier.doctor.check_result import exit_status, Options
from rpi_classifier.doctor.report import count_line, report_json, result_lines
from rpi_classifier.doctor.run_checks import CHECKS, run_checks


def arguments(words: Sequence[str] | None) -> argparse.Namespace:
    """Parse the command line."""
    defaults = Options()
    parser = argparse.ArgumentParser(
        prog='doctor',
        description='Check this machine for what the nodes need, and say how to fix what is '
        'wrong. Exit status: 0 nothing wrong, 1 warnings, 2 errors.',
    )
    parser.add_argument(
        '--device', default=defaults.device, help='the camera to check; default: %(default)s'
    )
    parser.add_argument(
        '--model',
        type=as_parameter('model'),
        default=defaults.model,
        help='the model to check; default: %(default)s',
    )
    parser.add_argument(
        '--skip',
        metavar='GROUP',
        nargs='+',
        type=choice_of(CHECKS),
        choices=CHECKS,
        default=[],
        help=f'leave out groups of checks: {", ".join(CHECKS)}',
    )
    parser.add_argument(
        '--limit',
        type=float,
        default=defaults.limit_s,
        metavar='SECONDS',
        help='time for each check that runs in another process; default: %(default)g',
    )
    parser.add_argument('--json', action='store_true', help='print JSON')
    add_model_options(parser)
    return parser.parse_args(words)


def doctor(words: Sequence[str] | None) -> int:
    """Print the results of all checks; return the exit status that follows from them."""
    given = arguments(words)
    check_seconds('limit', given.limit)
    options = Options(given.device, given.model, given.limit, model_options(given))
    results = []
    for result in run_checks(options, given.skip):
        results.append(result)
        if not given.json:
            print(result_lines(result), flush=True)
    print(report_json(results) if given.json else count_line(results))
    return exit_status(results)


def main(words: Sequence[str] | None = None) -> int:
    """Run the command; exit status 0 if nothing is wrong, 1 with warnings, 2 with errors."""
    return run_command('doctor', doctor, words)


if __name__ == '__main__':
    sys.exit(main())
