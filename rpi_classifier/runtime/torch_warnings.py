# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Torch announces the end of quantized tensors and TorchScript, at every load, in many lines."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
import warnings


@contextmanager
def quiet() -> Iterator[None]:
    """Keep deprecation warnings of torch from people who can do nothing about them."""
    with warnings.catch_warnings():
        for category in (UserWarning, DeprecationWarning, FutureWarning):
            warnings.simplefilter('ignore', category)
        yield
