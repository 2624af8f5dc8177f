# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The parameters: defaults, ranges, choices."""

from dataclasses import fields

import pytest

from rpi_classifier.config import CameraConfig, ClassifierConfig, LiveViewConfig
from rpi_classifier.config.options import allowed
from rpi_classifier.errors import ConfigError
from rpi_classifier.models.zoo import MODELS


@pytest.mark.parametrize('kind', [CameraConfig, ClassifierConfig, LiveViewConfig])
def test_every_parameter_has_a_description(kind):
    assert all(field.metadata['description'] for field in fields(kind))


@pytest.mark.parametrize(
    ('kind', 'name', 'value'),
    [
        (CameraConfig, 'width', 0),
        (CameraConfig, 'fps', -1.0),
        (CameraConfig, 'fps', float('nan')),
        (CameraConfig, 'qos_reliability', 'perhaps'),
        (ClassifierConfig, 'top_k', 1.5),
        (ClassifierConfig, 'jit', 'yes'),
        (ClassifierConfig, 'engine', 'fpga'),
        (ClassifierConfig, 'top_k', True),
    ],
)
def test_bad_value_is_refused_with_name_value_and_what_is_allowed(kind, name, value):
    field = next(field for field in fields(kind) if field.name == name)
    with pytest.raises(ConfigError) as caught:
        kind(**{name: value})
    for part in (name, repr(value), allowed(field)):
        assert part in str(caught.value)


def test_integer_in_yaml_is_taken_for_a_rate_and_for_a_device():
    config = CameraConfig(fps=30, device=0)
    assert (config.fps, config.device) == (30.0, '0')
    assert type(config.fps) is float


@pytest.mark.parametrize(
    'values',
    [
        {'model_sha256': '0' * 64},
        {'labels': 'labels.txt'},
        {'input_size': 224},
        {'model': 'm.pt', 'jit': False},
        {'model': 'm.pt', 'weights': 'random'},
        {'input_mean': '0.5 0.5'},
        {'input_std': '0.2 0.2 0'},
        {'model': 'm.pt', 'labels': 'l', 'input_size': 224, 'input_resize': 100},
    ],
)
def test_parameters_that_do_not_belong_together_are_refused(values):
    with pytest.raises(ConfigError, match=list(values)[-1]):
        ClassifierConfig(**values)


def test_rate_of_zero_means_the_default_and_less_than_a_frame_in_ten_seconds_is_refused():
    assert CameraConfig(fps=0).requested_hz == CameraConfig().requested_hz == 36.0
    assert CameraConfig(fps=0.1).requested_hz == 0.1
    with pytest.raises(ConfigError, match='fps: 0.05 is less than 0.1'):
        CameraConfig(fps=0.05)


@pytest.mark.parametrize('numbers', [[0.5, 0.5, 0.25], (0.5, 0.5, 0.25), '0.5, 0.5, 0.25'])
def test_normalization_is_taken_as_a_list_or_as_words(numbers):
    config = ClassifierConfig(model='m.pt', labels='l', input_size=224.0, input_mean=numbers)
    assert config.input_transform().mean == (0.5, 0.5, 0.25)
    assert config.input_size == 224
    assert type(config.input_size) is int


@pytest.mark.parametrize('name', ['input_mean', 'input_std'])
def test_normalization_of_bytes_is_refused_with_what_to_write(name):
    with pytest.raises(ConfigError, match=f'{name}: .* divide each number by 255'):
        ClassifierConfig(model='m.pt', **{name: '123.675 116.28 103.53'})


@pytest.mark.parametrize(
    ('name', 'value'),
    [('input_mean', '0.5 0.5 0.5'), ('input_std', [1, 1, 1]), ('input_resize', 256)],
)
def test_what_describes_a_file_is_refused_for_models_of_the_zoo(name, value):
    with pytest.raises(ConfigError, match=f'{name}: .* only, but model is'):
        ClassifierConfig(**{name: value})


def test_only_paths_are_files():
    for model in ('m.pt', 'm.pte', './m', '/robot/models/m', 'best.torchscript'):
        assert ClassifierConfig(model=model).is_file
    assert not any(ClassifierConfig(model=model).is_file for model in (*MODELS, 'alexnet'))
