# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Values as YAML, command lines and launch files have them, and as the config writes them."""

import array
from dataclasses import fields

import pytest

from rpi_classifier.config import CameraConfig, ClassifierConfig
from rpi_classifier.errors import ConfigError

SHA256 = 'AB' * 32


@pytest.mark.parametrize(
    ('kind', 'name', 'given', 'means'),
    [
        (CameraConfig, 'fps', 30, 30.0),
        (CameraConfig, 'fps', '1.5e1', 15.0),
        (CameraConfig, 'fps', ' 30 ', 30.0),
        (CameraConfig, 'width', 640.0, 640),
        (CameraConfig, 'width', '640', 640),
        (CameraConfig, 'width', '6.4e2', 640),
        (CameraConfig, 'device', 0, '0'),
        (CameraConfig, 'strict', 'True', True),
        (CameraConfig, 'pixel_format', 'grey', 'GREY'),
        (CameraConfig, 'pixel_format', ' yuyv ', 'YUYV'),
        (CameraConfig, 'pixel_format', 'YUY2', 'YUYV'),
        (CameraConfig, 'pixel_format', 'mjpeg', 'MJPG'),
        (CameraConfig, 'pixel_format', 'Auto', 'auto'),
        (CameraConfig, 'pixel_format', 'Y16 ', 'Y16'),
        (CameraConfig, 'qos_reliability', 'Best Effort', 'best_effort'),
        (ClassifierConfig, 'score_threshold', '1e-05', 1e-5),
        (ClassifierConfig, 'score_threshold', '.5', 0.5),
        (ClassifierConfig, 'score_threshold', 1, 1.0),
        (ClassifierConfig, 'top_k', 3.0, 3),
        (ClassifierConfig, 'engine', 'QNNPACK', 'qnnpack'),
        (ClassifierConfig, 'runtime', 'Torch Script', 'torchscript'),
        (ClassifierConfig, 'kernels', 'XNN-PACK', 'xnnpack'),
        (ClassifierConfig, 'weights', 'Random', 'random'),
        (ClassifierConfig, 'class_id', 'INDEX', 'index'),
        (ClassifierConfig, 'image_transport', 'jpeg', 'compressed'),
        (ClassifierConfig, 'keep', False, 'none'),  # YAML's `keep: off`
        (ClassifierConfig, 'keep', 'Off', 'none'),
        (ClassifierConfig, 'model', ' MobileNet-V2', 'mobilenet_v2'),
        (ClassifierConfig, 'model', '/A/My Model.pt', '/A/My Model.pt'),
    ],
)
def test_a_value_has_one_way_to_be_written_however_it_is_given(kind, name, given, means):
    config = kind(**{name: given})
    value = getattr(config, name)
    assert (value, type(value)) == (means, type(means))
    assert kind(**{name: value}) == config


@pytest.mark.parametrize(
    'given',
    [
        [0.5, 0.25, 0], (0.5, 0.25, 0), array.array('d', [0.5, 0.25, 0]), ['.5', '2.5e-1', '0'],
        '0.5, 0.25 0', '[5e-1, .25, 0]',
    ],
)  # fmt: skip
def test_three_numbers_are_taken_as_a_list_and_as_a_text(given):
    assert ClassifierConfig(model='m.pt', input_mean=given).input_transform().mean == (
        0.5,
        0.25,
        0,
    )


@pytest.mark.parametrize(
    'given',
    [
        [0.25, 0, 0.5, 1], (0.25, 0, 0.5, 1), ['0.25', '0', '0.5', '1'], '0.25,0,0.5,1',
        '[0.25, 0, 0.5, 1]', ' 0.25  0 0.5 1 ',
    ],
)  # fmt: skip
def test_a_region_is_taken_as_a_list_and_as_a_text(given):
    assert ClassifierConfig(region=given).region == '0.25 0 0.5 1'


@pytest.mark.parametrize('given', ['', ' ', '[]', []])
def test_a_region_may_be_empty(given):
    assert ClassifierConfig(region=given).region == ''


def test_a_digest_is_taken_in_capital_letters():
    assert ClassifierConfig(model='m.pt', model_sha256=SHA256).model_sha256 == SHA256.lower()


@pytest.mark.parametrize(
    ('kind', 'name', 'given', 'said'),
    [
        (CameraConfig, 'pixel_format', 'nonsense', "'nonsense' is not one of auto, YUYV, .*JPEG$"),
        (CameraConfig, 'pixel_format', 'YUVY', 'did you mean YUYV'),
        (CameraConfig, 'pixel_format', True, 'True is not one of auto'),
        (CameraConfig, 'width', '640x480', "'640x480' is not a whole number from 1 to 16384"),
        (CameraConfig, 'width', 224.5, '224.5 is not a whole number'),
        (CameraConfig, 'width', True, 'True is not a whole number'),
        (CameraConfig, 'fps', [30.0], 'write one value, not a list'),
        (CameraConfig, 'fps', '.nan', "'.nan' is not a number from"),
        (CameraConfig, 'strict', 'on', "'on' is not true or false"),
        (CameraConfig, 'strict', 1, '1 is not true or false'),
        (CameraConfig, 'device', 1.5, '1.5 is not a string'),
        (ClassifierConfig, 'engine', 'onednnn', 'did you mean onednn'),
        (ClassifierConfig, 'input_mean', True, 'True is not three numbers, as in'),
        (ClassifierConfig, 'input_mean', [0.5, True, 0.5], 'is not three numbers, as in'),
        (ClassifierConfig, 'region', 0.5, '0.5 is not four numbers, or empty'),
        (ClassifierConfig, 'region', [0.5, True, 0.5, 0.5], 'is not four numbers, or empty'),
        (ClassifierConfig, 'region', [0, 0, 1], "'0 0 1' is not four numbers: x, y, width"),
        (ClassifierConfig, 'model_sha256', 'abc', "'abc' is not 64 hexadecimal .*what sha256sum"),
        (ClassifierConfig, 'labels', ['a', 1], 'is not a string or a list of strings'),
    ],
)
def test_another_value_is_refused_with_what_is_allowed(kind, name, given, said):
    with pytest.raises(ConfigError, match=f'^{name}: .*{said}'):
        kind(**{name: given})


@pytest.mark.parametrize('value', [float('nan'), float('inf'), float('-inf'), '1e999'])
@pytest.mark.parametrize('kind', [CameraConfig, ClassifierConfig])
def test_no_number_may_be_infinite_or_none(kind, value):
    for field in fields(kind):
        if type(field.default) in (int, float):
            with pytest.raises(ConfigError, match=f'{field.name}: .* is not a'):
                kind(**{field.name: value})


@pytest.mark.parametrize('name', ['input_mean', 'input_std'])
@pytest.mark.parametrize('value', ['nan nan nan', [0.5, float('inf'), 0.5], '1e999 0 0'])
def test_no_normalization_may_be_infinite_or_none(name, value):
    with pytest.raises(ConfigError, match=f'{name}: '):
        ClassifierConfig(model='m.pt', **{name: value})


@pytest.mark.parametrize('kind', [CameraConfig, ClassifierConfig])
def test_other_names_lead_to_choices(kind):
    for field in fields(kind):
        assert set(field.metadata['aliases'].values()) <= set(field.metadata['choices'])


@pytest.mark.parametrize('kind', [CameraConfig, ClassifierConfig])
def test_every_number_has_a_range(kind):
    numbers = [field for field in fields(kind) if type(field.default) in (int, float)]
    assert all(field.metadata['range'] for field in numbers)
