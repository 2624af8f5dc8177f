# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The token of the page: asked for once, then kept in a cookie."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from urllib.parse import parse_qs

from aiohttp import web

from rpi_classifier.live.body import read_text
from rpi_classifier.live.files import serve_file

_COOKIE = 'rpi_classifier_live'
_COOKIE_S = 30 * 24 * 3600
_PAUSE_S = 1.0  # after a wrong token; only one is tried at a time
_MOST_WAITING = 4  # tokens; more would only keep others from connecting


class Login:
    """Compares tokens in constant time. The cookie holds a keyed hash, never the token itself."""

    def __init__(self, token: str) -> None:
        """Prepare for a token that is not empty."""
        self._token = token.encode()
        self._cookie = hmac.new(self._token, b'rpi_classifier/live', hashlib.sha256).hexdigest()
        self._trying = asyncio.Lock()
        self._waiting = 0

    def is_known(self, request: web.Request) -> bool:
        """Return whether the browser has logged in before."""
        given = request.cookies.get(_COOKIE, '')
        return hmac.compare_digest(given.encode(errors='replace'), self._cookie.encode())

    async def ask(self, request: web.Request) -> web.StreamResponse:
        """Answer a request without the token: people get a form, programs a sentence."""
        if request.method != 'GET' or request.path != '/':
            raise web.HTTPUnauthorized(text='the token is missing; log in at / first\n')
        if 'token' in request.query:
            return await self._answer(request.query['token'])
        return _form(401)

    async def enter(self, request: web.Request) -> web.StreamResponse:
        """Take the token from the form."""
        fields = parse_qs(await read_text(request))
        return await self._answer(fields.get('token', [''])[0])

    async def _answer(self, given: str) -> web.StreamResponse:
        if not await self._is_right(given):
            words = '<p class="refused" role="alert">This is not the token.</p>'
            return _form(403, words)
        response = web.Response(status=303, headers={'Location': '/'})
        response.set_cookie(
            _COOKIE, self._cookie, max_age=_COOKIE_S, httponly=True, samesite='Strict', path='/'
        )
        return response

    async def _is_right(self, token: str) -> bool:
        if self._waiting >= _MOST_WAITING:
            raise web.HTTPTooManyRequests(text='tokens are being tried; try again in a minute\n')
        self._waiting += 1
        try:
            async with self._trying:
                right = hmac.compare_digest(token.encode(errors='replace'), self._token)
                if not right:
                    await asyncio.sleep(_PAUSE_S)
                return right
        finally:
            self._waiting -= 1


def _form(status: int, words: str = '') -> web.StreamResponse:
    response = serve_file('login.html', status=status, words=words)
    # With no-referrer, browsers send the form with the origin "null".
    response.headers['Referrer-Policy'] = 'same-origin'
    return response
