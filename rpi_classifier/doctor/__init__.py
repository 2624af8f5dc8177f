# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
What the command doctor checks, one file per concern.

Each file has one function, listed in ``run_checks.CHECKS``, that takes the options and yields
results. Whatever may crash or hang, such as libraries and devices, is tried in another process.
"""
