# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Float weights of torchvision that fit two networks, whose tensors have the same names.

torchvision.models.mobilenet_v2 has ReLU6, its quantizable form has ReLU; googlenet
and inception_v3 change the normalization of their input if they were built with trained weights.
The form whose answers to photos are better is the one that was trained.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
import math

import torch
from torch import nn, Tensor
from torch.nn import functional

from rpi_classifier.input_spec import Transform
from rpi_classifier.models.architecture import limit_activations, WITH_AUXILIARY_HEADS
from rpi_classifier.models.post_training import batched_logits


@dataclass(frozen=True)
class FloatForm:
    """
    One way to read float weights.

    ``relu6``: its activations are ReLU6. ``note`` tells the user that the form is not
    the usual one.
    """

    relu6: bool
    transform: Transform
    note: str = ''


def float_forms(architecture: str, transform: Transform) -> list[FloatForm]:
    """
    Return the ways to read float weights of an architecture, the usual one first.

    :param transform: of the architecture in the zoo.
    """
    if architecture == 'mobilenet_v2':
        note = (
            'the weights fit the photos better with ReLU than with ReLU6, so they are taken as '
            'those of torchvision.models.quantization.mobilenet_v2'
        )
        return [FloatForm(True, transform), FloatForm(False, transform, note)]
    if architecture in WITH_AUXILIARY_HEADS:
        note = (
            'the weights fit the photos better without transform_input, so they are taken as '
            f'those of torchvision.models.{architecture}(weights=None)'
        )
        plain = replace(transform, mean=Transform.mean, std=Transform.std)
        return [FloatForm(False, transform), FloatForm(False, plain, note)]
    return [FloatForm(architecture == 'efficientnet_lite0', transform)]


def choose_form(
    network: nn.Module,
    forms: Sequence[FloatForm],
    load: Callable[[Transform], Tensor],
    truths: Sequence[int],
) -> tuple[FloatForm, Tensor, list[str]]:
    """
    Choose the form whose answers are better, and bring the network into it.

    :param network: fused, in eval mode; changed in place.
    :param load: returns the photos as the network's input.
    :param truths: the classes of the photos, if they are known.
    :returns: the form, the photos as its input, and a sentence if it is not the usual one.
    """
    inputs = {form.transform: load(form.transform) for form in forms}
    losses = []
    for form in forms:
        limit_activations(network, form.relu6)
        losses.append(_loss(batched_logits(network, inputs[form.transform]), truths))
    chosen = forms[losses.index(min(losses))]
    limit_activations(network, chosen.relu6)
    return chosen, inputs[chosen.transform], [chosen.note] * bool(chosen.note)


def _loss(logits: Tensor, truths: Sequence[int]) -> float:
    """Return the cross entropy; where no class is known, that to the likeliest one."""
    target = torch.tensor(truths) if truths else logits.argmax(1)
    loss = functional.cross_entropy(logits, target).item()
    return math.inf if math.isnan(loss) else loss  # NaN would be the smallest
