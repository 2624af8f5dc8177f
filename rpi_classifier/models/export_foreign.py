# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Exports networks that were trained elsewhere as their authors would, to TorchScript and ONNX."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
import copy
from pathlib import Path
from typing import Any, TypeAlias
import warnings

import torch
from torch import nn, Tensor

from rpi_classifier.errors import ModelError
from rpi_classifier.input_spec import Image, Transform
from rpi_classifier.models.image_dependence import CAUTION, depends_on_image
from rpi_classifier.models.labels import check_labels
from rpi_classifier.models.outputs import choose_output, OutputChoice
from rpi_classifier.models.plain_torch import ready_for_onnx
from rpi_classifier.models.tensor_outputs import arrays_of_tensors
from rpi_classifier.runtime.base import Logits
from rpi_classifier.runtime.known_answer import answers_for
from rpi_classifier.runtime.onnx import OnnxRuntime
from rpi_classifier.runtime.torch_warnings import suppress_torch_warnings, torch_reason
from rpi_classifier.runtime.torchscript import TorchRuntime

Images: TypeAlias = 'Sequence[Image]'  # [H, W, 3] uint8 BGR

_OPSET = 17  # ONNX Runtime 1.13 and newer know it
_TRACER: Any = torch.jit.TracerWarning  # type: ignore[attr-defined]
# What holds a network, and under which name.
_WRAPPERS = {
    'DataParallel': 'module',
    'DistributedDataParallel': 'module',
    'OptimizedModule': '_orig_mod',
}


class ExportableNetwork:
    """
    A copy of a network, on the CPU, in float32 and eval mode, that returns its scores alone.

    The network itself stays on its device and in its mode. ``is_int8`` is True if it has layers
    that are quantized.
    """

    def __init__(self, network: nn.Module, size: int, labels: Sequence[str]) -> None:
        """
        Copy a network, and look at what it returns for an image of noise.

        :param network: [1, 3, size, size] float32 -> [1, classes], alone or in a tuple or a dict.
        :raises ModelError: if it cannot be copied or run, or does not return a score per label.
        """
        with _explained('copied to the CPU'):
            self._network = copy.deepcopy(_unwrapped(network)).cpu().float().eval()
        self._size = size
        generator, side = torch.Generator().manual_seed(0), (size, size)
        self._image = torch.rand(1, 3, *side, generator=generator, dtype=torch.float32)
        with _explained(f'run on a float image, [1, 3, {size}, {size}]'), torch.no_grad():
            returned = arrays_of_tensors(self._network(self._image))
        output = choose_output(returned, len(labels))
        check_labels(labels, output.classes)
        if output.path:
            self._network = _ScoresOnly(self._network, output).eval()
        self._scores = OutputChoice((), output.classes)
        self.is_int8 = any(hasattr(one, 'set_weight_bias') for one in self._network.modules())

    def write(self, path: Path) -> str:
        """
        Write the network without a record.

        :param path: FILE.pt for TorchScript, traced, or FILE.onnx.
        :returns: a sentence if its code depends on the image; empty if not.
        :raises ModelError: if torch cannot export it.
        """
        write = self._write_onnx if path.suffix == '.onnx' else self._write_torchscript
        with _explained(f'exported as FILE{path.suffix}') as warned, torch.no_grad():
            write(str(path))
        messages = [str(one.message) for one in warned]
        return CAUTION if depends_on_image(self._network, self._image, messages) else ''

    def answers(self, transform: Transform, images: Images) -> list[Logits]:
        """
        Return the network's own scores for images, [classes] each.

        :raises ModelError: if it raises anything.
        """
        return self._run(self._network, transform, images)

    def answers_of(self, path: Path, transform: Transform, images: Images) -> list[Logits]:
        """
        Return the scores of the file that was written.

        :raises ModelError: if it cannot be run.
        """
        if path.suffix == '.onnx':
            runtime = OnnxRuntime(path.read_bytes(), size=self._size)
            return answers_for(runtime, transform, images)
        with suppress_torch_warnings():
            network = torch.jit.load(str(path))  # type: ignore[no-untyped-call]
        return self._run(network, transform, images)

    def _run(self, network: nn.Module, transform: Transform, images: Images) -> list[Logits]:
        with _explained(f'run on an image of {self._size}x{self._size}'):
            runtime = TorchRuntime(network, self._size, None, self._take)
            return answers_for(runtime, transform, images)

    def _take(self, returned: Any) -> Tensor:
        return self._scores.take(returned).float()  # type: ignore[no-any-return]

    def _write_torchscript(self, path: str) -> None:
        torch.jit.save(torch.jit.trace(self._network, self._image, check_trace=False), path)

    def _write_onnx(self, path: str) -> None:
        with ready_for_onnx():
            torch.onnx.export(
                self._network,
                (self._image,),
                path,
                input_names=['image'],
                output_names=['scores'],
                opset_version=_OPSET,
                dynamo=False,  # True spreads weights over files, and dissolves int8
            )


class _ScoresOnly(nn.Module):
    """A network that returns nothing but its scores."""

    def __init__(self, network: nn.Module, output: OutputChoice) -> None:
        super().__init__()
        self.network, self.output = network, output

    def forward(self, image: Tensor) -> Tensor:
        returned = self.network(image)
        for step in self.output.path:
            returned = returned[step]
        return returned  # type: ignore[no-any-return]


def _unwrapped(network: nn.Module) -> nn.Module:
    """Return the network that DataParallel or torch.compile holds."""
    name = _WRAPPERS.get(type(network).__name__)
    return _unwrapped(getattr(network, name)) if name else network


@contextmanager
def _explained(what: str) -> Iterator[list[warnings.WarningMessage]]:
    """Turn what torch or the network raises into a sentence; hand out warnings of the tracer."""
    try:
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter('ignore')
            warnings.simplefilter('always', _TRACER)
            yield warned
    except Exception as error:  # networks may raise anything
        raise ModelError(
            f'the network cannot be {what}: {torch_reason(error).rstrip(".")}; export it '
            'yourself, and pack the file'
        ) from error
