# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The ways to run a network: one file each, behind the protocol in ``base``."""

from __future__ import annotations

import os

# GNU's OpenMP reads this once, when torch loads it. Its threads wait for each other about a
# hundred times a frame. Sleeping at once costs as much as the work; spinning long, the default,
# starves the peer on a busy machine. 1000 spins, a few microseconds, are a good compromise.
if 'OMP_WAIT_POLICY' not in os.environ:
    os.environ.setdefault('GOMP_SPINCOUNT', '1000')
