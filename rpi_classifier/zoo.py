# Copyright 2026 The rpi_classifier authors
#
# Licensed under the Apache License, Version 2.0 (the "License");
# you may not use this file except in compliance with the License.
# You may obtain a copy of the License at
#
#     http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS,
# WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
# See the License for the specific language governing permissions and
# limitations under the License.

"""The table of models: for each its builder in torchvision, its input and its labels."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from rpi_classifier.errors import ModelError, WeightsError
from rpi_classifier.preprocess import Transform
from rpi_classifier.runtime.quiet import quiet

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True)
class Entry:
    """One row: names in torchvision.models.quantization, and how photos were prepared for it."""

    builder: str
    weights: str
    transform: Transform = field(default_factory=Transform)


@dataclass(frozen=True)
class Model:
    """An int8 network, packed for the engine it was trained for, and all that belongs to it."""

    name: str
    network: nn.Module
    transform: Transform
    labels: tuple[str, ...]


MODELS = {
    'mobilenet_v2': Entry('mobilenet_v2', 'MobileNet_V2_QuantizedWeights'),
}


def load(name: str, weights: str = 'default') -> Model:
    """Build an int8 model.

    ``default`` takes torchvision's trained weights, from torch's cache $TORCH_HOME/hub/checkpoints
    or else the network. ``random`` needs neither and is good for speed only: labels are
    random/NNN. The engine that the weights are for becomes torch's global engine.

    :raises ModelError: if there is no such model.
    :raises WeightsError: if the weights cannot be had.
    """
    if name not in MODELS:
        raise ModelError(f'model {name!r} is not in the zoo; choose one of {", ".join(MODELS)}')
    from torchvision.models import quantization

    entry = MODELS[name]
    builder = getattr(quantization, entry.builder)
    trained = getattr(quantization, entry.weights).DEFAULT
    if weights == 'random':
        network = _random(builder, entry, trained.meta['backend'])
        labels = tuple(f'random/{index:03}' for index in range(len(trained.meta['categories'])))
        return Model(name, network, entry.transform, labels)
    try:
        with quiet():
            network = builder(weights=trained, quantize=True, progress=False).eval()
    except Exception as error:  # torch.hub and torch.load raise about everything
        raise WeightsError(_why_not(name, trained.url, error)) from error
    return Model(name, network, entry.transform, tuple(trained.meta['categories']))


def _random(builder: Callable[..., nn.Module], entry: Entry, backend: str) -> nn.Module:
    """Quantize a network of random weights whose activations are as large as a trained one's.

    Untrained batch norms would let them fade to nothing: they see two batches first.
    """
    import torch
    from torchvision.models.quantization.utils import quantize_model

    with torch.random.fork_rng(devices=[]), torch.no_grad(), quiet():
        torch.manual_seed(0)
        network = builder(weights=None, quantize=False).train()
        for _ in range(2):
            network(torch.randn(2, 3, entry.transform.size, entry.transform.size))
        network.eval()
        quantize_model(network, backend)
    return network


def _why_not(name: str, url: str, error: Exception) -> str:
    import torch

    path = Path(torch.hub.get_dir()) / 'checkpoints' / url.rsplit('/', 1)[-1]
    reason = (str(error) or type(error).__name__).splitlines()[0]
    if path.exists():
        return (
            f'weights of {name}: {path} cannot be loaded ({reason}); delete the file to have it '
            'downloaded again, or name another model'
        )
    return (
        f'weights of {name}: {path} does not exist and {url} cannot be downloaded ({reason}); '
        'put the file there, set TORCH_HOME to a cache that has it, or name another model'
    )
