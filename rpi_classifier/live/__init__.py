# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The live page: an HTTP server and its page, without ROS."""
