# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The two endless answers: the picture, and the state of the page."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
import time

from aiohttp import web

from rpi_classifier.live.audience import Audience
from rpi_classifier.live.broadcast import Broadcast
from rpi_classifier.live.bulletin import encode_event

_BOUNDARY = 'frame'
_TICK_S = 1.0  # between two looks at whether the viewer is still there
_PAUSE_S = 0.1  # between two updates of the page
_STALLED_S = 30.0  # a viewer that takes nothing for so long is gone


def picture_part(jpeg: bytes) -> bytes:
    """
    Return a picture as a part of the stream, ready to be sent to all viewers.

    The boundary is at the end: browsers show a picture when they see what follows it.
    """
    header = f'Content-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n'
    return b'%b%b\r\n--%b\r\n' % (header.encode(), jpeg, _BOUNDARY.encode())


async def send_pictures(
    request: web.Request, pictures: Broadcast[bytes], audience: Audience
) -> web.StreamResponse:
    """Send the newest picture again and again, as MJPEG; a slow viewer skips some."""
    response = web.StreamResponse(
        headers={'Content-Type': f'multipart/x-mixed-replace; boundary={_BOUNDARY}'}
    )
    with audience.watching():
        await response.prepare(request)
        await _write(response, f'--{_BOUNDARY}\r\n'.encode())
        seen = 0
        while _is_there(request):
            number, jpeg = await pictures.newer(seen, _TICK_S)
            if number != seen and jpeg is not None:
                await _write(response, picture_part(jpeg))
            seen = number
    return response


async def send_state(
    request: web.Request, news: Broadcast[Mapping[str, bytes]], audience: Audience
) -> web.StreamResponse:
    """
    Send the sections of the page that changed, at most ten times a second.

    The event ``clock`` has the server's time in seconds: segments of the history are on the same
    clock, and its silence tells the page that the connection is lost.
    """
    response = web.StreamResponse(headers={'Content-Type': 'text/event-stream'})
    with audience.watching():
        await response.prepare(request)
        sent: Mapping[str, bytes] = {}
        seen, ticked_s = 0, -_TICK_S
        while _is_there(request):
            seen, events = await news.newer(seen, _TICK_S)
            events = events or {}
            changed = [event for name, event in events.items() if sent.get(name) is not event]
            sent, now_s = events, time.monotonic()
            if now_s - ticked_s >= _TICK_S:
                ticked_s = now_s
                changed.append(encode_event('clock', now_s))
            if changed:
                await _write(response, b''.join(changed))
            await asyncio.sleep(_PAUSE_S)
    return response


async def _write(response: web.StreamResponse, data: bytes) -> None:
    try:
        await asyncio.wait_for(response.write(data), _STALLED_S)
    except asyncio.TimeoutError:
        raise ConnectionResetError('the viewer takes nothing any more') from None


def _is_there(request: web.Request) -> bool:
    return request.transport is not None and not request.transport.is_closing()
