# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The services of another node, called from the loop of the server."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Any

from lifecycle_msgs.srv import ChangeState, GetState
from rcl_interfaces.srv import (
    DescribeParameters,
    GetParameters,
    ListParameters,
    SetParametersAtomically,
)
from rclpy.client import Client
from rclpy.node import Node

from rpi_classifier.errors import Refused

_ANSWER_S = 10.0
_SERVICES = {
    'change_state': ChangeState,
    'describe_parameters': DescribeParameters,
    'get_parameters': GetParameters,
    'get_state': GetState,
    'list_parameters': ListParameters,
    'set_parameters_atomically': SetParametersAtomically,
}


class ServiceCaller:
    """Carries calls from the loop of the server to the thread of the executor, and back."""

    def __init__(self, node: Node) -> None:
        """Prepare for calls."""
        self._node = node
        self._calls: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._waking = node.create_guard_condition(self._make_calls)

    def stop(self) -> None:
        """Make no more calls."""
        self._node.destroy_guard_condition(self._waking)

    async def ask(
        self, client: Client[Any, Any], request: Any, *, name: str, limit_s: float
    ) -> Any:
        """
        Call a service and return its response.

        :param name: of the service.
        :raises Refused: if the service is not there, or does not answer in time.
        """
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Any] = asyncio.Future()

        def give(response: Any) -> None:
            if not answer.done():
                answer.set_result(response)

        def make_call() -> None:
            if client.service_is_ready():
                future = client.call_async(request)
                future.add_done_callback(lambda done: _tell(loop, give, done.result()))
            else:
                _tell(loop, give, None)

        self._calls.put(make_call)
        self._waking.trigger()
        try:
            response = await asyncio.wait_for(answer, limit_s)
        except asyncio.TimeoutError:
            response = None
        if response is None:
            raise Refused(f'{name} does not answer; does its node run?')
        return response

    def _make_calls(self) -> None:
        while True:
            try:
                self._calls.get_nowait()()
            except Empty:
                return


class RemoteNode:
    """Another node: its parameters, and its lifecycle."""

    def __init__(self, node: Node, name: str, caller: ServiceCaller) -> None:
        """
        Prepare to call its services.

        :param name: the absolute name of the other node.
        """
        self._node = node
        self._name = name
        self._caller = caller
        self._clients = {
            service: node.create_client(kind, f'{name}/{service}')
            for service, kind in _SERVICES.items()
        }

    def stop(self) -> None:
        """Destroy the clients."""
        for client in self._clients.values():
            self._node.destroy_client(client)

    async def ask(self, service: str, limit_s: float = _ANSWER_S, **fields: Any) -> Any:
        """
        Call one of its services and return the response.

        :param fields: of the request.
        :raises Refused: if it does not answer.
        """
        request = _SERVICES[service].Request(**fields)
        return await self._caller.ask(
            self._clients[service], request, name=f'{self._name}/{service}', limit_s=limit_s
        )


def _tell(loop: asyncio.AbstractEventLoop, give: Callable[[Any], None], response: Any) -> None:
    try:
        loop.call_soon_threadsafe(give, response)
    except RuntimeError:  # the page was closed meanwhile
        return
