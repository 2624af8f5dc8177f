# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Asks the diagnostics of a running camera and classifier how they are; containers run it.

usage: python -m rpi_classifier.probes.health_probe [SECONDS]

Prints one line. Ends with 0 if the nodes report and none of them reports an ERROR, else with 1. It
listens for the number of seconds, 4 by default, because each node reports once a second.
"""

from __future__ import annotations

from collections.abc import Mapping
import re
import sys
import time

from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
import rclpy
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node

_OWN = re.compile(r'(.*/)?(camera|classifier): ')
_LISTEN_S = 4.0


def listen(seconds: float) -> dict[str, DiagnosticStatus]:
    """Return the newest status of each of this package's concerns."""
    found: dict[str, DiagnosticStatus] = {}

    def note(message: DiagnosticArray) -> None:
        found.update((one.name, one) for one in message.status if _OWN.match(one.name))

    node = Node('health')
    node.create_subscription(DiagnosticArray, '/diagnostics', note, 10)
    executor = SingleThreadedExecutor()
    executor.add_node(node)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        executor.spin_once(timeout_sec=0.1)
    return found


def explain_ill_health(found: Mapping[str, DiagnosticStatus]) -> str:
    """Return what is wrong, in a line; empty if nothing is."""
    if not found:
        return 'neither camera nor classifier reports on /diagnostics'
    errors = [one for one in found.values() if one.level >= DiagnosticStatus.ERROR]
    return '; '.join(f'{one.name}: {one.message}' for one in errors)


def main() -> int:
    """Listen, print what is wrong if anything is, and return the exit status."""
    rclpy.init(args=[])
    try:
        found = listen(float(sys.argv[1]) if len(sys.argv) > 1 else _LISTEN_S)
    finally:
        rclpy.shutdown()
    wrong = explain_ill_health(found)
    print(wrong or f'{len(found)} statuses, no error')
    return 1 if wrong else 0


if __name__ == '__main__':
    sys.exit(main())
