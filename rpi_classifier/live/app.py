# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The addresses of the page, and what each gives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
import time

from aiohttp import web

from rpi_classifier.config import LiveViewConfig
from rpi_classifier.errors import Refused, TooManyViewers
from rpi_classifier.live.audience import Audience
from rpi_classifier.live.broadcast import Broadcast
from rpi_classifier.live.bulletin import Bulletin
from rpi_classifier.live.collection import Collection
from rpi_classifier.live.connections import Connections
from rpi_classifier.live.controls import control, Controls
from rpi_classifier.live.files import FILES, serve_file
from rpi_classifier.live.gate import Gate, Handler
from rpi_classifier.live.login import Login
from rpi_classifier.live.streams import send_pictures, send_state

_BODY_BYTES = 4096  # of a request; nothing can be uploaded
_SNAPSHOT_S = 5.0
_CURRENT_S = 5.0  # an older picture is not what the camera sees


@dataclass
class LivePage:
    """
    What is served: whoever has something to show puts it here, from any thread.

    ``pages`` and ``watchers`` count who watches the page, and who its picture. ``collection``
    takes pictures for own classes; None if ``collect_folder`` is not set.
    """

    config: LiveViewConfig
    controls: Controls | None = None
    bulletin: Bulletin = field(default_factory=Bulletin)
    pictures: Broadcast[bytes] = field(default_factory=Broadcast)  # JPEG
    collection: Collection | None = None
    pages: Audience = field(init=False)
    watchers: Audience = field(init=False)

    def __post_init__(self) -> None:
        """Set the limits."""
        self.pages = Audience(self.config.max_viewers)
        self.watchers = Audience(self.config.max_viewers)

    async def take_picture(self) -> bytes | None:
        """
        Return the current JPEG, or wait for one if nobody watches or the camera pauses.

        :returns: None if none comes within seconds; never one from before that.
        """
        seen, jpeg = await self.pictures.newer(-1, 0.0)
        if jpeg is not None and self.pictures.age_s() < max(_CURRENT_S, 2 / self.config.max_fps):
            return jpeg
        with self.watchers.watching():
            until_s = time.monotonic() + _SNAPSHOT_S
            while (left_s := until_s - time.monotonic()) > 0:
                number, jpeg = await self.pictures.newer(seen, left_s)
                if number != seen and jpeg is not None:
                    return jpeg
                seen = number
        return None


def make_app(
    page: LivePage, connections: Connections, report: Callable[[str], None]
) -> web.Application:
    """
    Return the application of aiohttp; call this in its loop.

    :param connections: are told what state each request is in.
    :param report: is told about errors that are faults of this program.
    """
    config = page.config
    login = Login(config.token) if config.token else None
    names = config.host_names
    gate = Gate(
        is_local=config.is_local,
        host_names=(names,) if isinstance(names, str) else names,
        login=login,
    )
    app = web.Application(client_max_size=_BODY_BYTES)
    app.on_response_prepare.append(gate.add_headers)
    # No middlewares: aiohttp keeps them and the handlers in a cache of the process for ever.
    serve = partial(_answer, gate, connections, report)
    for (method, path), handler in _make_handlers(page, login).items():
        app.router.add_route('*', path, partial(serve, partial(_only, method, handler)))
    app.router.add_route('*', '/{path:.*}', partial(serve, _find_nothing))
    return app


def _make_handlers(page: LivePage, login: Login | None) -> dict[tuple[str, str], Handler]:
    """Return what answers, by method and path."""
    handlers: dict[tuple[str, str], Handler] = {
        ('GET', '/'): partial(_serve, 'index.html'),
        **{('GET', f'/{name}'): partial(_serve, name) for name in FILES},
        ('GET', '/state'): partial(_state, page),
        ('GET', '/picture'): partial(_picture, page),
        ('GET', '/snapshot.jpg'): partial(_snapshot, page),
        ('GET', r'/kept/{id:\d{1,9}}.jpg'): partial(_kept, page),
        ('POST', '/control'): partial(_control, page),
    }
    return {**handlers, ('POST', '/login'): login.enter} if login else handlers


async def _answer(
    gate: Gate,
    connections: Connections,
    report: Callable[[str], None],
    handler: Handler,
    request: web.Request,
) -> web.StreamResponse:
    """Let a request pass the gate, and turn errors into answers; one request per connection."""
    connections.accept(request.transport)
    try:
        response = await gate.check(request)
        if response is None:  # not "or": a response of aiohttp 3.8 is false
            response = await handler(request)
    except web.HTTPException as answer:
        answer.force_close()
        connections.limit_answer(request.transport)
        raise
    except ConnectionError:  # the viewer is gone
        raise
    except TooManyViewers as error:
        response = web.Response(status=503, text=f'{error}\n')
    except Refused as error:
        response = web.json_response({'refused': str(error)}, status=409)
    except Exception as error:
        report(f'{request.method} {request.path}: {type(error).__name__}: {error}')
        response = web.Response(status=500, text=f'{type(error).__name__}\n')
    if not response.prepared:
        response.force_close()
        connections.limit_answer(request.transport)
    return response


async def _only(method: str, handler: Handler, request: web.Request) -> web.StreamResponse:
    if request.method != method:
        raise web.HTTPMethodNotAllowed(request.method, [method])
    return await handler(request)


async def _find_nothing(_: web.Request) -> web.StreamResponse:
    raise web.HTTPNotFound


async def _serve(name: str, _: web.Request) -> web.StreamResponse:
    return serve_file(name)


async def _state(page: LivePage, request: web.Request) -> web.StreamResponse:
    return await send_state(request, page.bulletin.news, page.pages)


async def _picture(page: LivePage, request: web.Request) -> web.StreamResponse:
    return await send_pictures(request, page.pictures, page.watchers)


async def _control(page: LivePage, request: web.Request) -> web.StreamResponse:
    return await control(request, page.controls, page.collection)


async def _kept(page: LivePage, request: web.Request) -> web.StreamResponse:
    """Answer with a picture that the classifier kept, by the id that the page was told."""
    if page.collection is None:
        raise web.HTTPNotFound
    try:
        jpeg = await page.collection.read_picture(request.match_info['id'])
    except Refused as error:
        raise web.HTTPNotFound(text=f'{error}\n') from error
    return web.Response(body=jpeg, content_type='image/jpeg')


async def _snapshot(page: LivePage, _request: web.Request) -> web.StreamResponse:
    """Answer with the current picture as a file."""
    jpeg = await page.take_picture()
    if jpeg is None:
        raise web.HTTPServiceUnavailable(text=f'no image came within {_SNAPSHOT_S:g} s\n')
    name = time.strftime('snapshot-%Y%m%d-%H%M%S.jpg')
    return web.Response(
        body=jpeg,
        content_type='image/jpeg',
        headers={'Content-Disposition': f'attachment; filename="{name}"'},
    )
