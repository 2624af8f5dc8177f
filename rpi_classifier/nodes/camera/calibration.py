# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The calibration of a node's camera: loaded from a file, set by a service, sent with images."""

from __future__ import annotations

import os
from pathlib import Path

from diagnostic_msgs.msg import DiagnosticStatus
from rclpy.node import Node
from sensor_msgs.msg import CameraInfo
from sensor_msgs.srv import SetCameraInfo
from std_msgs.msg import Header

from rpi_classifier.camera.calibration import (
    check_calibration,
    find_calibration,
    load_calibration,
    save_calibration,
)
from rpi_classifier.camera.calibration_yaml import Calibration
from rpi_classifier.config import CameraConfig
from rpi_classifier.errors import CalibrationError
from rpi_classifier.nodes.common import status


class CameraCalibration:
    """
    Loads ``camera_info_url`` and offers ``~/set_camera_info``, which writes there.

    If the file cannot be loaded or is for images of another size, one warning says so, and
    camera_info has the size only.
    """

    def __init__(self, node: Node, url: str) -> None:
        """Load the calibration; a problem is a warning, not a failure."""
        self._node = node
        self._url = url
        self._calibration: Calibration | None = None
        self._problem = ''
        self._service = node.create_service(SetCameraInfo, '~/set_camera_info', self._set)
        try:
            path = self._path()
            if url or os.path.exists(path):  # Path.exists raises without permission
                self._calibration = load_calibration(path)
        except CalibrationError as error:
            self._warn(f'{error}; camera_info has the size only')

    def close(self) -> None:
        """Remove the service."""
        self._node.destroy_service(self._service)

    def info(self, header: Header, width: int, height: int) -> CameraInfo:
        """Return the message for an image, calibrated if the calibration is for its size."""
        blank = CameraInfo(header=header, width=width, height=height)
        known = self._calibration
        if known is None:
            return blank
        if (known.width, known.height) != (width, height):
            self._warn(
                f'the calibration is for {known.width}x{known.height} pixels and images have '
                f'{width}x{height}; camera_info has the size only'
            )
            return blank
        self._problem = ''
        blank.distortion_model = known.distortion_model
        blank.d, blank.k, blank.r, blank.p = known.d, known.k, known.r, known.p
        return blank

    def status(self, node_name: str, config: CameraConfig) -> DiagnosticStatus:
        """Return whether there is a calibration, and whether it fits the images."""
        message = 'calibrated' if self._calibration else 'not calibrated'
        level = status.WARN if self._problem else status.OK
        return status.make_status(
            f'{node_name}: calibration',
            config.device,
            level,
            self._problem or message,
            camera_info_url=self._url,
        )

    def _path(self) -> Path:
        return find_calibration(self._url, self._node.get_name())

    def _warn(self, problem: str) -> None:
        if problem != self._problem:
            self._problem = problem
            self._node.get_logger().warning(problem)

    def _set(
        self, request: SetCameraInfo.Request, response: SetCameraInfo.Response
    ) -> SetCameraInfo.Response:
        info = request.camera_info
        calibration = Calibration(
            name=self._node.get_name(),
            width=info.width,
            height=info.height,
            distortion_model=info.distortion_model,
            d=tuple(map(float, info.d)),
            k=tuple(map(float, info.k)),
            r=tuple(map(float, info.r)),
            p=tuple(map(float, info.p)),
        )
        try:
            check_calibration(calibration)
            path = self._path()
            save_calibration(calibration, path)
        except CalibrationError as error:
            response.success, response.status_message = False, str(error)
            self._node.get_logger().error(str(error))
            return response
        self._calibration, self._problem = calibration, ''
        response.success, response.status_message = True, f'written to {path}'
        self._node.get_logger().info(f'calibration written to {path}')
        return response
