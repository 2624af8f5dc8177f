# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Files of users: what a path means, what may be opened, and how one is written as a whole."""
