# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The parameters: defaults, ranges, choices."""

from dataclasses import fields

import pytest

from rpi_classifier.config import CameraConfig, ClassifierConfig
from rpi_classifier.config.options import allowed
from rpi_classifier.errors import ConfigError


@pytest.mark.parametrize('kind', [CameraConfig, ClassifierConfig])
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
