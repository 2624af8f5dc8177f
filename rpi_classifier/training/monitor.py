# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""How a trainer reports progress to its user, and how the user stops it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias

# Shows a bar of so many steps; the function that it gives advances it.
Bar: TypeAlias = 'Callable[[int], AbstractContextManager[Callable[[str], Any]]]'


@contextmanager
def no_bar(steps: int) -> Iterator[Callable[[str], Any]]:
    """Show nothing."""
    yield str


@dataclass(frozen=True)
class Monitor:
    """
    The callbacks of a trainer to the program that runs it.

    ``bar`` shows progress, ``tell`` takes sentences for the user, ``stopped`` returns True
    once the user wants the result so far.
    """

    bar: Bar = no_bar
    tell: Callable[[str], Any] = str
    stopped: Callable[[], bool] = bool
