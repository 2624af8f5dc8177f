# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Which controls of a camera become parameters; test/vm has real ones."""

from dataclasses import replace

import pytest

from rpi_classifier.camera.controls import Control, is_parameter, parameter_name

BRIGHTNESS = Control(0x00980900, 'Brightness', 'int', 0, 255, 1, 128, 128, True, True)


@pytest.mark.parametrize(
    ('name', 'expected'),
    [
        ('Brightness', 'brightness'),
        ('White Balance, Automatic', 'white_balance_automatic'),
        ('Exposure Time, Absolute', 'exposure_time_absolute'),
        ('Power Line Frequency', 'power_line_frequency'),
    ],
)
def test_controls_are_named_as_v4l2_ctl_does(name, expected):
    assert parameter_name(replace(BRIGHTNESS, name=name)) == expected


@pytest.mark.parametrize(
    ('changes', 'expected'),
    [
        ({}, True),
        ({'id': 0x009A0902, 'kind': 'int'}, True),  # exposure
        ({'id': 0x00980918, 'kind': 'menu'}, True),  # power line frequency
        ({'id': 0x00980914, 'kind': 'bool'}, True),  # horizontal flip
        ({'id': 0x00980905}, False),  # audio volume
        ({'id': 0x0098F900}, False),  # a driver's own
        ({'kind': 'button', 'value': None}, False),
        ({'writable': False}, False),
        ({'active': False}, True),  # until the automatic is switched off
    ],
)
def test_standard_writable_image_controls_become_parameters(changes, expected):
    assert is_parameter(replace(BRIGHTNESS, **changes)) == expected
