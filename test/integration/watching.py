# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Viewers of a live page in a process of their own, for viewers.py beside this file.

usage: python test/integration/watching.py PORT VIEWERS SECONDS [--dead N] [--restless]

Each viewer has the two lasting connections of a browser window, to the picture and to the state,
and counts the pictures. ``--dead`` viewers are added that ask and then read nothing. Those that
are ``--restless`` leave after at most a second and come back. Prints "watching" when all have a
picture, and after SECONDS the pictures per second of each viewer as JSON.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import time

BOUNDARY = b'--frame\r\n'
PATIENCE_S = 60.0


class Stream(asyncio.Protocol):
    """One connection: asks for a path, and counts the parts of the answer."""

    def __init__(self, port: int, path: str, *, dead: bool = False) -> None:
        """Ask for a path; a dead one never reads what comes."""
        self._request = f'GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n'.encode()
        self._dead = dead
        self._end = b''  # of what came, where half a boundary may be
        self.parts = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send the request."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(self._request)
        if self._dead:
            transport.pause_reading()

    def data_received(self, data: bytes) -> None:
        """Count boundaries; the first one stands before the first picture."""
        data = self._end + data
        self.parts += data.count(BOUNDARY)
        self._end = data[-len(BOUNDARY) + 1 :]


class Viewer:
    """A browser window."""

    def __init__(self, port: int, *, dead: bool = False) -> None:
        """Prepare to watch the page of a port."""
        self._port, self._dead = port, dead
        self._streams: list[Stream] = []

    async def come(self) -> None:
        """Open the two connections, and wait for the first picture."""
        loop = asyncio.get_running_loop()
        for path in ('/picture', '/state'):
            stream = Stream(self._port, path, dead=self._dead)
            await loop.create_connection(lambda it=stream: it, '127.0.0.1', self._port)
            self._streams.append(stream)
        give_up = time.monotonic() + PATIENCE_S
        while not self._dead and self.pictures < 1:
            if time.monotonic() > give_up:
                raise TimeoutError('a viewer got no picture')
            await asyncio.sleep(0.01)

    @property
    def pictures(self) -> int:
        """Return the number of whole pictures that came."""
        return max(0, self._streams[0].parts - 1)

    def go(self) -> None:
        """Close the connections."""
        for stream in self._streams:
            stream.transport.abort()
        self._streams.clear()


async def watch(port: int, number: int, seconds: float, dead: int) -> list[float]:
    """Return the pictures per second that each living viewer gets."""
    viewers = [Viewer(port) for _ in range(number)]
    await asyncio.gather(*(viewer.come() for viewer in viewers))
    await asyncio.gather(*(Viewer(port, dead=True).come() for _ in range(dead)))
    print('watching', flush=True)
    before, start = [viewer.pictures for viewer in viewers], time.monotonic()
    await asyncio.sleep(seconds)
    took_s = time.monotonic() - start
    return [(viewer.pictures - seen) / took_s for viewer, seen in zip(viewers, before)]


async def come_and_go(port: int, number: int, seconds: float) -> list[float]:
    """Let viewers come and go; return how many visits a second there were."""
    end, visits = time.monotonic() + seconds, 0
    chance = random.Random(0)

    async def visit() -> None:
        nonlocal visits
        while time.monotonic() < end:
            viewer = Viewer(port)
            await viewer.come()
            await asyncio.sleep(chance.random())
            viewer.go()
            visits += 1

    print('watching', flush=True)
    await asyncio.gather(*(visit() for _ in range(number)))
    return [visits / seconds]


def main() -> None:
    """Watch as the command line says."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument('port', type=int)
    parser.add_argument('viewers', type=int)
    parser.add_argument('seconds', type=float)
    parser.add_argument('--dead', type=int, default=0)
    parser.add_argument('--restless', action='store_true')
    given = parser.parse_args()
    if given.restless:
        rates = asyncio.run(come_and_go(given.port, given.viewers, given.seconds))
    else:
        rates = asyncio.run(watch(given.port, given.viewers, given.seconds, given.dead))
    print(json.dumps(rates), flush=True)


if __name__ == '__main__':
    main()
