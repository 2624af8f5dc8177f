# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The input tensor of torch's networks, whose memory the preprocessor writes to."""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np
import torch
from torch import nn, Tensor

from rpi_classifier.errors import ModelError
from rpi_classifier.input_spec import InputMemory, Quantization
from rpi_classifier.runtime.torch_warnings import suppress_torch_warnings


def input_tensor(size: int, quantization: Quantization | None) -> tuple[Tensor, InputMemory]:
    """
    Make the input of a network.

    :returns: a channels-last [1, 3, size, size] tensor, and a view of its memory,
        [size, size, 3].
    """
    if quantization is None:
        floats = torch.zeros(1, size, size, 3)
        return floats.permute(0, 3, 1, 2), floats[0].numpy()
    with suppress_torch_warnings():
        tensor = torch._empty_affine_quantized(
            [1, 3, size, size],
            scale=quantization.scale,
            zero_point=quantization.zero_point,
            dtype=torch.qint8 if quantization.signed else torch.quint8,
            memory_format=torch.channels_last,
        )
    memory = (ctypes.c_uint8 * (size * size * 3)).from_address(tensor.data_ptr())
    stored: Any = np.ctypeslib.as_array(memory).view(quantization.dtype)
    return tensor, stored.reshape(size, size, 3)


def take_off_stub(network: nn.Module) -> Quantization:
    """
    Replace the quantization stub of a converted network, so that it takes quantized input.

    :raises ModelError: if the network has no such stub.
    """
    stub = getattr(network, 'quant', None)
    if stub is None or not hasattr(stub, 'scale'):
        raise ModelError('the network has no quantized input; give one converted to int8')
    network.quant = nn.Identity()
    return Quantization(float(stub.scale), int(stub.zero_point))
