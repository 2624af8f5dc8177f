# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""A process of nodes: it hears signals at once and takes the nodes down in order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
import ctypes
import gc
import os
import signal
import sys
import threading
from typing import NoReturn, Protocol

import rclpy
from rclpy.executors import Executor, SingleThreadedExecutor
from rclpy.signals import SignalHandlerOptions

from rpi_classifier.bringup.plan import END_WITH_PARENT
from rpi_classifier.errors import ConfigError, RpiClassifierError
from rpi_classifier.nodes.common.ending import SHUTDOWN

_PR_SET_PDEATHSIG = 1  # of prctl(2): the signal to get when the parent dies

_PATIENCE_S = 0.7  # for each thread, so that the process ends within two seconds


class Node(Protocol):
    """What ``run_nodes`` needs of a node; ManagedNode has it."""

    error: BaseException | None
    finalized: bool

    def start(self) -> bool:
        """Configure and activate; False: it failed, and the log says why."""

    def fail(self, error: BaseException) -> None:
        """Take the death of a thread."""

    def close(self) -> None:
        """Shut down."""

    def get_name(self) -> str:
        """Return the name."""

    def destroy_node(self) -> None:
        """Free everything."""


class NotStarted(RpiClassifierError):
    """A transition of a node that starts by itself failed."""


def make_executor(events: bool) -> Executor:
    """
    Return an executor.

    :param events: prefer rclpy's EventsExecutor, which Kilted brought. It hands a message to its
        callback about 0.8 ms sooner, because it does not collect all that it waits for anew after
        each, but knows no guard conditions.
    """
    if events:
        try:
            from rclpy.experimental import EventsExecutor
        except ImportError:
            pass
        else:
            return EventsExecutor()
    return SingleThreadedExecutor()


def run_nodes(make_nodes: Callable[[], Sequence[Node]], *, events: bool = False) -> NoReturn:
    """
    Run nodes and leave with status 0 when asked to end, 1 when something failed.

    Leave, not return: the nodes are down by then, and what Python does at its own exit is taking
    torch apart, which takes a second on an idle machine and many on a busy one. A library that
    loads a model cannot be interrupted at all.

    :param events: as in ``make_executor``.
    """
    status = _run(make_nodes, events)
    gc.collect()  # rclpy frees the shared memory of DDS with the last object of a node
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def _run(make_nodes: Callable[[], Sequence[Node]], events: bool) -> int:
    """
    Run nodes until SIGINT, SIGTERM, the death of one of their threads, or all are shut down.

    The executor and the start of the nodes have threads of their own, so that the main thread
    hears signals at once and takes the nodes down while they can still publish.

    :param events: as in ``make_executor``.
    :returns: the exit status.
    """
    SHUTDOWN.listen()
    if os.environ.get(END_WITH_PARENT) == 'true':
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    try:
        rclpy.init(signal_handler_options=SignalHandlerOptions.NO)
    except Exception as error:  # malformed --ros-args; rclpy has no common base for it
        print(f'rpi_classifier: {str(error).splitlines()[0]}', file=sys.stderr)
        return 2
    nodes: Sequence[Node] = ()
    executor = make_executor(events)
    threads: list[threading.Thread] = []
    stopping = threading.Event()

    def spin() -> None:
        # Not executor.spin(): that of rclpy 9.1's EventsExecutor turns at full speed in vain.
        while not stopping.is_set():
            executor.spin_once(timeout_sec=1.0)

    def guarded(work: Callable[[], None]) -> None:
        try:
            work()
        except NotStarted as error:
            nodes[0].error = error  # its reason is in the log already
            SHUTDOWN.set()
        except BaseException as error:
            if not stopping.is_set():  # rclpy's spin may trip over the end of its executor
                nodes[0].fail(error)

    try:
        nodes = make_nodes()
        for node in nodes:
            executor.add_node(node)
        threads = [
            threading.Thread(target=guarded, args=(work,), name=name, daemon=True)
            for name, work in (('executor', spin), ('start', lambda: _start(nodes)))
        ]
        for thread in threads:
            thread.start()
        while not SHUTDOWN.wait():
            if any(node.error for node in nodes) or all(node.finalized for node in nodes):
                break
    except (ConfigError, RuntimeError) as error:  # RuntimeError: rclpy could not make a node
        rclpy.logging.get_logger('rpi_classifier').fatal(' '.join(str(error).split()))
        return 1
    finally:
        stopping.set()
        executor.shutdown()
        for thread in threads:
            thread.join(_PATIENCE_S)
        loading = any(thread.is_alive() for thread in threads)
        for node in nodes:
            if not loading:
                node.close()
            node.destroy_node()
        rclpy.shutdown()
    return 1 if any(node.error for node in nodes) else 0


def _start(nodes: Sequence[Node]) -> None:
    for node in nodes:
        if not node.start():
            raise NotStarted(f'{node.get_name()} did not start')
