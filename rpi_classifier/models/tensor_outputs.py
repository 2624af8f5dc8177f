# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Turns what a network of torch returns into arrays, for ``outputs``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor


def arrays_of_tensors(returned: Any) -> Any:
    """Turn the tensors of what a network returns into arrays; they are copies."""
    if isinstance(returned, Tensor):
        if returned.is_quantized or returned.dtype == torch.bfloat16:
            returned = returned.dequantize()
        return returned.numpy().copy()
    if isinstance(returned, Mapping):
        return {key: arrays_of_tensors(value) for key, value in returned.items()}
    if isinstance(returned, (tuple, list)):
        return [arrays_of_tensors(value) for value in returned]
    return returned
