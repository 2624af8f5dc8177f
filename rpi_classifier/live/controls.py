# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What viewers may change, if they may change anything."""

from __future__ import annotations

import asyncio
import json
from typing import Any, Protocol

from aiohttp import web

from rpi_classifier.errors import Refused
from rpi_classifier.wording import quote

_BODY_S = 5.0


class Controls(Protocol):
    """Changes nodes, in the loop of the server."""

    async def set_parameter(self, node: str, name: str, value: Any) -> str:
        """
        Set a parameter of a node.

        :returns: a sentence about what was done.
        :raises Refused: in the words of the node.
        """

    async def pause(self, paused: bool) -> str:
        """Deactivate or activate the classifier; as ``set_parameter``."""

    async def change_model(self, model: str) -> str:
        """Load another model in place of the one that runs; as ``set_parameter``."""


async def control(request: web.Request, controls: Controls | None) -> web.Response:
    """Do what a page asks for, and answer with a sentence."""
    if controls is None:
        raise Refused('controls are off; start the live page with controls:=true')
    asked = await _read(request)
    what = asked.get('do')
    if what == 'set':
        node, name = _text(asked, 'node'), _text(asked, 'name')
        done = await controls.set_parameter(node, name, asked.get('value'))
    elif what in ('pause', 'resume'):
        done = await controls.pause(what == 'pause')
    elif what == 'model':
        done = await controls.change_model(_text(asked, 'model'))
    else:
        raise web.HTTPBadRequest(
            text=f'do: {quote(str(what))} is not one of set, pause, resume, model\n'
        )
    return web.json_response({'done': done})


async def _read(request: web.Request) -> dict[str, Any]:
    # A form of another site can send neither this type nor this header without asking first.
    if request.content_type != 'application/json' or 'X-Live-View' not in request.headers:
        raise web.HTTPUnsupportedMediaType(
            text='send application/json, with the header X-Live-View\n'
        )
    try:
        asked = json.loads(await asyncio.wait_for(request.text(), _BODY_S))
    except (ValueError, RecursionError):
        asked = None
    except asyncio.TimeoutError:
        raise web.HTTPRequestTimeout(text=f'no body came within {_BODY_S:g} s\n') from None
    if not isinstance(asked, dict):
        raise web.HTTPBadRequest(text='the body is not a JSON object\n')
    return asked


def _text(asked: dict[str, Any], name: str) -> str:
    value = asked.get(name)
    if not isinstance(value, str) or not value:
        raise web.HTTPBadRequest(text=f'{name}: {quote(str(value))} is not a text\n')
    return value
