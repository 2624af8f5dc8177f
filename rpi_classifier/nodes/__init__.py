# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The ROS side: the only place that imports rclpy and message packages."""
