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
def progress(name: str, steps: int) -> Iterator[Callable[[], Any]]:
    """
    Show a progress bar if standard error is a terminal; give a function that advances it.

    :param name: of the command.
    """
    if not sys.stderr.isatty():
        yield lambda: None
    elif importlib.util.find_spec('tqdm') is None:
        print(f'{name}: no progress bar, tqdm is not installed; pip install tqdm', file=sys.stderr)
        yield lambda: None
    else:
        from tqdm import tqdm

        with tqdm(total=steps, unit='step', leave=False) as bar:
            yield bar.update
