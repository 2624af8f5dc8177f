# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""How many watch: nodes subscribe while somebody does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rpi_classifier.errors import TooManyViewers


class Audience:
    """Counts viewers up to a limit; any thread may read ``count`` and set ``limit``."""

    def __init__(self, limit: int) -> None:
        """Start with nobody."""
        self.limit = limit
        self.count = 0

    @contextmanager
    def watching(self) -> Iterator[None]:
        """
        Count a viewer for as long as the context lasts; on the thread of the server only.

        :raises TooManyViewers: if ``limit`` viewers are there already.
        """
        if self.count >= self.limit:
            raise TooManyViewers(
                f'{self.count} viewers are watching already, and max_viewers is {self.limit}; '
                'close another window'
            )
        self.count += 1
        try:
            yield
        finally:
            self.count -= 1
