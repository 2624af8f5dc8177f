# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
What the command doctor looks at, one file per concern.

Each has ``check(options)``, which yields findings. What may crash or hang, libraries and devices,
is asked in a process of its own.
"""
