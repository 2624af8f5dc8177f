# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Fields of the page, made from the descriptors of parameters."""

import pytest

pytest.importorskip('rclpy', reason='there is no ROS 2 here')

from rcl_interfaces.msg import ParameterDescriptor
from rclpy.parameter import Parameter

from rpi_classifier.camera.controls import Control
from rpi_classifier.errors import Refused
from rpi_classifier.nodes.camera.controls import describe_control
from rpi_classifier.nodes.live_view.descriptors import is_shown, to_field


def camera_control(kind, **values):
    """Return what a control of a camera becomes."""
    given = {'id': 1, 'name': 'Gain', 'kind': kind, 'minimum': 0, 'maximum': 8, 'step': 2,
             'default': 0, 'menu': {}, 'value': 4, 'active': True, 'writable': True}  # fmt: skip
    control = Control(**{**given, **values})
    descriptor = describe_control(control)
    descriptor.name = 'gain'
    assert is_shown('camera', descriptor)
    value = bool(control.value) if kind == 'bool' else control.value
    return to_field('camera', descriptor, Parameter('', value=value).get_parameter_value())


def test_control_of_a_camera_has_its_range_and_step():
    field = camera_control('int')
    assert (field.type, field.value) == ('integer', 4)
    assert (field.minimum, field.maximum, field.step) == (0, 8, 2)


def test_menu_of_a_camera_has_its_entries():
    field = camera_control('menu', menu={0: 'Auto', 2: 'Shutter, fast: 1/500'})
    assert field.choices == [(0, 'Auto'), (2, 'Shutter, fast: 1/500')]


def test_switch_of_a_camera_is_true_or_false():
    assert camera_control('bool', value=1).for_page()['value'] is True


@pytest.mark.parametrize('name', ['model', 'device', 'always_on', 'autostart', 'class_labels'])
def test_what_a_viewer_must_not_change_is_not_shown(name):
    descriptor = ParameterDescriptor(name=name)
    assert not is_shown('classifier', descriptor)
    assert not is_shown('camera', descriptor)


@pytest.mark.parametrize('value', [None, [1], {'a': 1}, 2**63])
def test_value_that_ros_does_not_have_is_refused(value):
    with pytest.raises(Refused, match='gain: '):
        camera_control('int').convert(value)
