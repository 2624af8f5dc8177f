# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What commands share: errors become one line and an exit status, paths are checked early."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
import os
from pathlib import Path
import sys

from rpi_classifier.config.choices import find_choice
from rpi_classifier.errors import ConfigError, ImageError, NothingCame, RpiClassifierError

_DAY_S = 24 * 3600.0


def run_command(
    name: str, work: Callable[[Sequence[str] | None], int | None], words: Sequence[str] | None
) -> int:
    """
    Run a command, and print its error in one line.

    :param work: takes the words of the command line, and may return an exit status.
    :param words: None: those of this process.
    :returns: the exit status: 2 for a bad option or image, 3 if what it waited for did not come,
        1 for another error of this package, 130 for Ctrl-C, 141 if nobody reads the output.
    """
    try:
        status = work(words) or 0
        print(end='', flush=True)  # does nothing where standard output is closed
        return status
    except RpiClassifierError as error:
        print(f'{name}: {error}', file=sys.stderr)
        return _status_of(error)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # as with `| head`; Python would complain when it flushes at its end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141


def _status_of(error: RpiClassifierError) -> int:
    if isinstance(error, NothingCame):
        return 3
    return 2 if isinstance(error, (ConfigError, ImageError)) else 1


def choice_of(
    choices: Collection[str], aliases: Mapping[str, str] | None = None
) -> Callable[[str], str]:
    """Return what finds the choice that a word means, for argparse; else it returns the word."""
    return lambda word: find_choice(word, choices, aliases or {}) or word


def check_seconds(option: str, value: float) -> None:
    """
    Check the time that something may take.

    :raises ConfigError: if it is not above 0, or more than a day.
    """
    if not 0 < value <= _DAY_S:
        raise ConfigError(f'{option}: {value:g} is not a number of seconds above 0, up to a day')


def check_output_path(option: str, path: Path, suffixes: Sequence[str]) -> None:
    """
    Refuse the path of a file before the work that fills it.

    :raises ConfigError: if it has another suffix, or its folder does not exist.
    """
    if path.suffix not in suffixes:
        raise ConfigError(f'{option}: {str(path)!r} does not end in {" or ".join(suffixes)}')
    if not path.parent.is_dir():
        raise ConfigError(f'{option}: {path.parent} is not a folder; make it first')
