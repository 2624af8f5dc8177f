# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Tests of nodes run them in a ROS graph of their own."""

from support.ros import classifier, graph, overrides, send, start  # noqa: F401
