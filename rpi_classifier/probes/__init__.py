# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Programs that run in a process of their own, where they may crash or hang."""
