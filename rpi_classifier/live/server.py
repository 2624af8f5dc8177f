# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The thread that serves the page."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
import errno
import logging
import threading
from typing import Any

from aiohttp import web

from rpi_classifier.config import LiveViewConfig
from rpi_classifier.errors import LivePageError
from rpi_classifier.live.app import LivePage, make_app
from rpi_classifier.live.connections import Connections

# Each viewer has two lasting connections, and short ones for files and controls.
_PER_VIEWER, _SPARE = 4, 16
_LINGERING_S = 1.0  # for the rest of a body, after an answer that did not wait for it
_SILENT = logging.getLogger('rpi_classifier.live')  # what strangers send belongs in no log
_SILENT.addHandler(logging.NullHandler())
_SILENT.propagate = False


class HttpThread:
    """Serves a page, from ``start`` to ``stop``, in an asyncio loop of its own."""

    def __init__(
        self,
        page: LivePage,
        *,
        failed: Callable[[BaseException], None],
        report: Callable[[str], None],
    ) -> None:
        """
        Prepare the thread.

        :param failed: called with the exception that ended the thread.
        :param report: called with errors that are faults of this program.
        """
        self._page = page
        self._failed = failed
        self._report = report
        self._bound: Future[int] = Future()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name='http', daemon=True)

    def start(self) -> int:
        """
        Start the thread, and wait until it listens.

        :returns: the port.
        :raises LivePageError: if it cannot listen there.
        """
        self._thread.start()
        return self._bound.result()

    def submit(self, work: Coroutine[Any, Any, None]) -> None:
        """Run a coroutine in the loop of the server, unless that has ended."""
        if self._loop:
            done = asyncio.run_coroutine_threadsafe(work, self._loop)
            done.add_done_callback(self._check)
        else:
            work.close()

    def _check(self, done: Future[None]) -> None:
        if not done.cancelled() and done.exception():
            self._report(f'{type(done.exception()).__name__}: {done.exception()}')

    def stop(self) -> None:
        """Close all connections and end the thread."""
        if self._loop:
            self._loop.call_soon_threadsafe(self._stopping.set)
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except LivePageError as error:
            self._bound.set_exception(error)
        except BaseException as error:
            if self._bound.done():
                self._failed(error)
            else:
                self._bound.set_exception(error)

    async def _serve(self) -> None:
        page, config = self._page, self._page.config
        connections = Connections(lambda: _PER_VIEWER * page.pages.limit + _SPARE)
        app = make_app(page, connections, self._report)
        runner = web.AppRunner(app, access_log=None, logger=_SILENT, lingering_time=_LINGERING_S)
        await runner.setup()
        assert runner.server
        connections.serve_by(runner.server)  # type: ignore[arg-type]
        server = await _listen(connections, config)
        loop = asyncio.get_running_loop()
        page.pictures.attach(loop)
        page.bulletin.news.attach(loop)
        self._loop = loop
        self._bound.set_result(server.sockets[0].getsockname()[1])
        try:
            await self._stopping.wait()
        finally:
            self._loop = None
            page.pictures.attach(None)
            page.bulletin.news.attach(None)
            server.close()
            connections.abort()
            await _cancel_others()
            await runner.cleanup()


async def _listen(connections: Connections, config: LiveViewConfig) -> asyncio.Server:
    loop = asyncio.get_running_loop()
    try:
        return await loop.create_server(connections, config.address, config.port)
    except OSError as error:
        raise LivePageError(_explain(error, config)) from error


def _explain(error: OSError, config: LiveViewConfig) -> str:
    place = f'port {config.port} of {config.address}'
    if error.errno == errno.EADDRINUSE:
        return f'{place} is in use by another program; end that program, or set port to another'
    if error.errno == errno.EACCES:
        return f'{place} is reserved for root; set port to 1024 or more'
    if error.errno == errno.EADDRNOTAVAIL:
        return f'address: {config.address!r} is not one of this machine; see: ip address'
    return f'{place} cannot be served: {error.strerror or error}; set another address or port'


async def _cancel_others() -> None:
    """Cancel the handlers of all requests; they have nobody to answer any more."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
