# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Parameters of every node."""

from __future__ import annotations

from dataclasses import dataclass

from rpi_classifier.config.options import check_values, option


@dataclass(frozen=True)
class NodeConfig:
    """Parameters of every node."""

    autostart: bool = option(
        True, 'Configure and activate at start; false: wait for lifecycle services'
    )

    def __post_init__(self) -> None:
        """Refuse values that are not allowed."""
        check_values(self)
