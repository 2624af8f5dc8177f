# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Tests of probes look at a ROS graph of their own."""

from support.ros import graph, overrides  # noqa: F401
