# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Launch arguments that have no effect are told."""

import pytest

from rpi_classifier.bringup.unused_arguments import unknown_arguments, unused_arguments


@pytest.mark.parametrize(
    ('given', 'sentence'),
    [
        ({'image': '/cam'}, 'image:=/cam has no effect: the camera in the same process hands'),
        ({'camera': 'false', 'device': '0'}, 'device:=0 has no effect: camera:=false starts no'),
        ({'camera': 'false', 'driver': 'camera_ros'}, 'driver:=camera_ros has no effect'),
    ],
)
def test_an_argument_that_others_make_useless_is_told(given, sentence):
    (told,) = unused_arguments(given)
    assert told.startswith(sentence)


@pytest.mark.parametrize(
    'given',
    [
        {},
        {'image': 'image_raw'},  # launch hands over defaults, too
        {'image': '/cam', 'composed': 'false'},
        {'image': '/cam', 'camera': 'false', 'device': '', 'driver': 'v4l2'},
        {'image': '/cam', 'driver': 'camera_ros', 'device': '0'},
    ],
)
def test_arguments_that_have_an_effect_are_not(given):
    assert unused_arguments(given) == []


def test_an_unknown_argument_is_told_with_the_nearest_name_or_all():
    words = ['launch', 'rpi_classifier', 'classifier.launch.py', 'devce:=/dev/video2', 'model:=x']
    (told,) = unknown_arguments(words)
    assert told == "'devce' is no launch argument, so it is not used; did you mean 'device'?"
    (told,) = unknown_arguments(['zzz:=1'])
    assert 'choose from params_file, namespace' in told
