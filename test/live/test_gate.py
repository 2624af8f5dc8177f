# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Attempts to reach the live page from where one should not, and with what one should not send."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
import socket

import pytest

pytest.importorskip('aiohttp', reason='aiohttp is not installed')

import aiohttp
from support.live import serving

from rpi_classifier.config import LiveViewConfig
from rpi_classifier.errors import ConfigError
from rpi_classifier.live import body, connections, login

TOKEN = 'f3a1c0ffee5b7d92'
JSON = {'Content-Type': 'application/json', 'X-Live-View': '1'}


class Recorder:
    """Notes the deeds that reach the nodes."""

    def __init__(self):
        self.deeds = []

    async def pause(self, paused):
        self.deeds.append(paused)
        return 'done'


@pytest.fixture
def recorder():
    return Recorder()


@pytest.fixture
def server(recorder):
    """Return a page with controls, without a token."""
    with serving(recorder, controls=True) as server:
        yield server


@pytest.fixture
def locked(recorder):
    """Return a page with controls and a token."""
    with serving(recorder, controls=True, token=TOKEN) as server:
        yield server


@pytest.mark.parametrize('host', ['evil.example', 'localhost.evil.example', '192.0.2.7', '', 'a['])
def test_another_host_name_is_refused(server, host):
    status, _, text = server.ask('/state', headers={'Host': host})
    assert status == 403
    assert f"Host: '{host}' is not a name of this page" in text


@pytest.mark.parametrize('host', ['localhost', '127.0.0.1:9000', '[::1]', 'LocalHost:8080'])
def test_names_of_this_machine_are_accepted_at_any_port_as_ssh_has_it(server, host):
    assert server.ask('/', headers={'Host': host})[0] == 200


@pytest.mark.parametrize('method', ['GET', 'POST', 'OPTIONS'])
@pytest.mark.parametrize('path', ['/nothing', '/state/', '/kept/x.jpg'])
def test_what_is_not_there_is_not_even_denied_to_strangers(server, locked, path, method):
    assert server.ask(path, method, headers={'Host': 'evil.example'})[0] == 403
    assert locked.ask(path, method, headers={'Origin': locked.url})[0] == 401
    assert server.ask(path, method, headers={'Origin': server.url})[0] == 404


def test_further_names_are_accepted_if_they_are_set():
    with serving(host_names=['robot.example.org']) as server:
        assert server.ask('/', headers={'Host': 'robot.example.org:8080'})[0] == 200
        assert server.ask('/', headers={'Host': 'example.org'})[0] == 403


@pytest.mark.parametrize(
    'headers',
    [
        {},
        {'Origin': 'http://evil.example'},
        {'Origin': 'null'},
        {'Origin': 'http://127.0.0.1:1'},
        {'Origin': 'http://['},
        {'Origin': 'HERE', 'Sec-Fetch-Site': 'cross-site'},
        {'Origin': 'HERE', 'Sec-Fetch-Site': 'same-site'},
    ],
)
def test_a_post_of_another_site_does_nothing(server, recorder, headers):
    headers = {name: value.replace('HERE', server.url) for name, value in headers.items()}
    status, _, _ = server.ask('/control', 'POST', data='{"do":"pause"}', headers=JSON | headers)
    assert status == 403
    assert recorder.deeds == []


@pytest.mark.parametrize(
    'headers',
    [
        {'Content-Type': 'text/plain', 'X-Live-View': '1'},
        {'Content-Type': 'application/x-www-form-urlencoded', 'X-Live-View': '1'},
        {'Content-Type': 'application/json'},
    ],
)
def test_a_post_that_a_form_could_send_does_nothing(server, recorder, headers):
    headers = {'Origin': server.url, **headers}
    status, _, _ = server.ask('/control', 'POST', data='{"do":"pause"}', headers=headers)
    assert status == 415
    assert recorder.deeds == []


@pytest.mark.parametrize('path', ['/picture', '/state', '/snapshot.jpg'])
def test_another_site_cannot_show_the_picture_or_use_up_viewers(server, path):
    status, _, _ = server.ask(path, headers={'Sec-Fetch-Site': 'cross-site'})
    assert status == 403


def test_a_link_of_another_site_leads_to_the_page(server):
    link = {'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate'}
    assert server.ask('/', headers=link)[0] == 200
    assert server.ask('/snapshot.jpg', headers=link)[0] == 403


@pytest.mark.parametrize('path', ['/', '/page.js', '/nothing', '/control'])
def test_every_answer_has_the_headers_of_security(server, path):
    _, headers, _ = server.ask(path)
    policy = headers['Content-Security-Policy']
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert 'unsafe' not in policy
    assert headers['X-Content-Type-Options'] == 'nosniff'
    assert headers['Referrer-Policy'] == 'no-referrer'
    assert headers['Cache-Control'] == 'no-store'
    assert 'Access-Control-Allow-Origin' not in headers
    assert 'aiohttp' not in headers['Server']


