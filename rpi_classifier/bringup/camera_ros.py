# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
The package camera_ros, which drives a Raspberry Pi's CSI camera through libcamera.

Names, parameters and topics are those of its version 0.7.0, commit ac71910.
"""

from __future__ import annotations

CAMERA_ROS = 'camera_ros'
# What the YAML file may change. libcamera names a format by its little-endian word: in memory this
# one is BGR, so the encoding is bgr8, which the classifier takes without a conversion.
CAMERA_ROS_DEFAULTS = ['-p', 'format:=RGB888']
_TOPICS = ('image_raw', 'image_raw/compressed', 'camera_info')


def camera_ros_arguments(device: str) -> list[str]:
    """
    Return the arguments with which its node publishes where this package's node would.

    The node has the same name, ``camera``, and takes ``width``, ``height``, ``frame_id``,
    ``camera_info_url`` and ``jpeg_quality`` from the same section of the YAML file.

    :param device: the index or the name of a camera of libcamera; empty: the first one.
    """
    arguments = []
    if device:
        # An index is an integer, a name a string, whatever it looks like.
        escaped = device.replace("'", "''")
        arguments += ['-p', f'camera:={device}' if device.isdecimal() else f"camera:='{escaped}'"]
    for topic in _TOPICS:
        arguments += ['-r', f'~/{topic}:={topic}']
    return arguments
