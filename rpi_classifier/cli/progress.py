# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The progress bar of commands that take minutes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
import importlib.util
import sys
from typing import Any


@contextmanager
def progress(name: str, steps: int) -> Iterator[Callable[[str], Any]]:
    """
    Show a progress bar if standard error is a terminal; give a function that advances it.

    The function takes what was done, to be shown beside the bar.

    :param name: of the command.
    """
    if not sys.stderr.isatty():
        yield lambda done: None
    elif importlib.util.find_spec('tqdm') is None:
        print(f'{name}: no progress bar, tqdm is not installed; pip install tqdm', file=sys.stderr)
        yield lambda done: None
    else:
        from tqdm import tqdm

        with tqdm(total=steps, unit='step', leave=False) as bar:

            def advance(done: str) -> None:
                bar.set_postfix_str(done, refresh=False)
                bar.update()

            yield advance
