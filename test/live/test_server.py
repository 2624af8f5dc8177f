# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The live page's server, asked by real clients on this machine."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
import gc
import socket
import threading
import weakref

import pytest

pytest.importorskip('aiohttp', reason='aiohttp is not installed')

import aiohttp
from support.live import events, jpeg, serving

from rpi_classifier.config import LiveViewConfig
from rpi_classifier.errors import LivePageError, Refused
from rpi_classifier.live import app, streams
from rpi_classifier.live.app import LivePage
from rpi_classifier.live.server import HttpThread


async def parts(answer):
    """Yield the pictures of a stream."""
    reader = aiohttp.MultipartReader.from_response(answer)
    while True:
        part = await reader.next()
        yield await part.read()


def watch(server, path, work):
    """Open a stream, and return what ``work`` makes of it."""

    async def run():
        async with aiohttp.ClientSession() as session, session.get(server.url + path) as answer:
            assert answer.status == 200
            return await work(answer)

    return asyncio.run(asyncio.wait_for(run(), 60))


def test_page_and_its_files_are_served_and_need_nothing_from_elsewhere():
    with serving() as server:
        status, headers, text = server.ask('/')
        assert status == 200
        assert headers['Content-Type'] == 'text/html; charset=utf-8'
        scripts = ('page', 'ask', 'collection', 'controls', 'dom', 'model', 'region', 'sections')
        for name in (*(f'{script}.js' for script in scripts), 'page.css', 'icon.svg'):
            status, _, content = server.ask(f'/{name}')
            assert status == 200
            text += content
        assert 'http' not in text.replace('http://www.w3.org/2000/svg', '')


def test_page_is_freed_after_its_end_whatever_was_asked_for():
    with serving(controls=True, collect_folder='/nowhere/own') as server:
        server.page.pictures.put(jpeg())
        for path in ('/', '/page.js', '/kept/1.jpg', '/nothing', '/snapshot.jpg'):
            server.ask(path)
        for path in ('/state', '/picture'):
            watch(server, path, lambda answer: answer.content.readline())
        server.control(do='pause')
    page, server.page = weakref.ref(server.page), None
    del server
    gc.collect()
    assert page() is None


def test_state_has_all_sections_first_and_then_what_changed():
    with serving() as server:
        server.page.bulletin.post('stable', '猫 & <b>')
        server.page.bulletin.post('top', [['cat', 0.5]])

        seen = []

        async def work(answer):
            async for section, content in events(answer.content):
                if section == 'clock':
                    server.page.bulletin.post('stable', 'dog')
                    server.page.bulletin.post('top', [['cat', 0.5]])
                else:
                    seen.append((section, content))
                if content == 'dog':
                    return

        watch(server, '/state', work)
        first, *rest = seen
        assert {first[0], rest[0][0]} == {'stable', 'top'}
        assert ('stable', '猫 & <b>') in (first, rest[0])
        assert rest[1:] == [('stable', 'dog')]


def test_viewer_gets_the_newest_picture_and_those_that_follow():
    with serving() as server:
        server.page.pictures.put(jpeg(10))
        server.page.pictures.put(jpeg(20))

        found = []

        async def work(answer):
            async for picture in parts(answer):
                found.append(picture)
                if len(found) == 2:
                    return
                server.page.pictures.put(jpeg(30))

        watch(server, '/picture', work)
        assert found == [jpeg(20), jpeg(30)]


def test_viewers_are_counted_while_they_watch(wait_until):
    with serving() as server:
        page = server.page

        async def work(answer):
            assert (page.pages.count, page.watchers.count) == (1, 0)

        watch(server, '/state', work)
        wait_until(lambda: page.pages.count == 0)


def test_one_viewer_more_than_allowed_is_told_why():
    with serving(max_viewers=1) as server:

        async def work(answer):
            return await asyncio.to_thread(server.ask, '/state')

        status, _, text = watch(server, '/state', work)
        assert (status, text) == (
            503,
            '1 viewers are watching already, and max_viewers is 1; close another window\n',
        )


def test_a_viewer_that_reads_nothing_stops_neither_others_nor_the_producer():
    with serving() as server, socket.create_connection(('127.0.0.1', server.port)) as dead:
        picture = jpeg(side=64) + bytes(300_000)
        dead.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        dead.sendall(f'GET /picture HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n\r\n'.encode())

        count = 0

        async def work(answer):
            nonlocal count
            server.page.pictures.put(picture)
            async for _ in parts(answer):
                count += 1
                assert server.page.watchers.count == 2
                if count == 50:
                    return
                server.page.pictures.put(picture)

        watch(server, '/picture', work)
        assert count == 50


