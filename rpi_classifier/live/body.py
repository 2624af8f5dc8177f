# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The body of a request: read within seconds, and a text."""

from __future__ import annotations

import asyncio

from aiohttp import web

_BODY_S = 5.0


async def read_text(request: web.Request) -> str:
    """
    Return the body of a request, which is UTF-8 whatever its headers say.

    :raises web.HTTPException: if it does not come in time, is too large, or no text.
    """
    try:
        return (await asyncio.wait_for(request.read(), _BODY_S)).decode()
    except asyncio.TimeoutError:
        raise web.HTTPRequestTimeout(text=f'no body came within {_BODY_S:g} s\n') from None
    except (ValueError, RuntimeError, web.RequestPayloadError):
        # not UTF-8, or in an encoding that it is not in
        raise web.HTTPBadRequest(text='the body is not a text in UTF-8\n') from None
