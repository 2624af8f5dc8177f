# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Tensors of a file whose numbers can be taken as they are."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from rpi_classifier.errors import WeightsError
from rpi_classifier.models.checkpoint import State


def require_plain_tensors(state: State) -> None:
    """
    Check that no tensor is sparse, complex, or without numbers.

    :raises WeightsError: if one is.
    """
    for key, value in state.items():
        if kind := _unusual_kind(value):
            raise WeightsError(
                f'{key} is {kind}; save a dense tensor of float32 in its place, on the CPU'
            )


def _unusual_kind(value: Any) -> str:
    if not isinstance(value, Tensor):
        return ''
    if value.is_meta:
        return 'a meta tensor, without numbers'
    if value.layout != torch.strided:
        return 'a sparse tensor'
    return 'complex' if value.is_complex() else ''
