# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What all nodes share: lifecycle, parameters, diagnostics once a second."""

from __future__ import annotations

from collections.abc import Callable, Mapping
import threading
import traceback
from typing import Any, Generic, TypeVar

from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from rcl_interfaces.msg import SetParametersResult
from rclpy.clock import Clock, ClockType
from rclpy.lifecycle import LifecycleNode, LifecycleState, TransitionCallbackReturn
from rclpy.parameter import Parameter

from rpi_classifier.config import NodeConfig
from rpi_classifier.errors import ConfigError, RpiClassifierError, StuckThreadError
from rpi_classifier.nodes.common import parameters
from rpi_classifier.nodes.common.ending import SHUTDOWN
from rpi_classifier.nodes.common.topics import Topics
from rpi_classifier.nodes.common.worker import JOIN_LIMIT_S
from rpi_classifier.nodes.compat import rewrite_parameters

C = TypeVar('C', bound=NodeConfig)

_DIAGNOSE_S = 1.0  # between two messages on /diagnostics
_FOLLOW_S = 0.2  # between two updates of demand


class ManagedNode(LifecycleNode, Generic[C]):
    """
    A lifecycle node whose parameters are one config dataclass.

    A subclass overrides the hooks it needs, ``configure`` to ``set_dynamic_parameters``. What
    ``configure``, ``activate`` or ``follow_demand`` raise during a transition makes it fail, with
    one sentence in the log; what they raise at other times, or the other hooks, ends the process.
    """

    internal_parameters: tuple[str, ...] = ()  # only the node itself sets them
    topics = Topics()
    unused_topics: Mapping[str, str] = {}  # topics that this node would have, and why it has not
    more_parameters = ''  # what the parameters are that are not in the config
    declares_later = False  # True while parameters may come that are not declared at start

    def __init__(self, name: str, kind: type[C], **options: Any) -> None:
        """
        Declare the parameters.

        :param kind: the config dataclass.
        :param options: for rclpy's node.
        :raises ConfigError: if a parameter has a value that is not allowed.
        """
        super().__init__(name, **options)
        self.config: C = self._declare_config(kind)
        self.active = False
        self.error: BaseException | None = None
        self.transition_error: Exception | None = None  # what made the last transition fail
        self.reason = ''  # the same for people
        self.on_declared: Callable[[], None] = lambda: None  # called after each later declaration
        self._configured = self.finalized = False
        self._begun = ''  # what the last change of parameters begins
        self._own_thread = 0  # the one in which the node sets an internal parameter
        self._config_lock = threading.Lock()  # two threads set parameters: executor and start
        self._diagnostics = self.create_publisher(DiagnosticArray, '/diagnostics', 10)
        self._steady_clock = Clock(clock_type=ClockType.STEADY_TIME)
        self.call_every(_DIAGNOSE_S, self._publish_diagnostics)
        self.call_every(_FOLLOW_S, self._follow_demand)
        rewrite_parameters(self, self.normalize_changes)
        self.add_on_set_parameters_callback(self._on_parameters)

    def configure(self) -> None:
        """Make what the node needs; it becomes inactive."""

    def activate(self) -> None:
        """Start working."""

    def deactivate(self) -> None:
        """Stop working; also called after a failed ``activate``."""

    def clean_up(self) -> None:
        """Undo ``configure``; also called after a failed ``configure``."""

    def follow_demand(self) -> None:
        """Start or stop work by who wants its results; called five times a second if active."""

    def diagnose(self) -> list[DiagnosticStatus]:
        """Return the health of the node and change nothing; called every second in any state."""
        return []

    def config_changed(self) -> None:
        """Apply live parameters; the new values are in ``config``."""

    def check_config(self, config: C) -> None:
        """
        Check what the config dataclass cannot check by itself; called before a config counts.

        :raises ConfigError: to refuse it.
        """

    def normalize_changes(self, changes: list[Parameter[Any]]) -> list[Parameter[Any]]:
        """Return changes with values as they are to be stored; a wrong value stays as it is."""
        return parameters.normalize_changes(type(self.config), changes)

    def set_dynamic_parameters(self, changes: list[Parameter[Any]]) -> None:
        """
        Apply changes of parameters that are not in the config; called for all changes.

        :raises ConfigError: to refuse all of them.
        """

    def describe_change(self, config: C) -> str:
        """Return what a change of parameters begins, if it is more than new values; or nothing."""
        return ''

    def set_parameters_atomically(
        self, parameter_list: list[Parameter[Any]]
    ) -> SetParametersResult:
        """Set all parameters or none; a result tells what it begins, which rclpy's own drops."""
        result = super().set_parameters_atomically(parameter_list)
        if result.successful:
            result.reason = self._begun
        return result

    def set_internal_parameter(self, name: str, value: Any) -> None:
        """Set one of ``internal_parameters``, which others cannot."""
        self._own_thread = threading.get_ident()
        try:
            self.set_parameters([Parameter(name, value=value)])
        finally:
            self._own_thread = 0

    def call_every(self, period_s: float, work: Callable[[], None]) -> None:
        """
        Call ``work`` on the executor's thread, also while a simulation's clock stands still.

        What it raises ends the process.
        """
        self.create_timer(period_s, lambda: self._finish(work), clock=self._steady_clock)

    @property
    def status_name(self) -> str:
        """Return what the names of all statuses begin with: ``robot1/camera``, or ``camera``."""
        return self.get_fully_qualified_name().lstrip('/')  # type: ignore[no-any-return]

    def start(self) -> bool:
        """
        Configure and activate if the parameter ``autostart`` says so.

        :returns: False if that failed; ``reason`` says why.
        """
        if not self.config.autostart:
            return True
        done = TransitionCallbackReturn.SUCCESS
        return self.trigger_configure() == done and self.trigger_activate() == done

    def fail(self, error: BaseException) -> None:
        """Report what ended a thread of the node; the process ends with a status other than 0."""
        if SHUTDOWN.begun and threading.current_thread() is not threading.main_thread():
            return  # the node is being taken down under that thread
        self.get_logger().fatal(f'{type(error).__name__}: {error}')
        self.get_logger().error(''.join(traceback.format_exception(error)))
        self.error = error
        SHUTDOWN.set()

    def give_up(self, thread: str) -> None:
        """Report a thread that does not end; as it may still work, the process ends without it."""
        error = StuckThreadError(
            f'the thread {thread} did not end within {JOIN_LIMIT_S:g} s; '
            'the process ends without it'
        )
        self.get_logger().error(str(error))
        if not SHUTDOWN.asked:
            self.error = error
        SHUTDOWN.set()

    def close(self) -> None:
        """Shut down from any state."""
        if not self.finalized:
            self.trigger_shutdown()

    def on_configure(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Lifecycle transition; the work is in ``configure``."""
        with self._config_lock:  # a change of parameters comes before ``configure``, or is refused
            self._configured = True
        result = self._attempt(self.configure, self.clean_up)
        self._configured = result == TransitionCallbackReturn.SUCCESS
        return result

    def on_activate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Lifecycle transition; the work is in ``activate``."""
        super().on_activate(state)
        result = self._attempt(self._activate, self.deactivate)
        self.active = result == TransitionCallbackReturn.SUCCESS
        return result

    def on_deactivate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Lifecycle transition; the work is in ``deactivate``."""
        self.active = False
        self._finish(self.deactivate)
        return super().on_deactivate(state)

    def on_cleanup(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Lifecycle transition; the work is in ``clean_up``."""
        self._configured = False
        self._finish(self.clean_up)
        return TransitionCallbackReturn.SUCCESS

    def on_shutdown(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Lifecycle transition from any state."""
        if self.active:
            self.on_deactivate(state)
        if self._configured:
            self.on_cleanup(state)
        self.finalized = True
        SHUTDOWN.set()  # the process ends with the last of its nodes
        return TransitionCallbackReturn.SUCCESS

    def _attempt(
        self, work: Callable[[], None], undo: Callable[[], None]
    ) -> TransitionCallbackReturn:
        try:
            work()
        except Exception as error:  # rclpy would report a failure without a reason
            if SHUTDOWN.begun:  # the node is being taken down meanwhile
                return TransitionCallbackReturn.FAILURE
            self.transition_error = error
            known = isinstance(error, RpiClassifierError)
            self.reason = str(error) if known else f'{type(error).__name__}: {error}'
            self.get_logger().error(self.reason)
            if not known:
                self.get_logger().error(traceback.format_exc())
            self._finish(undo)
            return TransitionCallbackReturn.FAILURE
        self.transition_error, self.reason = None, ''
        return TransitionCallbackReturn.SUCCESS

    def _finish(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as error:  # the node is left in an unknown state
            self.fail(error)

    def _activate(self) -> None:
        self.activate()
        self.follow_demand()

    def _declare_config(self, kind: type[C]) -> C:
        try:
            config = parameters.declare(self, kind)
            self.check_config(config)
        except ConfigError as error:
            raise ConfigError(f'{self.get_name()}: {error}') from error
        return config

    def _on_parameters(self, changes: list[Parameter[Any]]) -> SetParametersResult:
        try:
            self._check_internal(changes)
            with self._config_lock:
                config = parameters.with_changes(self.config, changes, self._configured)
                if config != self.config:  # the node itself sets internal parameters at any time
                    self.check_config(config)
                self.set_dynamic_parameters(changes)
                self._begun = self.describe_change(config)
                self.config = config
        except ConfigError as error:
            return SetParametersResult(successful=False, reason=str(error))
        self.config_changed()
        self._follow_demand()
        return SetParametersResult(successful=True)

    def _check_internal(self, changes: list[Parameter[Any]]) -> None:
        if threading.get_ident() == self._own_thread:
            return
        for change in changes:
            known = change.name in self.internal_parameters and self.has_parameter(change.name)
            # `ros2 param load` sets all that a dump has.
            if known and change.value != self.get_parameter(change.name).value:
                raise ConfigError(f'{change.name}: is set by the node itself')

    def _follow_demand(self) -> None:
        if self.active:
            self.follow_demand()

    def _publish_diagnostics(self) -> None:
        array = DiagnosticArray(status=self.diagnose())
        array.header.stamp = self.get_clock().now().to_msg()
        self._diagnostics.publish(array)
