# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Float weights are taken in the form whose answers to photos are better."""

import pytest
import torch
from torch import nn
from torch.ao.nn.intrinsic import ConvReLU2d

from rpi_classifier.input_spec import Transform
from rpi_classifier.models.float_forms import choose_form, float_forms
from rpi_classifier.models.zoo import MODELS

IMAGES = torch.cat([torch.full((1, 3, 2, 2), value) for value in (1.0, 3.0)])


@pytest.fixture
def network():
    """Return a network whose class for bright images depends on where activations end."""
    conv, last = nn.Conv2d(3, 1, 1), nn.Linear(1, 2)
    with torch.no_grad():
        conv.weight.fill_(1.0)
        conv.bias.zero_()
        last.weight.copy_(torch.tensor([[0.0], [1.0]]))
        last.bias.copy_(torch.tensor([7.0, 0.0]))
    fused = ConvReLU2d(conv, nn.ReLU())
    return nn.Sequential(fused, nn.AdaptiveAvgPool2d(1), nn.Flatten(), last).eval()


@pytest.mark.parametrize(('truths', 'relu6'), [((0, 0), True), ((0, 1), False)])
def test_activations_end_where_the_photos_say(network, truths, relu6):
    forms = float_forms('mobilenet_v2', Transform())
    form, images, notes = choose_form(network, forms, lambda _: IMAGES, truths)
    assert (form.relu6, images is IMAGES) == (relu6, True)
    assert isinstance(network[0][1], nn.ReLU6 if relu6 else nn.ReLU)
    assert ['ReLU than with ReLU6' in note for note in notes] == [True] * (not relu6)


def test_the_input_is_normalized_as_the_photos_say(network):
    usual = MODELS['googlenet'].transform
    bright = {usual.mean: IMAGES * 0, Transform.mean: IMAGES}
    forms = float_forms('googlenet', usual)
    form, _, notes = choose_form(network, forms, lambda one: bright[one.mean], (0, 1))
    assert (form.transform.mean, form.transform.std) == (Transform.mean, Transform.std)
    assert 'without transform_input' in notes[0]


def test_a_form_without_finite_answers_is_not_taken(network):
    usual = MODELS['googlenet'].transform
    endless = {usual.mean: IMAGES * torch.nan, Transform.mean: IMAGES}
    forms = float_forms('googlenet', usual)
    assert choose_form(network, forms, lambda one: endless[one.mean], (0, 1))[0] == forms[1]


def test_the_usual_form_is_taken_where_both_are_as_good(network):
    forms = float_forms('mobilenet_v2', Transform())
    assert choose_form(network, forms, lambda _: IMAGES / 9, ())[0] == forms[0]


@pytest.mark.parametrize('name', ['resnet18', 'shufflenet_v2_x0_5', 'efficientnet_lite0'])
def test_other_architectures_have_one_form(name):
    (form,) = float_forms(name, MODELS[name].transform)
    assert form.relu6 == (name == 'efficientnet_lite0')
