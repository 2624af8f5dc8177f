# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What commands share: errors become one line and an exit status, paths are checked early."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
import errno
from io import TextIOWrapper
import os
from pathlib import Path
import sys

from rpi_classifier.config.choices import find_choice
from rpi_classifier.errors import (
    ConfigError,
    ImageError,
    NothingCame,
    OutputError,
    RpiClassifierError,
)
from rpi_classifier.files.output_file import explain_unwritable, write_whole_file
from rpi_classifier.files.paths import describe_path, expand_path

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)  # where standard output goes to a file

_DAY_S = 24 * 3600.0
INTERRUPTED = 130  # the exit status after Ctrl-C, as that of a shell


def run_command(
    name: str, work: Callable[[Sequence[str] | None], int | None], words: Sequence[str] | None
) -> int:
    """
    Run a command, and print its error in one line.

    :param work: takes the words of the command line, and may return an exit status. What a
        KeyboardInterrupt of its own says is printed, too.
    :param words: None: those of this process.
    :returns: the exit status: 2 for a bad option or image, 3 if what it waited for did not come,
        1 for another error of this package or a full disk, 130 for Ctrl-C, 141 if nobody reads
        the output any more.
    """
    _print_anything()
    try:
        status = work(words) or 0
        print(end='', flush=True)  # does nothing where standard output is closed
        return status
    except RpiClassifierError as error:
        print(f'{name}: {error}', file=sys.stderr)
        return _status_of(error)
    except KeyboardInterrupt as interrupt:
        reason = f'; {interrupt}' if interrupt.args else ''
        print(f'{name}: interrupted{reason}', file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # as with `| head`
        _drop_output()
        return 141
    except OSError as error:
        if error.errno not in _FULL:
            raise
        _drop_output()
        print(f'{name}: the output cannot be written: {error.strerror}', file=sys.stderr)
        return 1


def _print_anything() -> None:
    """Let standard output escape what its encoding lacks, as standard error does."""
    output = sys.stdout
    is_complete = output is not None and output.encoding.lower() in ('utf-8', 'utf8')
    if isinstance(output, TextIOWrapper) and not (
        is_complete and output.errors == 'surrogateescape'
    ):
        output.reconfigure(errors='backslashreplace')


def _drop_output() -> None:
    """Forget what was not written yet; Python would complain when it flushes at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def path_option(option: str) -> Callable[[str], Path]:
    """
    Return the type of an option for argparse: its text with ``~`` and the like expanded.

    It raises ConfigError for an empty text, as of a variable of a shell that is not set.
    """

    def path_of(text: str) -> Path:
        if not text:
            raise ConfigError(f'{option}: the path is empty; name a file or a folder')
        return Path(expand_path(text, option))

    return path_of


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

    :raises ConfigError: if it has another suffix, or no file can be written there.
    """
    if path.suffix not in suffixes:
        raise ConfigError(f'{option}: {str(path)!r} does not end in {" or ".join(suffixes)}')
    if reason := explain_unwritable(path):
        raise ConfigError(f'{option}: {reason}')


def write_output(option: str, path: Path, content: bytes) -> None:
    """
    Write the file that an option names, completely or not at all.

    :raises OutputError: if it cannot be written.
    """
    try:
        write_whole_file(content, path)
    except OSError as error:
        raise OutputError(
            f'{option}: {describe_path(path)} cannot be written: {error.strerror}; nothing is '
            'left there, repeat the command with another place'
        ) from error


def numbers_of(option: str, text: str) -> list[int]:
    """
    Return the numbers of an option that takes several.

    :raises ConfigError: if one of them is none.
    """
    try:
        return [int(word) for word in text.split(',')]
    except ValueError:
        raise ConfigError(f'{option}: {text!r} are not numbers, as in 1,2,4') from None
