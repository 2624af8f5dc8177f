# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What torch says: many lines at every load, most of which help nobody here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
import warnings


@contextmanager
def suppress_torch_warnings() -> Iterator[None]:
    """Hide torch's deprecation warnings, which announce the end of int8 and TorchScript."""
    with warnings.catch_warnings():
        for category in (UserWarning, DeprecationWarning, FutureWarning):
            warnings.simplefilter('ignore', category)
        yield


def torch_reason(error: Exception) -> str:
    """Return torch's own sentence, without the places in its code that precede it."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1] if lines else type(error).__name__
