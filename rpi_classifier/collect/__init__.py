# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Photos of own classes: where they come from, which are kept, and the folders that have them."""
