# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Chromium without a screen, by its DevTools protocol.

aiohttp, which the live page needs anyway, speaks to it; a driver would be one more dependency.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Iterator
from contextlib import contextmanager, ExitStack
import json
from pathlib import Path
import shutil
import subprocess
import tempfile
import threading
import time

import aiohttp

CHROMIUM = next(
    filter(None, map(shutil.which, ('chromium', 'chromium-browser', 'google-chrome'))), None
)
_OPTIONS = (
    '--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage',
    '--no-first-run', '--disable-background-networking', '--remote-debugging-port=0',
    '--hide-scrollbars', '--no-proxy-server',
)  # fmt: skip
_KEYS = {'Tab': 9, 'Enter': 13, 'Space': 32}


class Browser:
    """One tab. Calls wait for the browser's answer."""

    def __init__(self, address: str) -> None:
        """Connect to the DevTools of a tab, at its WebSocket address."""
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._answers: dict[int, asyncio.Future] = {}
        self._count = 0
        self.log: list[str] = []  # what the console and the page's policy complain about
        self._wait(self._connect(address))
        for domain in ('Page', 'Runtime', 'Log'):
            self.call(f'{domain}.enable')

    def call(self, method, **parameters):
        """Call a method of the protocol."""
        return self._wait(self._call(method, parameters))

    def open(self, url):
        """Go to an address, and wait until the document is there."""
        self.call('Page.navigate', url=url)
        here = f'location.href.startsWith({url!r})'
        self.wait(f"{here} && document.body && document.readyState !== 'loading'", url)

    def run(self, script):
        """Return the value of a JavaScript expression."""
        answer = self.call(
            'Runtime.evaluate', expression=script, returnByValue=True, awaitPromise=True
        )
        assert 'exceptionDetails' not in answer, answer
        return answer['result'].get('value')

    def wait(self, script, what, timeout_s=60.0):
        """Wait until a JavaScript expression is true."""
        deadline = time.monotonic() + timeout_s
        while not self.run(f'Boolean({script})'):
            assert time.monotonic() < deadline, f'waited {timeout_s} s for {what}'
            threading.Event().wait(0.05)

    def window(self, width, height, scheme='light', mobile=False):
        """Set the size of the window, and what the user prefers."""
        self.call(
            'Emulation.setDeviceMetricsOverride',
            width=width, height=height, deviceScaleFactor=2 if mobile else 1, mobile=mobile,
        )  # fmt: skip
        self.call(
            'Emulation.setEmulatedMedia',
            features=[{'name': 'prefers-color-scheme', 'value': scheme}],
        )

    def press(self, key):
        """Press a key."""
        code = _KEYS[key]
        text = {'Enter': '\r', 'Space': ' '}.get(key, '')
        for kind in ('keyDown', 'keyUp'):
            self.call(
                'Input.dispatchKeyEvent',
                type=kind, key=' ' if key == 'Space' else key, code=key, text=text,
                windowsVirtualKeyCode=code,
            )  # fmt: skip

    def screenshot(self, path, whole=False):
        """Write what the window shows, or the whole page, as a PNG."""
        data = self.call('Page.captureScreenshot', captureBeyondViewport=whole)['data']
        Path(path).write_bytes(base64.b64decode(data))

    def close(self):
        """Close the connection."""
        self._wait(self._session.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _wait(self, work):
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(60)

    async def _connect(self, address):
        self._session = aiohttp.ClientSession()
        self._socket = await self._session.ws_connect(address, max_msg_size=0)
        self._reading = asyncio.ensure_future(self._read())

    async def _call(self, method, parameters):
        self._count += 1
        number = self._count
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        await self._socket.send_json({'id': number, 'method': method, 'params': parameters})
        return await answer

    async def _read(self):
        async for message in self._socket:
            said = json.loads(message.data)
            if 'id' in said:
                answer = self._answers.pop(said['id'])
                if 'error' in said:
                    answer.set_exception(AssertionError(said['error']))
                else:
                    answer.set_result(said['result'])
            elif said['method'] == 'Log.entryAdded':
                self.log.append(said['params']['entry']['text'])
            elif said['method'] == 'Runtime.exceptionThrown':
                self.log.append(str(said['params']['exceptionDetails']))


@contextmanager
def browsing() -> Iterator[Browser]:
    """Start Chromium with a profile of its own, and end it."""
    with ExitStack() as stack:
        profile = stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True))
        process = subprocess.Popen(
            [CHROMIUM, *_OPTIONS, f'--user-data-dir={profile}', 'about:blank'],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        stack.callback(process.wait)
        stack.callback(process.kill)
        browser = Browser(_tab_of(process, Path(profile)))
        stack.callback(browser.close)
        yield browser


def _tab_of(process, profile):
    """Wait until Chromium says where its DevTools are, and return the address of its tab."""
    port_file = profile / 'DevToolsActivePort'
    deadline = time.monotonic() + 60
    while not (port_file.exists() and port_file.read_text().count('\n')):
        assert process.poll() is None, f'{CHROMIUM} ended with status {process.returncode}'
        assert time.monotonic() < deadline, f'{CHROMIUM} did not start within 60 s'
        threading.Event().wait(0.05)
    port = port_file.read_text().splitlines()[0]

    async def ask():
        async with (
            aiohttp.ClientSession() as session,
            session.get(f'http://127.0.0.1:{port}/json/list') as answer,
        ):
            return await answer.json()

    (tab,) = [one for one in asyncio.run(ask()) if one['type'] == 'page']
    return tab['webSocketDebuggerUrl']
