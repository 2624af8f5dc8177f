# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What the page says about a classifier whose results stay away."""

import pytest

pytest.importorskip('rclpy', reason='there is no ROS 2 here')
pytest.importorskip('aiohttp', reason='aiohttp is not installed')

from rpi_classifier.nodes.common.status import ERROR, make_status, OK
from rpi_classifier.nodes.live_view.troubles import explain_results


def said(silent_s, level=OK, message='', model=OK, without_images=False):
    return explain_results(
        '/classifier',
        silent_s,
        make_status('classifier: rate', '', level, message),
        make_status('classifier: model', '', model, 'weights of resnet18: missing'),
        without_images=without_images,
    )


def test_results_that_come_are_no_trouble():
    assert said(0.1, message='30.0 classifications per second') == []


def test_rare_results_are_no_trouble_while_the_classifier_is_content():
    assert said(5.0, message='0.2 classifications per second') == []


@pytest.mark.parametrize('message', ['not active', 'paused by ~/enable'])
def test_a_pause_is_said_even_if_there_are_no_images_either(message):
    expected = [f'The classifier has not published for 4 s: {message}.']
    assert said(4.0, message=message, without_images=True) == expected


def test_a_model_that_does_not_load_is_the_reason():
    assert said(4.0, message='not active', model=ERROR) == [
        'The classifier has not published for 4 s: weights of resnet18: missing.'
    ]


def test_missing_images_are_said_once():
    message = 'no image for 6.0 s on /image, which has 0 publishers'
    assert said(6.0, ERROR, message, without_images=True) == []
    assert said(6.0, ERROR, message) == [f'The classifier has not published for 6 s: {message}.']
