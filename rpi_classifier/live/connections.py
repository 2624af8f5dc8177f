# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
The TCP connections of the server: how many, and how long they may take to say what they want.

aiohttp waits for ever for the end of a request's header, and for somebody who takes nothing of an
answer; it counts no connections.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
import socket

_HEADER_S = 10.0  # a request's header must be complete by then
_ANSWER_S = 30.0  # an answer must be taken by then, once it is ready
_HEADER_BYTES = 16384  # all its lines together
_SEND_BUFFER = 1 << 18  # bytes; the kernel's own would hold seconds of pictures for slow viewers
_BUSY = b'HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n'
_LARGE = _BUSY.replace(b'503 Service Unavailable', b'431 Request Header Fields Too Large')


class Connections:
    """All connections; call it for the protocol of a new one, as asyncio's create_server does."""

    def __init__(self, limit: Callable[[], int]) -> None:
        """
        Start without connections.

        :param limit: returns how many there may be now; further ones are closed at once.
        """
        self._make_handler: Callable[[], asyncio.Protocol] = asyncio.Protocol
        self._limit = limit
        self._open: dict[asyncio.BaseTransport, _Connection] = {}

    def serve_by(self, make_handler: Callable[[], asyncio.Protocol]) -> None:
        """Set what makes the protocol that serves one connection."""
        self._make_handler = make_handler

    def __call__(self) -> asyncio.Protocol:
        """Return the protocol of a new connection."""
        return _Connection(self._make_handler(), self)

    def accept(self, transport: asyncio.BaseTransport | None) -> None:
        """Note that the header of a connection's request is complete."""
        if transport in self._open:
            self._open[transport].accept()

    def limit_answer(self, transport: asyncio.BaseTransport | None) -> None:
        """Note that a connection's answer is ready, and is to be taken soon."""
        if transport in self._open:
            self._open[transport].limit(_ANSWER_S)

    def abort(self) -> None:
        """Close all of them without waiting for what was not sent yet."""
        for connection in list(self._open.values()):
            connection.abort()

    def admit(self, transport: asyncio.Transport, connection: _Connection) -> bool:
        """Return whether a new connection is within the limit."""
        if len(self._open) >= self._limit():
            return False
        self._open[transport] = connection
        return True

    def forget(self, transport: asyncio.BaseTransport) -> None:
        """Note that a connection is closed."""
        self._open.pop(transport, None)


class _Connection(asyncio.Protocol):
    """Hands everything to aiohttp's protocol, as long as the limits are kept."""

    def __init__(self, handler: asyncio.Protocol, all_connections: Connections) -> None:
        self._handler = handler
        self._all = all_connections
        self._transport: asyncio.Transport | None = None
        self._deadline: asyncio.TimerHandle | None = None
        self._header_bytes = 0
        self._accepted = self._served = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        if not self._all.admit(transport, self):
            self._end(_BUSY)
            return
        transport.get_extra_info('socket').setsockopt(
            socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER
        )
        self.limit(_HEADER_S)
        self._served = True
        self._handler.connection_made(transport)

    def data_received(self, data: bytes) -> None:
        if not self._served:
            return
        self._header_bytes += 0 if self._accepted else len(data)
        if self._header_bytes > _HEADER_BYTES:
            self._end(_LARGE)
            return
        self._handler.data_received(data)

    def eof_received(self) -> bool | None:
        return self._handler.eof_received() if self._served else None

    def pause_writing(self) -> None:
        if self._served:
            self._handler.pause_writing()

    def resume_writing(self) -> None:
        if self._served:
            self._handler.resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._deadline:
            self._deadline.cancel()
        if self._transport:
            self._all.forget(self._transport)
        if self._served:
            self._served = False
            self._handler.connection_lost(exc)

    def accept(self) -> None:
        self._accepted = True
        if self._deadline:
            self._deadline.cancel()

    def limit(self, seconds: float) -> None:
        if self._deadline:
            self._deadline.cancel()
        self._deadline = asyncio.get_running_loop().call_later(seconds, self.abort)

    def abort(self) -> None:
        if self._transport:
            self._transport.abort()

    def _end(self, answer: bytes) -> None:
        if self._transport and not self._transport.is_closing():
            self._transport.write(answer)
            self._transport.close()
