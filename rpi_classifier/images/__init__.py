# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""From bytes to [H, W, 3] uint8 BGR: one table of encodings, one decoder."""
