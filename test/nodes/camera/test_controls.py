# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Controls as parameters: what their descriptors say, and what values they take."""

from dataclasses import replace

import pytest

pytest.importorskip('rclpy', reason='there is no ROS 2 here')

from rpi_classifier.camera.controls import Control
from rpi_classifier.errors import ConfigError
from rpi_classifier.nodes.camera.controls import describe_control, value_of

GAIN = Control(0x00980913, 'Gain', 'int', 0, 100, 10, 50, 50, True, True)
MENU = replace(GAIN, kind='menu', step=1, maximum=3, value=3, menu={0: 'Off', 3: 'On'})


@pytest.mark.parametrize(
    ('control', 'expected'),
    [
        (GAIN, (0, 100, 10)),
        (MENU, (0, 3, 1)),
        (replace(GAIN, value=120), (0, 120, 1)),
        (replace(GAIN, value=-5), (-5, 100, 1)),
        (replace(GAIN, value=55), (0, 100, 1)),
    ],
)
def test_the_range_has_the_value_that_a_camera_has(control, expected):
    (found,) = describe_control(control).integer_range
    assert (found.from_value, found.to_value, found.step) == expected


def test_the_entries_of_a_menu_are_described():
    assert describe_control(MENU).additional_constraints == 'one of 0: Off, 3: On'


@pytest.mark.parametrize(
    ('control', 'given', 'means'),
    [
        (GAIN, 10, 10), (GAIN, 10.0, 10), (GAIN, '1e1', 10), (MENU, 3, 3),
        (replace(GAIN, kind='bool', maximum=1, step=1), 1, True),
        (replace(GAIN, kind='bool', maximum=1, step=1), 'False', False),
    ],
)  # fmt: skip
def test_a_value_is_taken_however_it_is_written(control, given, means):
    found = value_of('gain', control, given)
    assert (found, type(found)) == (means, type(means))


@pytest.mark.parametrize(
    ('control', 'given', 'said'),
    [
        (GAIN, 101, 'gain: 101 is not a whole number from 0 to 100'),
        (GAIN, 0.5, 'gain: 0.5 is not'),
        (GAIN, float('inf'), 'gain: inf is not'),
        (GAIN, True, 'gain: True is not'),
        (GAIN, [1], r'gain: \[1\] is not'),
        (MENU, 1, 'gain: 1 is not one of 0: Off, 3: On'),
        (replace(GAIN, kind='bool', maximum=1), 2, 'gain: 2 is not true or false'),
    ],
)
def test_another_value_is_refused_with_what_is_allowed(control, given, said):
    with pytest.raises(ConfigError, match=said):
        value_of('gain', control, given)
