# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Fixtures for tests in a browser: real nodes, and the page in Chromium."""

from support.ros import graph, overrides, start  # noqa: F401
