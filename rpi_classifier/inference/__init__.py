# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""From an image to classes, and from classes to the one that a robot may act on."""
