# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""A node whose parameters are one config dataclass."""

from __future__ import annotations

from collections.abc import Callable, Collection
import threading
from typing import Any, Generic, TypeVar

from rcl_interfaces.msg import SetParametersResult
from rclpy.lifecycle import LifecycleNode
from rclpy.parameter import Parameter

from rpi_classifier.config import NodeConfig
from rpi_classifier.errors import ConfigError
from rpi_classifier.nodes.common import parameters
from rpi_classifier.nodes.compat import rewrite_parameters

C = TypeVar('C', bound=NodeConfig)


class ConfiguredNode(LifecycleNode, Generic[C]):
    """
    A lifecycle node that keeps its parameters in ``config`` and refuses wrong ones.

    A subclass overrides the hooks it needs, ``config_changed`` to ``describe_change``.
    """

    internal_parameters: tuple[str, ...] = ()  # only the node itself sets them
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
        self.on_declared: Callable[[], None] = lambda: None  # called after each later declaration
        self._configured = False
        self._begun = ''  # what the last change of parameters begins
        self._own_thread = 0  # the one in which the node sets an internal parameter
        self._config_lock = threading.Lock()  # two threads set parameters: executor and start
        rewrite_parameters(self, self.normalize_changes)
        self.add_on_set_parameters_callback(self._on_parameters)

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

    def describe_change(self, config: C, changed: Collection[str]) -> str:
        """
        Return what a change of parameters begins, if it is more than new values; or nothing.

        :param config: what it leads to.
        :param changed: the names of what is set, also to the value that it has.
        """
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

    def _declare_config(self, kind: type[C]) -> C:
        try:
            config = parameters.declare(self, kind)
            self.check_config(config)
        except ConfigError as error:
            raise ConfigError(f'{self.get_name()}: {error}') from error
        return config

    def _on_parameters(self, changes: list[Parameter[Any]]) -> SetParametersResult:
        if threading.get_ident() == self._own_thread:  # no part of the config
            return SetParametersResult(successful=True)
        try:
            self._check_internal(changes)
            with self._config_lock:
                config = parameters.with_changes(self.config, changes, self._configured)
                if config != self.config:  # the node sets internal parameters at any time
                    self.check_config(config)
                self.set_dynamic_parameters(changes)
                self._begun = self.describe_change(config, {one.name for one in changes})
                self.config = config
        except ConfigError as error:
            return SetParametersResult(successful=False, reason=str(error))
        self.config_changed()
        return SetParametersResult(successful=True)

    def _check_internal(self, changes: list[Parameter[Any]]) -> None:
        for change in changes:
            known = change.name in self.internal_parameters and self.has_parameter(change.name)
            # `ros2 param load` sets all that a dump has.
            if known and change.value != self.get_parameter(change.name).value:
                raise ConfigError(f'{change.name}: is set by the node itself')
