# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Converts an image with cv_bridge and compares the result; doctor runs it as a process.

usage: python -m rpi_classifier.probes.cv_bridge_probe

Prints a line of JSON after importing rclpy, and another one after the conversion.
"""

from __future__ import annotations

import json


def main() -> None:
    """Convert a message of two rgb8 pixels to a BGR image."""
    import rclpy  # noqa: F401

    print(json.dumps({'rclpy': True}), flush=True)
    from cv_bridge import CvBridge
    from sensor_msgs.msg import Image

    message = Image(height=1, width=2, encoding='rgb8', step=6, data=bytes(range(6)))
    image = CvBridge().imgmsg_to_cv2(message, 'bgr8')
    print(json.dumps({'converts': image.tolist() == [[[2, 1, 0], [5, 4, 3]]]}), flush=True)


if __name__ == '__main__':
    main()
