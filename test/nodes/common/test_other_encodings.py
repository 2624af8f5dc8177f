# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Encodings that only cv_bridge knows, and a cv_bridge that is missing or broken."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

pytest.importorskip('rclpy', reason='there is no ROS 2 here')

from sensor_msgs.msg import Image

from rpi_classifier.errors import ImageError
from rpi_classifier.nodes.common import from_messages, other_encodings

RIGHT = """
import numpy as np
class CvBridge:
    def imgmsg_to_cv2(self, message, encoding):
        if message.encoding == 'unheard_of':
            raise TypeError('unrecognized')
        pixels = np.frombuffer(message.data, np.uint8).reshape(message.height, message.width, 3)
        return pixels[..., ::-1]
"""
WRONG_COLOURS = RIGHT.replace('pixels[..., ::-1]', 'pixels')
DIES = 'import os\nos.abort()\n'
RAISES = "raise ImportError('numpy.core.multiarray failed to import')\n"


@pytest.fixture
def cv_bridge(tmp_path, monkeypatch):
    """Return a function that puts a module in the place of cv_bridge."""

    def install(text):
        (tmp_path / 'cv_bridge.py').write_text(text)
        path = os.pathsep.join([str(tmp_path), os.environ.get('PYTHONPATH', '')])
        monkeypatch.setenv('PYTHONPATH', path)
        monkeypatch.syspath_prepend(tmp_path)
        monkeypatch.delitem(sys.modules, 'cv_bridge', raising=False)
        other_encodings._load_cv_bridge.cache_clear()

    yield install
    sys.modules.pop('cv_bridge', None)
    other_encodings._load_cv_bridge.cache_clear()


def message(encoding):
    return Image(height=1, width=2, step=6, encoding=encoding, data=bytes(range(6)))


def test_an_encoding_that_only_cv_bridge_knows_is_converted_by_it(cv_bridge):
    cv_bridge(RIGHT)
    assert from_messages.to_bgr(message('yuv999')).tolist() == [[[2, 1, 0], [5, 4, 3]]]


@pytest.mark.parametrize('text', [RIGHT, WRONG_COLOURS, DIES, RAISES])
def test_what_no_right_cv_bridge_converts_is_refused_by_name(cv_bridge, text):
    cv_bridge(text)
    with pytest.raises(ImageError, match='unheard_of') as caught:
        from_messages.to_bgr(message('unheard_of'))
    assert caught.value.reason == 'encoding'


def test_cv_bridge_is_asked_once(cv_bridge, monkeypatch):
    cv_bridge(RAISES)
    asked = []
    run_probe = other_encodings.run_probe
    monkeypatch.setattr(
        other_encodings, 'run_probe', lambda *a, **k: [asked.append(a), run_probe(*a, **k)][1]
    )
    for _ in range(3):
        with pytest.raises(ImageError):
            from_messages.to_bgr(message('unheard_of'))
    assert len(asked) == 1


def test_a_broken_cv_bridge_does_not_keep_the_nodes_from_starting(cv_bridge):
    cv_bridge(RAISES)
    code = 'import rpi_classifier.nodes.composed, sys; print("cv_bridge" in sys.modules)'
    done = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout.strip()) == (0, 'False'), done.stderr
