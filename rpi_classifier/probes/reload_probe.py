# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Gives a running classifier another model by its lifecycle; deploy runs it on the robot.

usage: python -c PROGRAM '{"node": ..., "pid": ..., "parameters": ...}'

Needs only what every ROS 2 has, because the robot may have another version of this package. Prints
JSON: ``state``, what the node does now; or ``problem``, why it does not run the new model, and
``restored``, whether it works with the former one.
"""

from __future__ import annotations

from collections.abc import Mapping
import json
import os
import sys
import time
from typing import Any

from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from lifecycle_msgs.msg import Transition
from lifecycle_msgs.srv import ChangeState, GetState
from rcl_interfaces.msg import Log, ParameterValue
from rcl_interfaces.srv import GetParameters, SetParametersAtomically
import rclpy
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from rclpy.parameter import Parameter
from rclpy.qos import DurabilityPolicy, QoSProfile

_FIND_S = 20.0  # for the discovery of the node
_CHANGE_S = 300.0  # a Raspberry Pi loads a large network in minutes
_ANSWER_S = 20.0
_REASON_S = 3.0  # diagnostics come once a second
_LOOK_S = 0.2  # between two looks whether the process lives
_TRANSITIONS = {
    'configure': Transition.TRANSITION_CONFIGURE,
    'cleanup': Transition.TRANSITION_CLEANUP,
    'activate': Transition.TRANSITION_ACTIVATE,
    'deactivate': Transition.TRANSITION_DEACTIVATE,
}


class Failed(Exception):
    """The node does not do what it is asked for; the message says why."""


class RemoteLifecycle:
    """The lifecycle and the parameters of a node of another process."""

    def __init__(self, name: str, pid: int) -> None:
        """
        Make what is needed to ask the node.

        :param name: fully qualified.
        :param pid: its process.
        """
        self.name = name
        self._pid = pid
        self._node = Node(f'deploy_{os.getpid()}')
        self._executor = SingleThreadedExecutor()
        self._executor.add_node(self._node)
        self._reasons: list[str] = []
        self._node.create_subscription(Log, '/rosout', self._note_log, _rosout())
        self._node.create_subscription(DiagnosticArray, '/diagnostics', self._note_status, 10)

    def ask(self, kind: Any, service: str, request: Any, limit_s: float) -> Any:
        """
        Call a service of the node.

        :raises Failed: if no answer comes, or the process of the node ends.
        """
        client = self._node.create_client(kind, f'{self.name}/{service}')
        try:
            self._wait(client.service_is_ready, _FIND_S, f'offer {service}')
            future = client.call_async(request)
            self._wait(future.done, limit_s, f'answer to {service}')
            return future.result()
        finally:
            self._node.destroy_client(client)

    def state(self) -> str:
        """Return the state, as ``active``."""
        return str(
            self.ask(GetState, 'get_state', GetState.Request(), _ANSWER_S).current_state.label
        )

    def values(self, names: list[str]) -> list[ParameterValue]:
        """Return the values of parameters."""
        request = GetParameters.Request(names=names)
        return list(self.ask(GetParameters, 'get_parameters', request, _ANSWER_S).values)

    def set_all(self, values: Mapping[str, ParameterValue]) -> None:
        """
        Set all parameters or none.

        :raises Failed: with the reason of the node if it refuses them.
        """
        request = SetParametersAtomically.Request()
        for name, value in values.items():
            message = Parameter(name).to_parameter_msg()
            message.value = value
            request.parameters.append(message)
        service = 'set_parameters_atomically'
        result = self.ask(SetParametersAtomically, service, request, _ANSWER_S).result
        if not result.successful:
            raise Failed(result.reason or 'it refuses the parameters')

    def change(self, transition: str) -> None:
        """
        Make a transition.

        :raises Failed: with the node's own words if it fails.
        """
        self._reasons.clear()
        request = ChangeState.Request(transition=Transition(id=_TRANSITIONS[transition]))
        if self.ask(ChangeState, 'change_state', request, _CHANGE_S).success:
            return
        end = time.monotonic() + _REASON_S
        while not self._reasons and time.monotonic() < end:
            self._executor.spin_once(timeout_sec=_LOOK_S)
        raise Failed(self._reasons[0] if self._reasons else f'{transition} failed')

    def bring_to(self, state: str) -> None:
        """Make the transitions from the present state to unconfigured, inactive or active."""
        for transition in _path(self.state(), state):
            self.change(transition)

    def _wait(self, done: Any, limit_s: float, what: str) -> None:
        end = time.monotonic() + limit_s
        while not done():
            self._executor.spin_once(timeout_sec=_LOOK_S)
            if not _lives(self._pid):
                raise Failed('its process ended')
            if time.monotonic() > end:
                raise Failed(f'it did not {what} within {limit_s:g} s')

    def _note_log(self, message: Log) -> None:
        if message.name == self.name.strip('/').replace('/', '.') and message.level >= 40:
            self._reasons.append(message.msg)

    def _note_status(self, message: DiagnosticArray) -> None:
        for status in message.status:
            is_model = status.name == f'{self.name.strip("/")}: model'
            if is_model and status.level == DiagnosticStatus.ERROR:
                self._reasons.append(status.message)


def _lives(pid: int) -> bool:
    """Return whether a process runs; one that has ended may still wait for its parent."""
    try:
        with open(f'/proc/{pid}/stat', errors='replace') as file:
            return file.read().rpartition(')')[2].split()[0] not in 'ZX'
    except OSError:
        return False


def _rosout() -> QoSProfile:
    return QoSProfile(depth=1000, durability=DurabilityPolicy.VOLATILE)  # only what is said now


def _path(here: str, there: str) -> list[str]:
    """Return the transitions between two of the three steady states."""
    order = ['unconfigured', 'inactive', 'active']
    if here not in order or there not in order:
        raise Failed(f'it is {here}')
    start, end = order.index(here), order.index(there)
    if end >= start:
        return ['configure', 'activate'][start:end]
    return ['cleanup', 'deactivate'][end:start][::-1]


def reload_model(node: RemoteLifecycle, wanted: Mapping[str, ParameterValue]) -> dict[str, Any]:
    """
    Give a node other parameters and let it load its model again.

    :returns: the answer, as the top of this file describes it.
    """
    before = node.state()
    former = dict(zip(wanted, node.values(list(wanted))))
    if before == 'active' and former == wanted:
        return {'state': before, 'same': True}
    try:
        node.bring_to('unconfigured')
        node.set_all(wanted)
        node.bring_to(before)
    except Failed as error:
        return {'problem': str(error), **_restore(node, former, before)}
    return {'state': before}


def _restore(
    node: RemoteLifecycle, former: Mapping[str, ParameterValue], state: str
) -> dict[str, Any]:
    try:
        node.bring_to('unconfigured')
        node.set_all(former)
        node.bring_to(state)
    except Failed as error:
        return {'restored': False, 'why': str(error)}
    return {'restored': True}


def main() -> None:
    """Reload the node that the argument names, and print the answer."""
    request = json.loads(sys.argv[1])
    rclpy.init(args=[])
    try:
        node = RemoteLifecycle(request['node'], request['pid'])
        wanted = {
            name: Parameter(name, value=value).to_parameter_msg().value
            for name, value in request['parameters'].items()
        }
        answer = reload_model(node, wanted)
    except Failed as error:  # before anything was changed
        answer = {'problem': str(error), 'restored': True}
    print(json.dumps(answer), flush=True)
    os._exit(0)  # what DDS does at its end is not worth waiting for


if __name__ == '__main__':
    main()
