# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What classify and collect do in a running graph; ROS is imported only for that."""

from __future__ import annotations

import argparse
import json
import time
from types import ModuleType
from typing import Any

from rpi_classifier.errors import ConfigError


def graph_listener(options: str = '--topic and --watch need') -> ModuleType:
    """
    Return the module that listens to a graph.

    :param options: those that need it, and the verb, for the message.
    :raises ConfigError: if ROS 2 is not here.
    """
    try:
        from rpi_classifier.nodes import graph_listener as found
    except ImportError as error:
        raise ConfigError(
            f'{options} ROS 2, which cannot be imported ({error}); '
            'source /opt/ros/DISTRIBUTION/setup.bash, or use scripts/exec'
        ) from error
    return found


def print_changes(topic: str, options: argparse.Namespace) -> None:
    """
    Print changes of a classifier, until Ctrl-C or as many as ``options.count`` says.

    :raises NothingCame: if it publishes nothing within ``options.wait`` seconds.
    :raises KeyboardInterrupt: for Ctrl-C, unless something was printed: that is how it ends.
    """
    shown = 0
    try:
        for message in graph_listener().watch_classes(topic, options.wait):
            print(change_as_json(message) if options.json else change_as_text(message), flush=True)
            shown += 1
            if shown == options.count:
                return
    except KeyboardInterrupt:
        if not shown:
            raise


def change_as_json(message: Any) -> str:
    """Return a result as one line of JSON."""
    stamp = message.header.stamp
    results = [{'class_id': one.class_id, 'score': one.score} for one in message.results]
    return json.dumps({'stamp_ns': stamp.sec * 10**9 + stamp.nanosec, 'results': results})


def change_as_text(message: Any) -> str:
    """Return the time of this moment and the best class of a result in one line."""
    best = [f'{one.score:6.2%} {one.class_id}' for one in message.results[:1]]
    return f'{time.strftime("%H:%M:%S")}  {best[0] if best else "nothing"}'
