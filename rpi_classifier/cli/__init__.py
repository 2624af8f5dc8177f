# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Commands for people; only what classify does in a running graph needs ROS."""
