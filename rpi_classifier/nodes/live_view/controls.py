# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The controls of the live page: parameters and pause, by the nodes' own services."""

from __future__ import annotations

import asyncio
from pathlib import Path
import time
from typing import Any

from lifecycle_msgs.msg import Transition
from rclpy.parameter import Parameter

from rpi_classifier.config import LiveViewConfig
from rpi_classifier.errors import Refused
from rpi_classifier.live.bulletin import Bulletin
from rpi_classifier.live.collection import Collection
from rpi_classifier.nodes.common import status
from rpi_classifier.nodes.common.managed_node import ManagedNode
from rpi_classifier.nodes.live_view.descriptors import ControlField, is_shown, to_field
from rpi_classifier.nodes.live_view.figures import absolute_name, HealthSections
from rpi_classifier.nodes.live_view.remote_node import RemoteNode, ServiceCaller
from rpi_classifier.wording import quote

_TRANSITION_S = 180.0  # a large model takes that long on a Raspberry Pi
_DIAGNOSED_S = 3.0  # until the reason of a failure is in the diagnostics
_LOOK_S = 0.2
_STEADY = ('unconfigured', 'inactive', 'active')  # states between transitions


class NodeControls:
    """Changes the nodes ``camera`` and ``classifier``; coroutines run in the server's loop."""

    def __init__(
        self,
        node: ManagedNode[LiveViewConfig],
        bulletin: Bulletin,
        health: HealthSections,
        collection: Collection | None = None,
    ) -> None:
        """
        Prepare to call services.

        :param health: knows why a transition failed.
        :param collection: is told where the classifier keeps images.
        """
        self._bulletin = bulletin
        self._health = health
        self._collection = collection
        self._caller = ServiceCaller(node)
        config = node.config
        self._names = {
            'classifier': absolute_name(node, config.classifier),
            'camera': absolute_name(node, config.camera),
        }
        self._nodes = {
            key: RemoteNode(node, name, self._caller) for key, name in self._names.items()
        }
        self._controls: dict[tuple[str, str], ControlField] = {}
        self._working = asyncio.Lock()  # one deed at a time
        self._refreshing = False

    def stop(self) -> None:
        """Destroy the clients."""
        for node in self._nodes.values():
            node.stop()
        self._caller.stop()

    async def refresh(self) -> None:
        """Show the parameters and the state as they are now."""
        if self._refreshing:
            return
        self._refreshing = True
        try:
            lists = [await self._list(key) for key in self._nodes]
            self._controls = {(one.node, one.name): one for found in lists for one in found}
            try:
                state = await self._state()
                model = await self._get('model')
                await self._follow_kept()
            except Refused:
                state, model = 'gone', ''
            shown = [control.for_page() for control in self._controls.values()]
            self._bulletin.post('controls', {'state': state, 'model': model, 'parameters': shown})
        finally:
            self._refreshing = False

    async def _follow_kept(self) -> None:
        """Look for images in the folder that the classifier has now."""
        if self._collection:
            folder = await self._get('keep_folder')
            self._collection.kept_folder = Path(folder) if folder else None

    async def set_parameter(self, node: str, name: str, value: Any) -> str:
        """Set one of the parameters that the page shows."""
        if (node, name) not in self._controls:
            await self.refresh()
        control = self._controls.get((node, name))
        if control is None:
            if node in self._names and not any(key == node for key, _ in self._controls):
                raise Refused(f'{self._names[node]} does not answer; does it run?')
            raise Refused(f'{quote(name)}: is not a parameter that this page changes')
        await self._set(node, name, control.convert(value))
        await self.refresh()
        return f'{name} is {value}'

    async def pause(self, paused: bool) -> str:
        """Deactivate or activate the classifier; configure it first if it is not."""
        async with self._working:
            # rclpy never answers who asks for a transition that a node cannot make now.
            state = await self._state()
            if state not in _STEADY:
                raise Refused(f'{self._names["classifier"]} is {state}; try again')
            if paused and state == 'unconfigured':
                raise Refused(f'{self._names["classifier"]} is not started, so nothing is paused')
            if not paused and state == 'unconfigured':
                await self._change('configure')
            if state != ('inactive' if paused else 'active'):
                await self._change('deactivate' if paused else 'activate')
        await self.refresh()
        return 'the classifier is paused' if paused else 'the classifier runs'

    async def change_model(self, model: str) -> str:
        """Set the parameter: a classifier that is configured loads the model in the background."""
        begun = await self._set('classifier', 'model', model)
        await self.refresh()
        if begun:
            return begun
        if await self._state() == 'unconfigured':
            return f'{model} is loaded when the classifier is started'
        return f'the parameter model is {model} already'

    async def _change(self, transition: str) -> None:
        number = getattr(Transition, f'TRANSITION_{transition.upper()}')
        answer = await self._nodes['classifier'].ask(
            'change_state', _TRANSITION_S, transition=Transition(id=number)
        )
        if not answer.success:
            raise Refused(await self._why(transition))

    async def _why(self, transition: str) -> str:
        """Return the node's own reason for a failure, which it puts into its diagnostics."""
        failed_s = time.monotonic()
        while time.monotonic() < failed_s + _DIAGNOSED_S:
            found = self._health.fresh(self._names['classifier'], 'model', failed_s)
            if found is not None and found.level == status.ERROR:
                return str(found.message)
            await asyncio.sleep(_LOOK_S)
        return f'{self._names["classifier"]} does not {transition}; its log says why'

    async def _state(self) -> str:
        answer = await self._nodes['classifier'].ask('get_state')
        return str(answer.current_state.label)

    async def _get(self, name: str) -> Any:
        answer = await self._nodes['classifier'].ask('get_parameters', names=[name])
        return answer.values[0].string_value if answer.values else ''

    async def _set(self, node: str, name: str, value: Any) -> str:
        """Set a parameter, and return what the node says that it begins; mostly nothing."""
        if isinstance(value, str) and not _arrives_whole(value):
            raise Refused(f'{name}: {quote(value)} has a character that no parameter can have')
        message = Parameter(name, value=value).to_parameter_msg()
        answer = await self._nodes[node].ask('set_parameters_atomically', parameters=[message])
        if not answer.result.successful:
            raise Refused(answer.result.reason or f'{name}: the node refuses {value!r}')
        return str(answer.result.reason)

    async def _list(self, key: str) -> list[ControlField]:
        node = self._nodes[key]
        try:
            names = (await node.ask('list_parameters')).result.names
            described = (await node.ask('describe_parameters', names=names)).descriptors
            shown = [one for one in described if is_shown(key, one)]
            names = [one.name for one in shown]
            values = (await node.ask('get_parameters', names=names)).values
        except Refused:  # it does not run; the page says so
            return []
        return [to_field(key, one, value) for one, value in zip(shown, values)]


def _arrives_whole(text: str) -> bool:
    """Return whether a node gets a text as it is: messages are UTF-8, and end at a NUL."""
    try:
        text.encode()
    except UnicodeEncodeError:  # half of a character, as JSON may have it
        return False
    return '\0' not in text
