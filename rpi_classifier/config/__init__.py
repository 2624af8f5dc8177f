# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
The parameters: each one's default, range, choices and meaning are defined here and nowhere else.

The nodes turn a field into a ROS parameter, the commands into an option.
"""

from rpi_classifier.config.camera import CameraConfig
from rpi_classifier.config.classifier import ClassifierConfig
from rpi_classifier.config.live_view import LiveViewConfig
from rpi_classifier.config.node import NodeConfig

__all__ = ['CameraConfig', 'ClassifierConfig', 'LiveViewConfig', 'NodeConfig']
