# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
A stand-in for the node of camera_ros, which needs libcamera and a camera.

Its names, parameters, encodings and QoS are those of src/CameraNode.cpp and src/format_mapping.cpp
of version 0.7.0, commit ac71910. It shows one grey image, 20 times a second. Run this file to run
the node.
"""

from __future__ import annotations

import cv2
import numpy as np
from rcl_interfaces.msg import IntegerRange, ParameterDescriptor
import rclpy
from rclpy.node import Node
from sensor_msgs.msg import CameraInfo, CompressedImage, Image
from sensor_msgs.srv import SetCameraInfo
from std_msgs.msg import Header

# libcamera's formats with the encodings of the messages, and what makes them of BGR.
FORMATS = {
    'R8': ('mono8', cv2.COLOR_BGR2GRAY),
    'RGB888': ('bgr8', None),
    'BGR888': ('rgb8', cv2.COLOR_BGR2RGB),
    'XRGB8888': ('bgra8', cv2.COLOR_BGR2BGRA),
    'XBGR8888': ('rgba8', cv2.COLOR_BGR2RGBA),
}
DEFAULT_FORMAT, DEFAULT_SIZE = 'XRGB8888', (800, 600)  # a camera's choice, this one's
READ_ONLY = {
    'format': '',
    'role': 'viewfinder',
    'width': 0,
    'height': 0,
    'sensor_mode': '',
    'frame_id': 'camera',
    'orientation': 0,
    'use_node_time': False,
    'camera_info_url': '',
}


class CameraRos(Node):
    """Publishes ~/image_raw, ~/image_raw/compressed and ~/camera_info, whoever subscribes."""

    def __init__(self):
        super().__init__('camera')
        read_only = ParameterDescriptor(read_only=True)
        given = {
            name: self.declare_parameter(name, default, read_only).value
            for name, default in READ_ONLY.items()
        }
        self.declare_parameter(
            'camera', None, ParameterDescriptor(read_only=True, dynamic_typing=True)
        )
        quality = IntegerRange(from_value=1, to_value=100, step=1)
        self.declare_parameter('jpeg_quality', 95, ParameterDescriptor(integer_range=[quality]))
        self.image = self.create_publisher(Image, '~/image_raw', 1)
        self.jpeg = self.create_publisher(CompressedImage, '~/image_raw/compressed', 1)
        self.info = self.create_publisher(CameraInfo, '~/camera_info', 1)
        self.create_service(SetCameraInfo, '~/set_camera_info', lambda _, response: response)
        self.frame_id = given['frame_id']
        self.format = given['format'] or DEFAULT_FORMAT
        if self.format not in FORMATS:
            raise RuntimeError(f'unsupported pixel format "{self.format}"')
        size = (given['width'], given['height'])
        self.size = size if all(size) else DEFAULT_SIZE
        self.create_timer(0.05, self.publish)

    def publish(self):
        header = Header(stamp=self.get_clock().now().to_msg(), frame_id=self.frame_id)
        width, height = self.size
        grey = np.full((height, width, 3), 127, np.uint8)
        encoding, code = FORMATS[self.format]
        pixels = grey if code is None else cv2.cvtColor(grey, code)
        step = pixels.nbytes // height
        image = Image(header=header, height=height, width=width, encoding=encoding, step=step)
        image.data.frombytes(pixels.tobytes())
        jpeg = CompressedImage(header=header, format='jpg')
        if self.jpeg.get_subscription_count():
            quality = self.get_parameter('jpeg_quality').value
            encoded = cv2.imencode('.jpg', grey, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
            jpeg.data.frombytes(encoded.tobytes())
        self.image.publish(image)
        self.jpeg.publish(jpeg)
        self.info.publish(CameraInfo(header=header, width=width, height=height))


if __name__ == '__main__':
    rclpy.init()
    try:
        rclpy.spin(CameraRos())
    except (KeyboardInterrupt, rclpy.executors.ExternalShutdownException):
        pass
