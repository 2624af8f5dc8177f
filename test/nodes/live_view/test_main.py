# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The process of the live page."""

import signal

import pytest

pytest.importorskip('rclpy', reason='there is no ROS 2 here')

from support.ros import wait_for

WITHOUT_AIOHTTP = """
import importlib.util, sys
find = importlib.util.find_spec
importlib.util.find_spec = lambda name, *rest: None if name == 'aiohttp' else find(name, *rest)
from rpi_classifier.nodes.live_view.main import main; main()
"""


def test_a_missing_aiohttp_is_one_sentence_and_no_restart(start):
    process = start(program=WITHOUT_AIOHTTP)
    said = wait_for(process, 'aiohttp')
    assert 'run: sudo apt install python3-aiohttp' in said
    assert process.wait(60) == 2
    assert 'Traceback' not in said + process.stdout.read()


def test_an_open_address_without_a_token_is_refused_and_not_restarted(start):
    pytest.importorskip('aiohttp', reason='aiohttp is not installed')
    process = start('live_view_node', '-p', 'address:=0.0.0.0')
    assert 'which takes a token' in wait_for(process, 'live_view')
    assert process.wait(60) == 2


def test_an_open_address_is_said_at_start_and_the_process_ends_when_asked(start):
    pytest.importorskip('aiohttp', reason='aiohttp is not installed')
    arguments = ('-p', 'address:=0.0.0.0', '-p', 'token:=abcd', '-p', 'port:=0')
    process = start('live_view_node', *arguments)
    said = wait_for(process, 'can be guessed')
    assert 'the live page is open to other machines: whoever has the token can watch' in said
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 0
