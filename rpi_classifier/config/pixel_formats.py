# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The pixel formats of V4L2 that can be requested, and what else people call them."""

from __future__ import annotations

# The formats that OpenCV 4.11 converts to BGR [H, W, 3], found by trying each one. It returns all
# others, even BGR3, as one flat row of bytes. Formats that are cheap to decode and carry full
# colour come first. A fourcc has four characters; some end with a blank.
RAW = (
    'YUYV', 'UYVY', 'NV12', 'NV21', 'YU12', 'YV12', 'RGB3', 'XR24', 'AR24',
    'BA81', 'GBRG', 'GRBG', 'RGGB', 'GREY', 'Y16 ', 'Y12 ', 'Y10 ',
)  # fmt: skip
COMPRESSED = ('MJPG', 'JPEG')
USABLE = RAW + COMPRESSED

CHOICES = ('auto', *(fourcc.strip() for fourcc in USABLE))
# Names of FFmpeg, GStreamer, libcamera, the kernel, sensor_msgs and usb_cam. Left out is what
# means different formats there, such as RGB888 and yuv422.
ALIASES = {
    'yuy2': 'YUYV', 'yuyv422': 'YUYV', 'yuv422_yuy2': 'YUYV', 'yuyv2rgb': 'YUYV',
    'uyvy422': 'UYVY', 'uyvy2rgb': 'UYVY',
    'i420': 'YU12', 'iyuv': 'YU12', 'yuv420': 'YU12', 'yuv420p': 'YU12', 'yvu420': 'YV12',
    'rgb': 'RGB3', 'rgb8': 'RGB3', 'rgb24': 'RGB3',
    'bgrx': 'XR24', 'xrgb8888': 'XR24', 'xbgr32': 'XR24',
    'bgra': 'AR24', 'bgra8': 'AR24', 'argb8888': 'AR24', 'abgr32': 'AR24',
    'bayer_bggr8': 'BA81', 'sbggr8': 'BA81', 'bggr': 'BA81',
    'bayer_gbrg8': 'GBRG', 'sgbrg8': 'GBRG', 'bayer_grbg8': 'GRBG', 'sgrbg8': 'GRBG',
    'bayer_rggb8': 'RGGB', 'srggb8': 'RGGB',
    'gray': 'GREY', 'gray8': 'GREY', 'grey8': 'GREY', 'mono': 'GREY', 'mono8': 'GREY',
    'y8': 'GREY', 'y800': 'GREY', 'r8': 'GREY',
    'mono16': 'Y16', 'gray16': 'Y16', 'grey16': 'Y16', 'gray16le': 'Y16',
    'mjpeg': 'MJPG', 'mjpeg2rgb': 'MJPG', 'motion_jpeg': 'MJPG', 'jpg': 'JPEG',
}  # fmt: skip
