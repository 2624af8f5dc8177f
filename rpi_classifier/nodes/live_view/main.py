# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The process of the live page."""

from __future__ import annotations

from collections.abc import Sequence
import importlib.util
from typing import Any, NoReturn

from rpi_classifier.errors import ConfigError
from rpi_classifier.nodes.common import process
from rpi_classifier.nodes.common.managed_node import ManagedNode


def main() -> NoReturn:
    """Run the node; ``ros2 run rpi_classifier live_view_node``."""
    process.run_nodes(_make)


def _make() -> Sequence[ManagedNode[Any]]:
    if importlib.util.find_spec('aiohttp') is None:
        raise ConfigError(
            'the live page needs aiohttp, which is not installed; run: '
            'sudo apt install python3-aiohttp (or pip install aiohttp)'
        )
    from rpi_classifier.nodes.live_view.node import LiveViewNode

    return [LiveViewNode()]
