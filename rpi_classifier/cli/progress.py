# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The progress bar of commands that take minutes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
import importlib.util
import sys
from typing import Protocol


class Advance(Protocol):
    """Advances a progress bar."""

    def __call__(self, done: str, steps: int = 1, /) -> object:
        """
        Show what was done beside the bar.

        :param steps: by how many the bar grows; 0: only the text is new.
        """


@contextmanager
def progress(name: str, steps: int) -> Iterator[Advance]:
    """
    Show a progress bar if standard error is a terminal; give a function that advances it.

    :param name: of the command.
    """
    if not sys.stderr.isatty():
        yield lambda done, steps=1: None
    elif importlib.util.find_spec('tqdm') is None:
        print(f'{name}: no progress bar, tqdm is not installed; pip install tqdm', file=sys.stderr)
        yield lambda done, steps=1: None
    else:
        from tqdm import tqdm

        with tqdm(total=steps, unit='step', leave=False) as bar:

            def advance(done: str, steps: int = 1) -> None:
                bar.set_postfix_str(done, refresh=not steps)
                bar.update(steps)

            yield advance
