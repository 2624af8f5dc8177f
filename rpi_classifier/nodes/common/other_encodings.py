# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Encodings that this package does not convert: cv_bridge is asked, where it is there and right.

cv_bridge is built against one NumPy and one OpenCV. Beside others it gives wrong colours, or ends
the process, so it is tried in another process before it is imported here.
"""

from __future__ import annotations

import functools
from typing import Any

import cv2
from sensor_msgs.msg import Image

from rpi_classifier.errors import UnknownEncodingError
from rpi_classifier.input_spec import Image as BgrImage
from rpi_classifier.probes.run_probe import run_probe

_PROBE_LIMIT_S = 10.0


def convert_by_cv_bridge(message: Image, error: UnknownEncodingError) -> BgrImage:
    """
    Convert a message whose encoding this package does not know.

    :param error: says so; it is raised if cv_bridge cannot convert the message either.
    :returns: [H, W, 3] uint8 BGR.
    """
    bridge = _load_cv_bridge()
    if bridge is None:
        raise error
    try:
        image: BgrImage = bridge.imgmsg_to_cv2(message, 'bgr8')
    # CvBridgeError is a TypeError; the others come from messages that it does not check.
    except (TypeError, cv2.error, ValueError, KeyError, AttributeError, RuntimeError):
        raise error from None
    if image.shape != (message.height, message.width, 3):
        raise error
    return image


@functools.cache
def _load_cv_bridge() -> Any | None:
    """Return a CvBridge, or None if there is none that works here."""
    probe = run_probe('-m', 'rpi_classifier.probes.cv_bridge_probe', limit_s=_PROBE_LIMIT_S)
    if not probe.values.get('converts'):
        return None
    from cv_bridge import CvBridge

    return CvBridge()
