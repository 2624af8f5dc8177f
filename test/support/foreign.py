# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""TorchScript files as others write them."""

from __future__ import annotations

from pathlib import Path

from support.colours import Colours
import torch
from torch import nn

from rpi_classifier.runtime.known_answer import known_images
from rpi_classifier.runtime.torch_warnings import suppress_torch_warnings


class Around(nn.Module):
    """``Colours`` with something done to what it returns."""

    def __init__(self, after):
        super().__init__()
        self.colours, self.after = Colours(), after

    def forward(self, x):
        return self.after(self.colours(x))


class Writes(nn.Module):
    """``Colours`` that keeps every image."""

    def __init__(self, path: str):
        super().__init__()
        self.colours, self.path = Colours(), path

    def forward(self, x):
        torch.save(x, self.path)
        return self.colours(x)


def save_scripted(network: nn.Module, path: Path) -> Path:
    """Script a network and save it without a record."""
    with suppress_torch_warnings():
        torch.jit.script(network.eval()).save(str(path))
    return path


def quantized_colours(network: nn.Module | None = None) -> nn.Module:
    """Return ``Colours`` or another in int8, with a float input, as torch's tutorials make it."""
    torch.backends.quantized.engine = 'qnnpack'
    with suppress_torch_warnings():
        network = torch.ao.quantization.QuantWrapper((network or Colours()).eval())
        network.qconfig = torch.ao.quantization.get_default_qconfig('qnnpack')
        torch.ao.quantization.prepare(network, inplace=True)
        for image in known_images(32):
            network(torch.tensor(image).permute(2, 0, 1)[None] / 50 - 2.2)
        return torch.ao.quantization.convert(network)
