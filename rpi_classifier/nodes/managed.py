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

"""What the nodes share: lifecycle, parameters, diagnostics once a second, an orderly end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
import os
import signal
import sys
import threading
from typing import Any, Generic, TypeVar

from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from rcl_interfaces.msg import SetParametersResult
import rclpy
from rclpy.executors import SingleThreadedExecutor
from rclpy.lifecycle import LifecycleNode, LifecycleState, TransitionCallbackReturn
from rclpy.parameter import Parameter
from rclpy.signals import SignalHandlerOptions

from rpi_classifier.config import NodeConfig
from rpi_classifier.errors import ConfigError, RpiClassifierError
from rpi_classifier.nodes import parameters

C = TypeVar('C', bound=NodeConfig)


class _Ending:
    """What the main thread waits for: a signal, or the death of a thread.

    A pipe and not an Event: the kernel may give a signal to any thread, and a main thread that
    waits for a lock then sleeps on. Python writes to the pipe whichever thread was hit.
    """

    def __init__(self) -> None:
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


_END = _Ending()


class NotStarted(RpiClassifierError):
    """A transition of a node that starts by itself failed."""


class ManagedNode(LifecycleNode, Generic[C]):
    """A lifecycle node with one config dataclass.

    Subclasses implement ``configure``, ``activate``, ``deactivate``, ``clean_up`` and
    ``diagnose``; an RpiClassifierError that they raise fails the transition with its sentence.
    """

    derived: tuple[str, ...] = ()  # parameters that only the node itself sets

    def __init__(self, name: str, kind: type[C], **options: Any) -> None:
        """Declare the parameters; ``options`` go to rclpy's node.

        :raises ConfigError: if a parameter is not allowed.
        """
        super().__init__(name, **options)
        self.config: C = parameters.declare(self, kind)
        self.active = False
        self.error: BaseException | None = None
        self._configured = self._finalized = False
        self._diagnostics = self.create_publisher(DiagnosticArray, '/diagnostics', 10)
        self._timer = self.create_timer(1.0, self._tick)
        self.add_on_set_parameters_callback(self._on_parameters)

    def configure(self) -> None:
        """Make what is needed; the node becomes inactive."""

    def activate(self) -> None:
        """Start working."""

    def deactivate(self) -> None:
        """Stop working; must also do after a failed ``activate``."""

    def clean_up(self) -> None:
        """Undo ``configure``; must also do after a failed ``configure``."""

    def diagnose(self) -> list[DiagnosticStatus]:
        """Return the health of the node; called once a second in every state."""
        return []

    def config_changed(self) -> None:
        """Apply live parameters; the new values are in ``config``."""

    def set_others(self, changes: list[Parameter[Any]]) -> None:
        """Apply changes of parameters that are not in the config; called for all changes.

        :raises ConfigError: to refuse all of them.
        """

    def start(self) -> bool:
        """Configure and activate if the parameter ``autostart`` says so; False: it failed."""
        if not self.config.autostart:
            return True
        done = TransitionCallbackReturn.SUCCESS
        return self.trigger_configure() == done and self.trigger_activate() == done

    def fail(self, error: BaseException) -> None:
        """Report the death of a thread: the process ends with a status that is not 0."""
        self.get_logger().fatal(f'{type(error).__name__}: {error}')
        self.error = error
        _END.set()

    def close(self) -> None:
        """Shut down from whatever state the node is in."""
        if not self._finalized:
            self.trigger_shutdown()

    def on_configure(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Lifecycle transition; the work is in ``configure``."""
        result = self._attempt(self.configure, self.clean_up)
        self._configured = result == TransitionCallbackReturn.SUCCESS
        return result

    def on_activate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Lifecycle transition; the work is in ``activate``."""
        super().on_activate(state)
        result = self._attempt(self.activate, self.deactivate)
        self.active = result == TransitionCallbackReturn.SUCCESS
        return result

    def on_deactivate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Lifecycle transition; the work is in ``deactivate``."""
        self.active = False
        self.deactivate()
        return super().on_deactivate(state)

    def on_cleanup(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Lifecycle transition; the work is in ``clean_up``."""
        self._configured = False
        self.clean_up()
        return TransitionCallbackReturn.SUCCESS

    def on_shutdown(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Lifecycle transition from any state."""
        if self.active:
            self.on_deactivate(state)
        if self._configured:
            self.on_cleanup(state)
        self._finalized = True
        return TransitionCallbackReturn.SUCCESS

    def _attempt(
        self, work: Callable[[], None], undo: Callable[[], None]
    ) -> TransitionCallbackReturn:
        try:
            work()
        except RpiClassifierError as error:
            self.get_logger().error(str(error))
            undo()
            return TransitionCallbackReturn.FAILURE
        return TransitionCallbackReturn.SUCCESS

    def _on_parameters(self, changes: list[Parameter[Any]]) -> SetParametersResult:
        for change in changes:
            if change.name in self.derived and self.has_parameter(change.name):
                return SetParametersResult(
                    successful=False, reason=f'{change.name}: is set by the node itself'
                )
        try:
            config = parameters.changed(self.config, changes, self._configured)
            self.set_others(changes)
        except ConfigError as error:
            return SetParametersResult(successful=False, reason=str(error))
        self.config = config
        self.config_changed()
        return SetParametersResult(successful=True)

    def _tick(self) -> None:
        array = DiagnosticArray(status=self.diagnose())
        array.header.stamp = self.get_clock().now().to_msg()
        self._diagnostics.publish(array)


def run(
    make_nodes: Callable[[], Sequence[ManagedNode[Any]]], arguments: list[str] | None = None
) -> int:
    """Run nodes until SIGINT, SIGTERM, or the death of one of their threads.

    The executor and the start of the nodes have threads of their own, so that the main thread
    hears signals at once and takes the nodes down while they can still publish.

    :returns: the exit status: 0 when asked to end, 1 when something failed.
    """
    _END.listen()
    try:
        rclpy.init(args=arguments, signal_handler_options=SignalHandlerOptions.NO)
    except Exception as error:  # malformed --ros-args; rclpy has no common base for it
        print(f'rpi_classifier: {str(error).splitlines()[0]}', file=sys.stderr)
        return 2
    nodes: Sequence[ManagedNode[Any]] = ()
    executor = SingleThreadedExecutor()
    threads: list[threading.Thread] = []
    try:
        nodes = make_nodes()
        for node in nodes:
            executor.add_node(node)
        threads = [
            threading.Thread(target=_guarded, args=(work, nodes), name=name, daemon=True)
            for name, work in (('executor', executor.spin), ('start', lambda: _start(nodes)))
        ]
        for thread in threads:
            thread.start()
        _END.wait()
    except ConfigError as error:
        rclpy.logging.get_logger('rpi_classifier').fatal(str(error))
        return 1
    finally:
        executor.shutdown()
        for thread in threads:
            thread.join(0.5)
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


def _start(nodes: Sequence[ManagedNode[Any]]) -> None:
    for node in nodes:
        if not node.start():
            raise NotStarted(f'{node.get_name()} did not start')


def _guarded(work: Callable[[], None], nodes: Sequence[ManagedNode[Any]]) -> None:
    try:
        work()
    except NotStarted as error:
        nodes[0].error = error  # its reason is in the log already
        _END.set()
    except BaseException as error:
        nodes[0].fail(error)
