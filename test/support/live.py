# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The live page on a free port, with what tests put into it, and requests to it."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
import json

import aiohttp
import cv2
import numpy as np

from rpi_classifier.config import LiveViewConfig
from rpi_classifier.live.app import LivePage
from rpi_classifier.live.collection import Collection
from rpi_classifier.live.server import HttpThread


class Server:
    """A page that is served, and the answers of requests to it."""

    def __init__(self, page, port, token='', thread=None):
        self.page = page
        self.port = port
        self.token = token
        self.url = f'http://127.0.0.1:{port}'
        self.thread = thread

    def ask(self, path='/', method='GET', **options):
        """Send one request on a new connection; return status, headers and text."""

        async def send():
            async with (
                aiohttp.ClientSession() as session,
                session.request(
                    method, self.url + path, allow_redirects=False, **options
                ) as answer,
            ):
                return answer.status, answer.headers, await answer.text(errors='replace')

        return asyncio.run(send())

    def control(self, **deed):
        """Send what the page sends for a control; return status and answer."""
        headers = {'X-Live-View': '1', 'Origin': self.url}
        status, _, text = self.ask('/control', 'POST', json=deed, headers=headers)
        return status, text


@contextmanager
def serving(performer=None, **values):
    """Serve a page on a free port of this machine."""
    faults = []
    page = LivePage(LiveViewConfig(**{'port': 0, **values}), performer)
    if page.config.collect_folder:
        page.collection = Collection(page.config, page.bulletin, page.take_picture)
    thread = HttpThread(page, failed=faults.append, report=faults.append)
    try:
        yield Server(page, thread.start(), thread=thread)
    finally:
        thread.stop()
        if page.collection:
            page.collection.stop()
    assert not faults


def jpeg(value=127, side=64):
    """Return a JPEG of one gray."""
    return cv2.imencode('.jpg', np.full((side, side, 3), value, np.uint8))[1].tobytes()


async def events(content):
    """Yield section and content of each event of /state."""
    while True:
        head, data, _ = [await content.readline() for _ in range(3)]
        assert head, 'the connection ended'
        yield head.decode()[7:-1], json.loads(data.decode()[6:])
