# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What torch says: many lines at every load, most of which help nobody here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
import re
import warnings

_NAMED = re.compile(r'(builtins\.)?[A-Za-z]*(Error|Exception): ')
_ASSERTED = 'please report a bug to PyTorch. '  # between a place in its code and a sentence
_LONG = 300


@contextmanager
def suppress_torch_warnings() -> Iterator[None]:
    """Hide torch's deprecation warnings, which announce the end of int8 and TorchScript."""
    with warnings.catch_warnings():
        for category in (UserWarning, DeprecationWarning, FutureWarning):
            warnings.simplefilter('ignore', category)
        yield


def torch_reason(error: Exception) -> str:
    """
    Return torch's own sentence, without the places in its code around it.

    TorchScript puts the error's name before it, and lists of kernels may follow.
    """
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    named = [_NAMED.sub('', line) for line in lines if _NAMED.match(line)]
    reason = (named or lines or [type(error).__name__])[-1].rpartition(_ASSERTED)[2]
    return reason if len(reason) <= _LONG else reason.partition('. ')[0][:_LONG]
