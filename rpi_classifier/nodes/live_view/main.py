# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The process of the live page."""

from __future__ import annotations

import importlib.util
import sys
from typing import NoReturn

from rpi_classifier.bringup.plan import REFUSED
from rpi_classifier.nodes.common import process


def main() -> NoReturn:
    """Run the node; ``ros2 run rpi_classifier live_view_node``."""
    if importlib.util.find_spec('aiohttp') is None:
        print(
            'rpi_classifier: the live page needs aiohttp, which is not installed; run: '
            'sudo apt install python3-aiohttp (or pip install aiohttp)',
            file=sys.stderr,
        )
        sys.exit(REFUSED)
    from rpi_classifier.nodes.live_view.node import LiveViewNode, USAGE

    process.run_nodes(lambda: [LiveViewNode()], [USAGE])
