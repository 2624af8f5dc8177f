# Copyright 2026 The rpi_classifier authors
#
# Licensed under the Apache License, Version 2.0 (the "License");
# you may not use this file except in compliance with the License.
# You may obtain a copy of the License at
#
#     http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS,
# WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
# See the License for the specific language governing permissions and
# limitations under the License.

"""A process of nodes: it hears signals at once and takes the nodes down in order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
import os
import signal
import sys
import threading
from typing import Protocol

import rclpy
from rclpy.executors import SingleThreadedExecutor
from rclpy.signals import SignalHandlerOptions

from rpi_classifier.errors import ConfigError, RpiClassifierError


class Ending:
    """
    What the main thread waits for: a signal, or the death of a thread.

    A pipe and not an Event: the kernel may give a signal to any thread, and a main thread that
    waits for a lock then sleeps on. Python writes to the pipe whichever thread was hit.
    """

    def __init__(self) -> None:
        """Make the pipe."""
        self._reader, self._writer = os.pipe()
        os.set_blocking(self._writer, False)

    def listen(self) -> None:
        """Take over SIGINT and SIGTERM; on the main thread only."""
        signal.set_wakeup_fd(self._writer, warn_on_full_buffer=False)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: None)

    def set(self) -> None:
        """Wake the main thread."""
        os.write(self._writer, b'.')

    def wait(self) -> None:
        """Wait for a signal or ``set``."""
        os.read(self._reader, 1)


END = Ending()
_PATIENCE_S = 0.7  # for each thread, so that the process ends within two seconds


class Node(Protocol):
    """What ``run`` needs of a node; ManagedNode has it."""

    error: BaseException | None

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


def run(make_nodes: Callable[[], Sequence[Node]], arguments: list[str] | None = None) -> int:
    """
    Run nodes until SIGINT, SIGTERM, or the death of one of their threads.

    The executor and the start of the nodes have threads of their own, so that the main thread
    hears signals at once and takes the nodes down while they can still publish.

    :returns: the exit status: 0 when asked to end, 1 when something failed.
    """
    END.listen()
    try:
        rclpy.init(args=arguments, signal_handler_options=SignalHandlerOptions.NO)
    except Exception as error:  # malformed --ros-args; rclpy has no common base for it
        print(f'rpi_classifier: {str(error).splitlines()[0]}', file=sys.stderr)
        return 2
    nodes: Sequence[Node] = ()
    executor = SingleThreadedExecutor()
    threads: list[threading.Thread] = []
    stopping = threading.Event()

    def guarded(work: Callable[[], None]) -> None:
        try:
            work()
        except NotStarted as error:
            nodes[0].error = error  # its reason is in the log already
            END.set()
        except BaseException as error:
            if not stopping.is_set():  # rclpy's spin may trip over the end of its executor
                nodes[0].fail(error)

    try:
        nodes = make_nodes()
        for node in nodes:
            executor.add_node(node)
        threads = [
            threading.Thread(target=guarded, args=(work,), name=name, daemon=True)
            for name, work in (('executor', executor.spin), ('start', lambda: _start(nodes)))
        ]
        for thread in threads:
            thread.start()
        END.wait()
    except ConfigError as error:
        rclpy.logging.get_logger('rpi_classifier').fatal(str(error))
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
    status = 1 if any(node.error for node in nodes) else 0
    if loading:  # a library that loads a model cannot be interrupted, only left
        sys.stdout.flush()
        os._exit(status)
    return status


def _start(nodes: Sequence[Node]) -> None:
    for node in nodes:
        if not node.start():
            raise NotStarted(f'{node.get_name()} did not start')
