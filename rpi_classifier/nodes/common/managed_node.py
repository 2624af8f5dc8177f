# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What the nodes share: lifecycle, parameters, diagnostics once a second."""

from __future__ import annotations

from collections.abc import Callable
import traceback
from typing import Any, Generic, TypeVar

from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from rcl_interfaces.msg import SetParametersResult
from rclpy.clock import Clock, ClockType
from rclpy.lifecycle import LifecycleNode, LifecycleState, TransitionCallbackReturn
from rclpy.parameter import Parameter

from rpi_classifier.config import NodeConfig
from rpi_classifier.errors import ConfigError, RpiClassifierError
from rpi_classifier.nodes.common import parameters
from rpi_classifier.nodes.common.process import END

C = TypeVar('C', bound=NodeConfig)
_DEMAND_S = 0.2  # between two looks at who subscribes


class ManagedNode(LifecycleNode, Generic[C]):
    """
    A lifecycle node with one config dataclass.

    Subclasses implement ``configure``, ``activate``, ``deactivate``, ``clean_up`` and
    ``diagnose``. What ``configure`` or ``activate`` raise fails the transition with a sentence;
    what the others raise ends the process.
    """

    derived: tuple[str, ...] = ()  # parameters that only the node itself sets

    def __init__(self, name: str, kind: type[C], **options: Any) -> None:
        """
        Declare the parameters; ``options`` go to rclpy's node.

        :raises ConfigError: if a parameter is not allowed.
        """
        super().__init__(name, **options)
        self.config: C = parameters.declare(self, kind)
        self.active = False
        self.error: BaseException | None = None
        self.reason = ''  # why the last transition failed
        self._configured = self.finalized = False
        self._diagnostics = self.create_publisher(DiagnosticArray, '/diagnostics', 10)
        # Not by the node's own clock, which stands still in a paused simulation.
        steady = Clock(clock_type=ClockType.STEADY_TIME)
        self._timer = self.create_timer(1.0, self._tick, clock=steady)
        self._demand_timer = self.create_timer(_DEMAND_S, self._follow, clock=steady)
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

    def follow_demand(self) -> None:
        """Adapt to who subscribes; called when the node becomes active, then 5 times a second."""

    def config_changed(self) -> None:
        """Apply live parameters; the new values are in ``config``."""

    def set_dynamic_parameters(self, changes: list[Parameter[Any]]) -> None:
        """
        Apply changes of parameters that are not in the config; called for all changes.

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
        END.set()

    def close(self) -> None:
        """Shut down from whatever state the node is in."""
        if not self.finalized:
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
        self._follow()
        return result

    def on_deactivate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Lifecycle transition; the work is in ``deactivate``."""
        self.active = False
        self._must(self.deactivate)
        return super().on_deactivate(state)

    def on_cleanup(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Lifecycle transition; the work is in ``clean_up``."""
        self._configured = False
        self._must(self.clean_up)
        return TransitionCallbackReturn.SUCCESS

    def on_shutdown(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Lifecycle transition from any state."""
        if self.active:
            self.on_deactivate(state)
        if self._configured:
            self.on_cleanup(state)
        self.finalized = True
        END.set()  # the process ends with the last of its nodes
        return TransitionCallbackReturn.SUCCESS

    def _attempt(
        self, work: Callable[[], None], undo: Callable[[], None]
    ) -> TransitionCallbackReturn:
        try:
            work()
        except Exception as error:  # rclpy would take each for a failure without a word
            known = isinstance(error, RpiClassifierError)
            self.reason = str(error) if known else f'{type(error).__name__}: {error}'
            self.get_logger().error(self.reason)
            if not known:
                self.get_logger().error(traceback.format_exc())
            self._must(undo)
            return TransitionCallbackReturn.FAILURE
        self.reason = ''
        return TransitionCallbackReturn.SUCCESS

    def _must(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as error:  # what is left is in no known state
            self.fail(error)

    def _on_parameters(self, changes: list[Parameter[Any]]) -> SetParametersResult:
        for change in changes:
            if change.name in self.derived and self.has_parameter(change.name):
                return SetParametersResult(
                    successful=False, reason=f'{change.name}: is set by the node itself'
                )
        try:
            config = parameters.changed(self.config, changes, self._configured)
            self.set_dynamic_parameters(changes)
        except ConfigError as error:
            return SetParametersResult(successful=False, reason=str(error))
        self.config = config
        self.config_changed()
        return SetParametersResult(successful=True)

    def _follow(self) -> None:
        if self.active:
            self.follow_demand()

    def _tick(self) -> None:
        array = DiagnosticArray(status=self.diagnose())
        array.header.stamp = self.get_clock().now().to_msg()
        self._diagnostics.publish(array)
