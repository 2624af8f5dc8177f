# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Fixtures for tests of nodes, each in a ROS graph of its own."""

from support.ros import classifier, graph, overrides, send, start  # noqa: F401
