# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""A process of nodes: it reacts to signals at once and shuts the nodes down in order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
import contextlib
import gc
import os
import signal
import sys
import threading
import traceback
from typing import Any, NoReturn, TypeAlias

import rclpy
from rclpy.executors import Executor
from rclpy.signals import SignalHandlerOptions

from rpi_classifier.bringup.parent_death import end_with_parent
from rpi_classifier.bringup.plan import END_WITH_PARENT, REFUSED
from rpi_classifier.bringup.standard_streams import flush_standard_streams
from rpi_classifier.errors import ConfigError, UnknownModelError
from rpi_classifier.nodes.common.command_line import CommandLine, parse_command_line
from rpi_classifier.nodes.common.ending import SHUTDOWN
from rpi_classifier.nodes.common.log_files import explain_unwritable_logs
from rpi_classifier.nodes.common.managed_node import ManagedNode
from rpi_classifier.nodes.common.refused_arguments import explain_refusal
from rpi_classifier.nodes.common.unused_settings import UnusedSettings
from rpi_classifier.nodes.common.usage import describe_usage, NodeUsage
from rpi_classifier.nodes.compat import make_executor

Nodes: TypeAlias = Sequence[ManagedNode[Any]]

_PATIENCE_S = 0.7  # for each thread, so that the process ends within two seconds


def run_nodes(
    make_nodes: Callable[[], Nodes],
    usages: Sequence[NodeUsage],
    *,
    events: bool = False,
) -> NoReturn:
    """
    Run nodes, then exit the process.

    The status is 0 when asked to end, 2 if a setting is wrong, which a restart would not change,
    and 1 if anything else failed.

    Exits with os._exit, because interpreter teardown with torch loaded takes a second on an idle
    machine and many on a busy one, and because a library that loads a model cannot be interrupted.

    :param usages: what --help says of each node.
    :param events: as in ``make_executor``.
    """
    words = parse_command_line(sys.argv[1:])
    if words.wants_help:
        with contextlib.suppress(BrokenPipeError):  # | head
            print(describe_usage(usages))
        status = 0
    else:
        status = _run(make_nodes, words, events)
    gc.collect()  # rclpy frees the shared memory of DDS with the last object of a node
    flush_standard_streams()
    os._exit(status)


def _run(make_nodes: Callable[[], Nodes], words: CommandLine, events: bool) -> int:
    """
    Run nodes until a signal, the death of one of their threads, or all are shut down.

    :param events: as in ``make_executor``.
    :returns: the exit status.
    """
    SHUTDOWN.listen()
    if _is_launched():
        end_with_parent(signal.SIGTERM)
    # Log lines go one by one, also into a pipe: lines in a buffer are lost when a process dies.
    os.environ.setdefault('RCUTILS_LOGGING_BUFFERED_STREAM', '1')
    try:
        _init()
    except Exception as error:  # malformed --ros-args; rclpy has no common base for it
        print(f'rpi_classifier: {explain_refusal(words, error)}', file=sys.stderr)
        return REFUSED
    try:
        nodes = make_nodes()
        _warn_of_unused(nodes, words)
        return _serve(nodes, make_executor(events))
    except (ConfigError, RuntimeError) as error:  # RuntimeError: rclpy could not make a node
        rclpy.logging.get_logger('rpi_classifier').fatal(' '.join(str(error).split()))
        return _status_of(error)
    finally:
        rclpy.shutdown()


def _is_launched() -> bool:
    return os.environ.get(END_WITH_PARENT) == 'true'


def _warn_of_unused(nodes: Nodes, words: CommandLine) -> None:
    unused = UnusedSettings(nodes, words, launched=_is_launched())
    unused.warn()
    for node in nodes:
        node.on_declared = unused.warn


def _init() -> None:
    """Initialize rclpy, without log files where these cannot be written."""
    problem = explain_unwritable_logs(os.environ)
    extra = ['--ros-args', '--disable-external-lib-logs'] if problem else []
    rclpy.init(args=[*sys.argv, *extra], signal_handler_options=SignalHandlerOptions.NO)
    if problem:
        rclpy.logging.get_logger('rpi_classifier').warning(problem)


def _serve(nodes: Nodes, executor: Executor) -> int:
    """Run nodes until the process is to end, shut them down, and return the exit status."""
    threads = _NodeThreads(nodes, executor)
    try:
        threads.start()
        while not SHUTDOWN.wait():
            if any(node.error for node in nodes) or all(node.finalized for node in nodes):
                break
    finally:
        SHUTDOWN.begun = True
        idle = threads.stop()
        if not idle:  # what other threads raise, whose nodes vanish, tells nothing
            threading.excepthook = lambda args: None
        for node in nodes:
            if idle:
                node.close()
            node.destroy_node()
    return max(_status_of(node.error) for node in nodes)


def _status_of(error: BaseException | None) -> int:
    if error is None:
        return 0
    return REFUSED if isinstance(error, (ConfigError, UnknownModelError)) else 1


class _NodeThreads:
    """
    Runs the executor and the start of the nodes on threads of their own.

    The main thread stays free to react to signals, and shuts the nodes down while they can still
    publish.
    """

    def __init__(self, nodes: Nodes, executor: Executor) -> None:
        """Prepare both threads."""
        self._nodes = nodes
        self._executor = executor
        self._stopping = threading.Event()
        self._threads = [
            threading.Thread(target=self._guard, args=(work,), name=name, daemon=True)
            for name, work in (('executor', self._spin), ('start', self._start_nodes))
        ]

    def start(self) -> None:
        """Start both threads."""
        for node in self._nodes:
            self._executor.add_node(node)
        for thread in self._threads:
            thread.start()

    def stop(self) -> bool:
        """
        Stop both threads.

        :returns: False if a thread does not stop, as while a model is loaded.
        """
        self._stopping.set()
        self._executor.shutdown()
        for thread in self._threads:
            if thread.is_alive():
                thread.join(_PATIENCE_S)
        return not any(thread.is_alive() for thread in self._threads)

    def _spin(self) -> None:
        # Not executor.spin(): that of rclpy 9.1's EventsExecutor keeps a core busy.
        while not self._stopping.is_set():
            try:
                self._executor.spin_once(timeout_sec=1.0)
            except Exception as error:  # as rclpy 7's own after a wrong lifecycle request
                if not self._stopping.is_set():
                    self._node_of(error).get_logger().error(
                        f'a callback failed, the node goes on: {traceback.format_exc()}'
                    )

    def _start_nodes(self) -> None:
        for node in self._nodes:
            if not node.start():
                if SHUTDOWN.begun:  # it failed because it was taken down
                    return
                node.error = node.transition_error  # it is in the log already
                SHUTDOWN.set()
                return

    def _guard(self, work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as error:
            if not self._stopping.is_set():  # spinning may fail while the executor shuts down
                self._node_of(error).fail(error)

    def _node_of(self, error: BaseException) -> ManagedNode[Any]:
        """Return the node whose work raised an error: the first one on the way to its place."""
        for frame, _ in traceback.walk_tb(error.__traceback__):
            for value in frame.f_locals.values():
                for node in self._nodes:
                    if value is node:
                        return node
        return self._nodes[0]
