# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Networks of own classes as training scripts leave them, with random weights."""

from __future__ import annotations

import copy
import functools

import cv2
import numpy as np
import torch
from torch import nn
from torch.ao.quantization import convert, get_default_qat_qconfig, prepare_qat
from torchvision.models import get_model

from rpi_classifier.models.efficientnet_lite import EfficientNetLite0
from rpi_classifier.runtime.torch_warnings import suppress_torch_warnings

CLASSES = 3
SIZE = 64  # of the input: it keeps tests short, and the networks take any


def _options(name):
    return {'init_weights': False} if name in ('googlenet', 'inception_v3') else {}


def trained_float(name='shufflenet_v2_x0_5', size=SIZE):
    """Return a plain network of torchvision in float that tells blue, green and red photos."""
    return copy.deepcopy(_trained_float(name, size))


@functools.cache
def _trained_float(name, size):
    torch.manual_seed(0)
    if name == 'efficientnet_lite0':
        network = EfficientNetLite0(CLASSES)
    else:
        network = get_model(name, weights=None, num_classes=CLASSES, **_options(name))
    network.train()
    optimizer = torch.optim.Adam(network.parameters(), 3e-3)
    for _ in range(40):
        images, classes = _colours(size)
        optimizer.zero_grad()
        logits = network(images)
        logits = logits if isinstance(logits, torch.Tensor) else logits.logits
        nn.functional.cross_entropy(logits, classes).backward()
        optimizer.step()
    return network.eval()


def _colours(size, count=16):
    """Return noisy images of one colour, [count, 3, size, size], and which colour prevails."""
    classes = torch.randint(3, (count,))
    colour = torch.rand(count, 3) * 2 - 1.5
    colour[torch.arange(count), 2 - classes] += 1.5
    return colour[:, :, None, None] + 0.3 * torch.randn(count, 3, size, size), classes


def trained_prepared(name='shufflenet_v2_x0_5', backend='qnnpack', size=SIZE):
    """Return the quantizable network after training with fake quantization."""
    original = trained_float(name, size)
    with suppress_torch_warnings(), torch.no_grad():
        if name == 'efficientnet_lite0':
            network = EfficientNetLite0(CLASSES)
        else:
            network = get_model(
                f'quantized_{name}', weights=None, num_classes=CLASSES, **_options(name)
            )
        network.load_state_dict(original.state_dict())
        network.train().fuse_model(is_qat=True)
        network.qconfig = get_default_qat_qconfig(backend)
        prepare_qat(network, inplace=True)
        network(_colours(size)[0])
    return network


def trained_int8(name='shufflenet_v2_x0_5', size=SIZE):
    """Return the network converted to int8, as torchvision's recipe saves it."""
    torch.backends.quantized.engine = 'qnnpack'
    network = trained_prepared(name, size=size).eval()
    with suppress_torch_warnings():
        return convert(network, inplace=True)


def make_photos(folder, count=12, side=80):
    """Write noisy photos that are blue, green or red in turn, and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    chance, paths = np.random.default_rng(5), []
    for index in range(count):
        colour = chance.integers(0, 120, 3)
        colour[index % 3] += 130
        noisy = np.clip(colour + chance.normal(0, 20, (side, side, 3)), 0, 255).astype(np.uint8)
        paths.append(folder / f'{index:02}.png')
        cv2.imwrite(str(paths[-1]), noisy)
    return paths
