# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Which models this process has loaded: they need not be tried in a process of their own again."""

from __future__ import annotations

from collections import deque

from rpi_classifier.config import ClassifierConfig
from rpi_classifier.config.model import DESCRIPTION

_MOST = 16  # of the newest; robots change between a few models
# The live parameters that decide how a file is loaded. Its name decides what runs it.
_DECIDING = ('model', 'runtime', *DESCRIPTION, 'num_threads')


class ProvenModels:
    """Remembers the newest model files that were loaded: their content, and as what."""

    def __init__(self) -> None:
        """Remember nothing."""
        self._keys: deque[tuple[object, ...]] = deque(maxlen=_MOST)

    def add(self, config: ClassifierConfig, sha256: str) -> None:
        """
        Remember that a model was loaded in this process.

        :param sha256: of its file; empty for a model of the zoo, which is not remembered.
        """
        if sha256 and not self.has(config, sha256):
            self._keys.append(_key(config, sha256))

    def has(self, config: ClassifierConfig, sha256: str) -> bool:
        """Return True if a file with this content was loaded for these parameters."""
        return _key(config, sha256) in self._keys


def _key(config: ClassifierConfig, sha256: str) -> tuple[object, ...]:
    return (sha256, *(getattr(config, name) for name in _DECIDING))
