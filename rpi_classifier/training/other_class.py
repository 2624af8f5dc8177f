# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The class that stands for everything that is none of the others."""

from __future__ import annotations

from collections.abc import Sequence

_NAMES = {'other', 'others', 'background', 'nothing', 'none', 'unknown', 'rest'}


def find_other_class(labels: Sequence[str]) -> int | None:
    """Return the index of the first class that is named as everything else is; None: no such."""
    return next((i for i, label in enumerate(labels) if label.lower() in _NAMES), None)
