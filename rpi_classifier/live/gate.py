# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Who may ask for what: checked for every request, before anything else.

A page of another site can make a browser on this machine send requests here. It cannot read the
answers, but it must not do anything either, and its own name may lead here (DNS rebinding).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
import ipaddress
import socket
from urllib.parse import urlsplit

from aiohttp import web

from rpi_classifier.live.login import Login
from rpi_classifier.wording import quote

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_OPEN = ('/login', '/page.css', '/icon.svg')  # without the token
HEADERS = {
    'Content-Security-Policy': (
        "default-src 'none'; img-src 'self'; script-src 'self'; style-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Permissions-Policy': 'camera=(), microphone=(), geolocation=()',
    'Cache-Control': 'no-store',
}


class Gate:
    """The checks of a request, and the headers of every answer."""

    def __init__(
        self, *, is_local: bool, host_names: Collection[str], login: Login | None
    ) -> None:
        """
        Prepare the checks.

        :param is_local: whether the server listens to this machine only.
        :param host_names: further names of this machine that browsers may use.
        :param login: asks for the token; None: there is none.
        """
        self._is_local = is_local
        own = () if is_local else (socket.gethostname(), f'{socket.gethostname()}.local')
        self._names = {name.lower() for name in ('localhost', *own, *host_names) if name}
        self._login = login

    async def check(self, request: web.Request) -> web.StreamResponse | None:
        """
        Check a request before anything else is done with it.

        :returns: the answer, if it has no token; None: it may pass.
        :raises web.HTTPForbidden: if another site sends it.
        """
        self._check_host(request.headers.get('Host', ''))
        _check_same_site(request)
        if self._login and request.path not in _OPEN and not self._login.is_known(request):
            return await self._login.ask(request)
        return None

    async def add_headers(self, _: web.Request, response: web.StreamResponse) -> None:
        """Set the headers of an answer that it does not have, just before it is sent."""
        response.headers['Server'] = 'rpi_classifier'  # aiohttp names versions here
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)

    def _check_host(self, host: str) -> None:
        try:
            name = urlsplit(f'//{host}').hostname or ''
        except ValueError:
            name = ''
        if name not in self._names and not self._is_address(name):
            raise web.HTTPForbidden(
                text=f'Host: {quote(host)} is not a name of this page; use one of '
                f'{", ".join(sorted(self._names))}, its IP address, or set host_names\n'
            )

    def _is_address(self, name: str) -> bool:
        try:
            address = ipaddress.ip_address(name)
        except ValueError:
            return False
        # A site cannot rebind an address, so all those of a machine on the network will do.
        return address.is_loopback or not self._is_local


def _place(origin: str) -> str:
    """Return host and port of an origin; empty if it is none."""
    try:
        return urlsplit(origin.lower()).netloc
    except ValueError:
        return ''


def _check_same_site(request: web.Request) -> None:
    """Refuse what pages of other sites make a browser send; to follow a link here is allowed."""
    headers = request.headers
    host = headers.get('Host', '').lower()
    origin = headers.get('Origin')
    if origin is not None and _place(origin) != host:
        raise web.HTTPForbidden(text=f'Origin: {quote(origin)} is not this page, {quote(host)}\n')
    link = headers.get('Sec-Fetch-Mode') == 'navigate' and request.path == '/'
    site = headers.get('Sec-Fetch-Site', 'none')
    if site not in ('same-origin', 'none') and not (link and request.method == 'GET'):
        raise web.HTTPForbidden(text=f'Sec-Fetch-Site: {quote(site)} is not this page\n')
    if request.method == 'POST' and origin is None:
        raise web.HTTPForbidden(text='Origin: is missing; browsers send it with every POST\n')
