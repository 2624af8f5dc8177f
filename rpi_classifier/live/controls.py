# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What viewers may change, if they may change anything."""

from __future__ import annotations

import json
from typing import Any, Protocol

from aiohttp import web

from rpi_classifier.errors import Refused
from rpi_classifier.live.body import read_text
from rpi_classifier.wording import quote

_PICTURE_DEEDS = ('collect', 'confirm', 'dismiss')
_DEEDS = ('set', 'pause', 'resume', 'model', *_PICTURE_DEEDS)


class Controls(Protocol):
    """Changes nodes, in the loop of the server."""

    async def set_parameter(self, node: str, name: str, value: Any) -> str:
        """
        Set a parameter of a node.

        :returns: a sentence about what was done.
        :raises Refused: in the words of the node.
        """

    async def pause(self, paused: bool) -> str:
        """Deactivate the classifier, or start it; as ``set_parameter``."""

    async def change_model(self, model: str) -> str:
        """Ask for another model; the sentence is what the classifier says that it does."""


class PictureControls(Protocol):
    """Puts pictures into classes, in the loop of the server; each as ``set_parameter``."""

    async def add(self, name: str) -> str:
        """Keep the newest picture as one of a class."""

    async def confirm(self, key: str, name: str) -> str:
        """Copy what the classifier kept to a class."""

    async def dismiss(self, key: str) -> str:
        """Stop showing a kept picture."""


async def control(
    request: web.Request, controls: Controls | None, pictures: PictureControls | None
) -> web.Response:
    """Do what a page asks for, and answer with a sentence."""
    if controls is None:
        raise Refused('controls are off; start the live page with controls:=true')
    asked = await _read(request)
    what = asked.get('do')
    if what in _PICTURE_DEEDS:
        done = await _sort_picture(asked, pictures)
    elif what == 'set':
        node, name = _text(asked, 'node'), _text(asked, 'name')
        done = await controls.set_parameter(node, name, asked.get('value'))
    elif what in ('pause', 'resume'):
        done = await controls.pause(what == 'pause')
    elif what == 'model':
        done = await controls.change_model(_text(asked, 'model'))
    else:
        raise web.HTTPBadRequest(
            text=f'do: {quote(str(what))} is not one of {", ".join(_DEEDS)}\n'
        )
    return web.json_response({'done': done})


async def _sort_picture(asked: dict[str, Any], pictures: PictureControls | None) -> str:
    if pictures is None:
        raise Refused('no pictures are collected; set collect_folder of the live page')
    if asked['do'] == 'dismiss':
        return await pictures.dismiss(_text(asked, 'id'))
    name = _text(asked, 'class')
    if asked['do'] == 'collect':
        return await pictures.add(name)
    return await pictures.confirm(_text(asked, 'id'), name)


async def _read(request: web.Request) -> dict[str, Any]:
    # A form of another site can send neither this type nor this header without asking first.
    if request.content_type != 'application/json' or 'X-Live-View' not in request.headers:
        raise web.HTTPUnsupportedMediaType(
            text='send application/json, with the header X-Live-View\n'
        )
    try:
        asked = json.loads(await read_text(request))
    except (ValueError, RecursionError):
        asked = None
    if not isinstance(asked, dict):
        raise web.HTTPBadRequest(text='the body is not a JSON object\n')
    return asked


def _text(asked: dict[str, Any], name: str) -> str:
    value = asked.get(name)
    if not isinstance(value, str) or not value:
        raise web.HTTPBadRequest(text=f'{name}: {quote(str(value))} is not a text\n')
    return value
