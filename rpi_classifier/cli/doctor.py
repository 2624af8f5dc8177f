# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""doctor: say what of this machine is not as the nodes need it, and what to do about it."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
import sys

from rpi_classifier.doctor.check_result import exit_status, Options
from rpi_classifier.doctor.run_checks import as_json, as_text, examine, GROUPS, summary


def arguments(words: Sequence[str] | None) -> argparse.Namespace:
    """Parse the command line."""
    defaults = Options()
    groups = ', '.join(GROUPS)
    parser = argparse.ArgumentParser(
        prog='doctor',
        description='Check this machine for the nodes: each line with a fix where one is needed. '
        'Exit status: 0 nothing wrong, 1 warnings, 2 errors.',
    )
    parser.add_argument('--device', default=defaults.device, help='default: %(default)s')
    parser.add_argument('--model', default=defaults.model, help='default: %(default)s')
    parser.add_argument(
        '--skip', metavar='GROUP', nargs='+', choices=GROUPS, default=[], help=f'of {groups}'
    )
    parser.add_argument(
        '--limit',
        type=float,
        default=defaults.limit_s,
        metavar='SECONDS',
        help='for each question to another process; default: %(default)g',
    )
    parser.add_argument('--json', action='store_true', help='print JSON')
    return parser.parse_args(words)


def main(words: Sequence[str] | None = None) -> int:
    """Run the command; exit status 0 if nothing is wrong, 1 with warnings, 2 with errors."""
    options = arguments(words)
    examined = Options(options.device, options.model, options.limit)
    findings = []
    try:
        for finding in examine(examined, options.skip):
            findings.append(finding)
            if not options.json:
                print(as_text(finding), flush=True)
    except KeyboardInterrupt:
        return 130
    print(as_json(findings) if options.json else summary(findings))
    return exit_status(findings)


if __name__ == '__main__':
    sys.exit(main())
