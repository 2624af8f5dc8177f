# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Fixtures for tests of whole processes, each in a ROS graph of its own."""

import pytest

try:
    from support.ros import classifier, graph, overrides, send, start  # noqa: F401
except pytest.skip.Exception:  # tests that need it say so
    pass
