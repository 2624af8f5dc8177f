# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Lets torch export as in a new process, whatever a training has set, and without its logs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch


@contextmanager
def plain_torch() -> Iterator[None]:
    """Compute in float32, without autocast, until the end of the block."""
    former = torch.get_default_dtype()
    torch.set_default_dtype(torch.float32)
    try:
        with torch.autocast('cpu', enabled=False):
            yield
    finally:
        torch.set_default_dtype(former)


@contextmanager
def ready_for_onnx() -> Iterator[None]:
    """
    Let torch export to ONNX.

    Attention is made of operations that ONNX has, not of torch's fused one, and a graph that
    cannot be exported is not printed.
    """
    mha: Any = getattr(torch.backends, 'mha', None)  # of torch 2.3 and newer
    former = mha.get_fastpath_enabled() if mha else True
    bindings: Any = torch._C
    log = bindings._jit_onnx_log
    if mha:
        mha.set_fastpath_enabled(False)
    bindings._jit_onnx_log = lambda *_: None  # its switch is turned on again by torch.onnx.export
    try:
        yield
    finally:
        bindings._jit_onnx_log = log
        if mha:
            mha.set_fastpath_enabled(former)
