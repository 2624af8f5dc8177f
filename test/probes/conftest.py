# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Tests of probes look at a ROS graph of their own, where there is ROS."""

import pytest

try:
    from support.ros import graph, overrides  # noqa: F401
except pytest.skip.Exception:  # tests that need it say so
    pass
