# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Parameters of the camera node."""

from __future__ import annotations

from dataclasses import dataclass

from rpi_classifier.config.node import NodeConfig
from rpi_classifier.config.options import option
from rpi_classifier.config.pixel_formats import ALIASES, CHOICES
from rpi_classifier.errors import ConfigError


@dataclass(frozen=True)
class CameraConfig(NodeConfig):
    """Parameters of the camera node."""

    device: str = option(
        '/dev/video0',
        'V4L2 device (path, /dev/v4l/by-id/... or index), video file, or folder of photos',
    )
    width: int = option(224, 'Requested image width in pixels', limits=(1, 16384))
    height: int = option(224, 'Requested image height in pixels', limits=(1, 16384))
    fps: float = option(
        36.0,
        'Requested frames per second; a little over 30 makes sure that 30 are reached',
        limits=(0.1, 1000.0),
    )
    pixel_format: str = option(
        'auto',
        'Pixel format of a V4L2 device, such as MJPG or YUYV; auto: one that reaches fps',
        choices=CHOICES,
        aliases=ALIASES,
    )
    strict: bool = option(
        False, 'Refuse a camera that does not give the requested size, rate and format'
    )
    reopen_delay: float = option(
        0.5,
        'Seconds until a camera that failed is opened again; doubles with every failure',
        limits=(0.05, 3600.0),
    )
    reopen_delay_max: float = option(
        5.0, 'Longest time in seconds between attempts to open a camera', limits=(0.05, 3600.0)
    )
    photo_seconds: float = option(
        2.0,
        'Seconds for which a folder source shows each photo; 0: a new photo every frame',
        limits=(0.0, 3600.0),
    )
    rate_warn: float = option(
        0.2,
        'WARN in diagnostics when the rate is below fps by more than this fraction',
        limits=(0.0, 1.0),
        live=True,
    )
    rate_error: float = option(
        0.5,
        'ERROR in diagnostics when the rate is below fps by more than this fraction',
        limits=(0.0, 1.0),
        live=True,
    )
    camera_info_url: str = option(
        '',
        'Calibration: file:///... or package://PACKAGE/... with ${NAME} and ${ROS_HOME}; '
        'empty: ${ROS_HOME}/camera_info/${NAME}.yaml if it exists',
    )
    jpeg_quality: int = option(90, 'Quality of image_raw/compressed', limits=(1, 100), live=True)
    frame_id: str = option('camera_optical_frame', 'header.frame_id of all images')
    qos_reliability: str = option(
        'reliable',
        'Reliability of image_raw and camera_info',
        choices=('reliable', 'best_effort'),
        aliases={'sensor_data': 'best_effort'},
    )
    qos_depth: int = option(1, 'Queue depth of image_raw and camera_info', limits=(1, 1000))

    def __post_init__(self) -> None:
        """Refuse values that are not allowed, alone or together."""
        super().__post_init__()
        if self.reopen_delay_max < self.reopen_delay:
            raise ConfigError(
                f'reopen_delay_max: {self.reopen_delay_max:g} is less than reopen_delay, '
                f'{self.reopen_delay:g}; set it to that or more'
            )
