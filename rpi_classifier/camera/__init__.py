# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Where frames come from: V4L2 devices, videos and folders of photos."""
