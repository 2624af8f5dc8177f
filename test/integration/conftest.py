# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Tests of whole processes run them in a ROS graph of their own, where there is ROS."""

import pytest

try:
    from support.ros import classifier, graph, overrides, send, start  # noqa: F401
except pytest.skip.Exception:  # tests that need it say so
    pass