def test_a_viewer_that_reads_nothing_for_long_makes_room_for_others(monkeypatch, wait_until):
    monkeypatch.setattr(streams, '_STALLED_S', 0.2)
    with serving() as server, socket.socket() as dead:
        dead.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        dead.connect(('127.0.0.1', server.port))
        dead.sendall(b'GET /picture HTTP/1.1\r\nHost: localhost\r\n\r\n')
        wait_until(lambda: server.page.watchers.count == 1)

        def is_gone():
            server.page.pictures.put(bytes(1_000_000))
            return server.page.watchers.count == 0

        wait_until(is_gone)


def test_snapshot_is_the_next_picture_where_nobody_watches_yet(wait_until):
    with serving() as server:
        answers = []
        asking = threading.Thread(target=lambda: answers.append(server.ask('/snapshot.jpg')))
        asking.start()
        wait_until(lambda: server.page.watchers.count == 1)  # so that the node subscribes
        server.page.pictures.put(jpeg())
        asking.join()
        ((status, headers, _),) = answers
        assert status == 200
        assert headers['Content-Disposition'].startswith('attachment; filename="snapshot-')


def test_snapshot_of_a_camera_that_is_silent_is_no_old_picture(monkeypatch, wait_until):
    monkeypatch.setattr(app, '_CURRENT_S', 0.0)
    monkeypatch.setattr(app, '_SNAPSHOT_S', 0.05)
    with serving(max_fps=120.0) as server:
        server.page.pictures.put(jpeg())
        wait_until(lambda: server.page.pictures.age_s() > 0.1)
        status, _, text = server.ask('/snapshot.jpg')
        assert (status, text) == (503, 'no image came within 0.05 s\n')


def test_more_viewers_are_let_in_as_soon_as_the_limit_rises(wait_until):
    with serving(max_viewers=1) as server, ExitStack() as crowd:

        def connect():
            one = socket.create_connection(('127.0.0.1', server.port), timeout=60)
            crowd.enter_context(one)
            one.sendall(b'GET /state HTTP/1.1\r\nHost: localhost\r\n\r\n')
            return one.recv(12)

        assert [connect() for _ in range(2)] == [b'HTTP/1.1 200', b'HTTP/1.1 503']
        server.page.pages.limit = 30
        assert [connect() for _ in range(29)] == [b'HTTP/1.1 200'] * 29


def test_controls_answer_with_what_was_done_and_with_the_nodes_own_words():
    class Nodes:
        async def set_parameter(self, node, name, value):
            if value == 0:
                raise Refused('top_k: 0 is not a whole number from 1 to 1000')
            return f'{node} {name} {value}'

    with serving(Nodes(), controls=True) as server:
        assert server.control(do='set', node='classifier', name='top_k', value=3) == (
            200,
            '{"done": "classifier top_k 3"}',
        )
        assert server.control(do='set', node='classifier', name='top_k', value=0) == (
            409,
            '{"refused": "top_k: 0 is not a whole number from 1 to 1000"}',
        )
        assert server.control(do='delete')[0] == 400


def test_controls_are_off_unless_they_are_wanted():
    with serving() as server:
        status, text = server.control(do='pause')
        assert status == 409
        assert 'start the live page with controls:=true' in text


def test_a_port_that_is_in_use_is_one_sentence():
    with serving() as server:
        other = HttpThread(
            LivePage(LiveViewConfig(port=server.port)), failed=pytest.fail, report=pytest.fail
        )
        with pytest.raises(LivePageError) as caught:
            other.start()
        assert str(caught.value) == (
            f'port {server.port} of 127.0.0.1 is in use by another program; end that program, '
            'or set port to another'
        )


def test_an_address_of_another_machine_is_one_sentence():
    page = LivePage(LiveViewConfig(address='192.0.2.1', token='t' * 16))
    with pytest.raises(LivePageError, match=r"'192.0.2.1' is not one of this machine"):
        HttpThread(page, failed=pytest.fail, report=pytest.fail).start()


def test_stop_ends_streams_and_thread_and_the_port_is_free_again():
    with serving() as server:

        async def work(answer):
            return answer

        watch(server, '/state', work)
        port = server.port
    with serving(port=port) as again:
        assert again.ask('/')[0] == 200
    assert 'http' not in [thread.name for thread in threading.enumerate()]