@pytest.mark.parametrize(
    'path',
    ['/../setup.py', '/%2e%2e/%2e%2e/setup.py', '/page/../../app.py', '//etc/passwd', '/app.py',
     '/index.html/..%2f..%2fapp.py', '/page.js%00.html'],
)  # fmt: skip
def test_no_path_leads_out_of_the_page(server, path):
    answer = raw(server, f'GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n'.encode())
    assert answer.split(b'\r\n')[0].split()[1] in (b'404', b'403', b'400')
    assert b'import' not in answer


@pytest.mark.parametrize('method', ['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'HEAD'])
def test_nothing_can_be_uploaded_or_asked_in_another_way(server, method):
    assert server.ask('/control', method, headers={'Origin': server.url})[0] == 405


def test_a_large_body_is_refused(server):
    headers = {**JSON, 'Origin': server.url}
    assert server.ask('/control', 'POST', data='x' * 100_000, headers=headers)[0] in (413, 431)


@pytest.mark.parametrize('body', ['[' * 4000, '[]', '"pause"', '{"do": 1e999}', '\ud800'])
def test_a_strange_body_is_a_sentence(server, recorder, body):
    headers = {**JSON, 'Origin': server.url}
    data = body.encode(errors='surrogatepass')
    assert server.ask('/control', 'POST', data=data, headers=headers)[0] == 400
    assert recorder.deeds == []


@pytest.mark.parametrize(
    ('data', 'headers'),
    [
        (b'token=x', {'Content-Type': 'application/x-www-form-urlencoded; charset=foo'}),
        (b'token=x', {'Content-Type': 'multipart/form-data'}),
        (b'--a\r\nContent-Disp', {'Content-Type': 'multipart/form-data; boundary=a'}),
        (b'token=\xff', {}),
        (b'token=%ff', {}),
        (b'token=x', {'Content-Encoding': 'gzip'}),
        (b'\x1f\x8bxx', {'Content-Encoding': 'gzip'}),
        (b'', {'Content-Type': 'application/json'}),
    ],
)
@pytest.mark.parametrize('path', ['/login', '/control'])
def test_a_body_of_any_kind_is_no_fault_of_the_page(recorder, path, data, headers):
    with serving(recorder, controls=True, token=TOKEN if path == '/login' else '') as server:
        headers = {'Origin': server.url, **JSON, **headers}
        assert server.ask(path, 'POST', data=data, headers=headers)[0] in (400, 403, 415)
    assert recorder.deeds == []


@pytest.mark.parametrize('path', ['/login', '/control'])
def test_a_body_that_never_comes_ends_the_connection(monkeypatch, recorder, path):
    monkeypatch.setattr(body, '_BODY_S', 0.2)
    with serving(recorder, controls=True, token=TOKEN if path == '/login' else '') as server:
        head = f'POST {path} HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\n'
        head += 'Content-Type: application/json\r\nX-Live-View: 1\r\nContent-Length: 50\r\n\r\n'
        assert raw(server, head.encode() + b'{').split()[1] == b'408'


def test_answers_that_nobody_takes_leave_the_page_to_others(monkeypatch, wait_until):
    monkeypatch.setattr(connections, '_ANSWER_S', 0.3)
    with serving(max_viewers=1) as server, ExitStack() as crowd:
        server.page.pictures.put(bytes(8_000_000))
        for _ in range(20):
            one = crowd.enter_context(socket.socket())
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            one.connect(('127.0.0.1', server.port))
            one.sendall(b'GET /snapshot.jpg HTTP/1.1\r\nHost: localhost\r\n\r\n')
            assert one.recv(12) == b'HTTP/1.1 200'
        wait_until(lambda: answers(server))


def answers(server):
    try:
        return server.ask('/')[0] == 200
    except aiohttp.ClientError:
        return False


def test_only_a_few_tokens_wait_for_their_turn(monkeypatch, locked):
    monkeypatch.setattr(login, '_PAUSE_S', 0.3)

    async def guess(session):
        headers = {'Origin': locked.url}
        async with session.post(
            f'{locked.url}/login', data={'token': 'x'}, headers=headers
        ) as answer:
            return answer.status

    async def guess_often():
        async with aiohttp.ClientSession() as session:
            return await asyncio.gather(*(guess(session) for _ in range(12)))

    assert set(asyncio.run(guess_often())) == {403, 429}
    assert locked.ask(f'/?token={TOKEN}')[0] == 303


def test_without_the_token_there_is_a_form_and_nothing_else(locked, recorder):
    status, _, text = locked.ask('/')
    assert status == 401
    assert 'Token of this robot' in text
    for path in ('/state', '/picture', '/snapshot.jpg', '/page.js'):
        assert locked.ask(path)[:1] == (401,)
    assert locked.control(do='pause')[0] == 401
    assert recorder.deeds == []


def test_the_token_opens_the_page_by_form_and_by_link(locked):
    form = locked.ask('/login', 'POST', data={'token': TOKEN}, headers={'Origin': locked.url})
    for status, headers, _ in (form, locked.ask(f'/?token={TOKEN}')):
        assert (status, headers['Location']) == (303, '/')
        cookie = headers['Set-Cookie']
        assert 'HttpOnly' in cookie
        assert 'SameSite=Strict' in cookie
        assert TOKEN not in cookie
        assert locked.ask('/page.js', headers={'Cookie': cookie.split(';')[0]})[0] == 200


@pytest.mark.parametrize('given', ['', 'f3a1', TOKEN + 'x', TOKEN.upper(), 'ü', '\x00'])
def test_another_token_does_not(locked, given):
    status, headers, text = locked.ask(
        '/login', 'POST', data={'token': given}, headers={'Origin': locked.url}
    )
    assert status == 403
    assert 'This is not the token.' in text
    assert 'Set-Cookie' not in headers


@pytest.mark.parametrize('cookie', ['', 'x', TOKEN, 'ü'])
def test_a_cookie_of_ones_own_making_does_not(locked, cookie):
    headers = {'Cookie': f'rpi_classifier_live={cookie}'}
    assert locked.ask('/state', headers=headers)[0] == 401


def test_an_address_that_others_reach_takes_a_token():
    with pytest.raises(ConfigError) as caught:
        LiveViewConfig(address='0.0.0.0')
    assert str(caught.value) == (
        "address: '0.0.0.0' lets other machines in, which takes a token; set token too, or keep "
        '127.0.0.1 and reach it with: ssh -L 8080:localhost:8080 USER@ROBOT'
    )
    assert not LiveViewConfig(address='0.0.0.0', token=TOKEN).is_local
    assert LiveViewConfig(address='::1').is_local
    with pytest.raises(ConfigError, match="address: 'robot' is not an IP address"):
        LiveViewConfig(address='robot')


def raw(server, data):
    """Send bytes, and return all that comes back until the server closes the connection."""
    with socket.create_connection(('127.0.0.1', server.port), timeout=60) as connection:
        answer = b''
        try:
            connection.sendall(data)
            while piece := connection.recv(65536):
                answer += piece
        except ConnectionError:  # closed before all was sent
            pass
        return answer


@pytest.mark.parametrize(
    'data',
    [
        b'GET / HTTP/1.1\r\nHost: localhost\r\nX: ' + b'x' * 1_000_000,
        b'GET / HTTP/1.1\r\n' + b'X: y\r\n' * 100_000,
        b'GET /' + b'x' * 1_000_000,
    ],
    ids=['one', 'many', 'line'],
)
def test_a_huge_header_ends_the_connection(server, data):
    answer = raw(server, data)
    assert not answer or answer.split()[1] in (b'400', b'431')
    assert server.ask('/')[0] == 200


@pytest.mark.parametrize(
    'data', [b'\x16\x03\x01\x02\x00\x01', b'\r\n' * 20 + b'x\r\n\r\n', b'GET / HTTP/9.9\r\n\r\n']
)
def test_what_is_not_http_ends_the_connection(server, data):
    answer = raw(server, data + b'\r\n\r\n')
    assert not answer or answer.split()[1] == b'400'
    assert server.ask('/')[0] == 200


def test_a_client_that_never_ends_its_header_is_cut_off(monkeypatch, recorder):
    monkeypatch.setattr(connections, '_HEADER_S', 0.2)
    with serving(recorder) as server:
        assert raw(server, b'GET / HTTP/1.1\r\nHost: local') == b''


def test_a_request_after_another_on_one_connection_is_not_answered(server):
    request = b'GET /icon.svg HTTP/1.1\r\nHost: localhost\r\n\r\n'
    assert raw(server, request * 3).count(b'HTTP/1.1 200') == 1


def test_a_thousand_connections_leave_the_page_alive(server):
    with ExitStack() as crowd:
        for _ in range(1000):
            last = socket.create_connection(('127.0.0.1', server.port), timeout=60)
            crowd.enter_context(last)
        assert last.recv(65536).startswith(b'HTTP/1.1 503')
    while True:  # until the server has noticed
        try:
            if server.ask('/')[0] == 200:
                return
        except OSError:
            continue
