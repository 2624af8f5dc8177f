# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Programs that run in processes of their own, because they may crash or hang."""
