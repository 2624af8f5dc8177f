# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What a launch starts, and how the processes of nodes are started and ended without launch."""
