# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What a function says to input that it may refuse."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rpi_classifier.errors import RpiClassifierError


def outcome(function: Callable[..., Any], *arguments: Any) -> tuple[Any, str]:
    """Return what a function returns, and the sentence of its refusal; one of them is empty."""
    try:
        return function(*arguments), ''
    except RpiClassifierError as error:
        return None, str(error)
