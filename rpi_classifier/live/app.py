# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The addresses of the page, and what each gives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
import time
from typing import Any

from aiohttp import web

from rpi_classifier.config import LiveViewConfig
from rpi_classifier.errors import Refused, TooManyViewers
from rpi_classifier.live.audience import Audience
from rpi_classifier.live.broadcast import Broadcast
from rpi_classifier.live.bulletin import Bulletin
from rpi_classifier.live.controls import control, Controls
from rpi_classifier.live.files import FILES, serve_file
from rpi_classifier.live.gate import Gate, Handler
from rpi_classifier.live.login import Login
from rpi_classifier.live.streams import send_pictures, send_state

_BODY_BYTES = 4096  # of a request; nothing can be uploaded
_SNAPSHOT_S = 5.0


@dataclass
class LivePage:
    """
    What is served: whoever has something to show puts it here, from any thread.

    ``pages`` and ``watchers`` count who watches the page, and who its picture.
    """

    config: LiveViewConfig
    controls: Controls | None = None
    bulletin: Bulletin = field(default_factory=Bulletin)
    pictures: Broadcast[bytes] = field(default_factory=Broadcast)  # JPEG
    pages: Audience = field(init=False)
    watchers: Audience = field(init=False)

    def __post_init__(self) -> None:
        """Set the limits."""
        self.pages = Audience(self.config.max_viewers)
        self.watchers = Audience(self.config.max_viewers)


def make_app(
    page: LivePage, accept: Callable[[web.Request], None], report: Callable[[str], None]
) -> web.Application:
    """
    Return the application of aiohttp; call this in its loop.

    :param accept: called with every request, before it is checked.
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
    app = web.Application(
        middlewares=[_make_outermost(accept, report), gate.check], client_max_size=_BODY_BYTES
    )
    app.on_response_prepare.append(gate.add_headers)
    router = app.router
    router.add_get('/', partial(_serve, 'index.html'), allow_head=False)
    for name in FILES:
        router.add_get(f'/{name}', partial(_serve, name), allow_head=False)
    router.add_get('/state', partial(_state, page), allow_head=False)
    router.add_get('/picture', partial(_picture, page), allow_head=False)
    router.add_get('/snapshot.jpg', partial(_snapshot, page), allow_head=False)
    router.add_post('/control', partial(_control, page))
    if login:
        router.add_post('/login', login.enter)
    return app


def _make_outermost(accept: Callable[[web.Request], None], report: Callable[[str], None]) -> Any:
    """Return the middleware that turns errors into answers; one request per connection."""

    @web.middleware
    async def outermost(request: web.Request, handler: Handler) -> web.StreamResponse:
        accept(request)
        try:
            response = await handler(request)
        except web.HTTPException as answer:
            answer.force_close()
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
        return response

    return outermost


async def _serve(name: str, _: web.Request) -> web.StreamResponse:
    return serve_file(name)


async def _state(page: LivePage, request: web.Request) -> web.StreamResponse:
    return await send_state(request, page.bulletin.news, page.pages)


async def _picture(page: LivePage, request: web.Request) -> web.StreamResponse:
    return await send_pictures(request, page.pictures, page.watchers)


async def _control(page: LivePage, request: web.Request) -> web.StreamResponse:
    return await control(request, page.controls)


async def _snapshot(page: LivePage, _request: web.Request) -> web.StreamResponse:
    """Answer with the current picture; if nobody watches, wait for one."""
    with page.watchers.watching():
        seen, jpeg = await page.pictures.newer(0, _SNAPSHOT_S)
        if jpeg is None:
            _, jpeg = await page.pictures.newer(seen, _SNAPSHOT_S)
    if jpeg is None:
        raise web.HTTPServiceUnavailable(text=f'no image came within {_SNAPSHOT_S:g} s\n')
    name = time.strftime('snapshot-%Y%m%d-%H%M%S.jpg')
    return web.Response(
        body=jpeg,
        content_type='image/jpeg',
        headers={'Content-Disposition': f'attachment; filename="{name}"'},
    )
