# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Own classes: training a model on photos, and evaluating one."""
