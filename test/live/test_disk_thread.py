# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The thread for files of the live page: a disk that hangs delays nobody else."""

from __future__ import annotations

import asyncio
import threading

import pytest

pytest.importorskip('aiohttp', reason='aiohttp is not installed')

from rpi_classifier.errors import Refused
from rpi_classifier.live import disk_thread
from rpi_classifier.live.disk_thread import DiskThread


@pytest.fixture
def disk():
    disk = DiskThread()
    yield disk
    disk.stop()


def test_work_is_done_on_the_thread_and_its_errors_come_back(disk):
    def fail():
        raise OSError('full')

    async def ask():
        assert await disk.run(lambda: threading.current_thread().name) == 'disk'
        with pytest.raises(OSError, match='full'):
            await disk.run(fail)

    asyncio.run(ask())


def test_a_disk_that_hangs_is_a_sentence_and_does_not_stop_the_loop_or_the_end(monkeypatch):
    monkeypatch.setattr(disk_thread, '_ANSWER_S', 0.05)
    monkeypatch.setattr(disk_thread, '_PATIENCE_S', 0.05)
    disk, go_on = DiskThread(), threading.Event()

    async def ask():
        with pytest.raises(Refused, match='the disk has not answered for 0.05 s'):
            await disk.run(go_on.wait)
        asked = [asyncio.ensure_future(disk.run(int)) for _ in range(30)]
        answers = await asyncio.gather(*asked, return_exceptions=True)
        assert any('the disk is busy' in str(answer) for answer in answers)
        assert all(isinstance(answer, Refused) for answer in answers)

    try:
        asyncio.run(asyncio.wait_for(ask(), 60))
        disk.stop()
    finally:
        go_on.set()


def test_an_answer_that_comes_after_the_loop_has_ended_harms_nobody(monkeypatch, wait_until):
    monkeypatch.setattr(disk_thread, '_ANSWER_S', 0.05)
    disk, go_on, done = DiskThread(), threading.Event(), threading.Event()

    async def ask():
        with pytest.raises(Refused):
            await disk.run(go_on.wait)

    asyncio.run(ask())
    go_on.set()

    async def ask_again():
        await disk.run(done.set)

    asyncio.run(ask_again())
    assert done.is_set()
    disk.stop()
    wait_until(lambda: 'disk' not in [thread.name for thread in threading.enumerate()])
