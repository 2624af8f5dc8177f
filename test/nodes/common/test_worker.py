# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The thread that works on what a mailbox holds."""

import threading

import pytest

from rpi_classifier.latest import Latest
from rpi_classifier.nodes.common.worker import WorkerThread


@pytest.fixture
def failures():
    return []


@pytest.fixture
def mailbox():
    """Return a mailbox that is closed at the end."""
    mailbox = Latest()
    yield mailbox
    mailbox.close()


def test_items_are_worked_on_by_a_thread_of_that_name_until_the_mailbox_is_closed(
    mailbox, failures
):
    done = Latest()
    worker = WorkerThread(
        'publish',
        mailbox,
        lambda item: done.put((item, threading.current_thread().name)),
        failures.append,
    )
    worker.start()
    for item in ('first', 'second'):
        mailbox.put(item)
        assert done.get(10) == (item, 'publish')
    mailbox.close()
    worker.join()
    assert failures == []


def test_an_exception_of_the_work_is_handed_over(mailbox, failures):
    error = ZeroDivisionError('bug')

    def work(item):
        raise error

    worker = WorkerThread('publish', mailbox, work, failures.append)
    worker.start()
    mailbox.put('item')
    worker.join()
    assert failures == [error]


def test_the_exception_of_a_dead_producer_is_handed_over(mailbox, failures):
    error = ZeroDivisionError('bug')
    worker = WorkerThread('publish', mailbox, failures.append, failures.append)
    worker.start()
    mailbox.close(error)
    worker.join()
    assert failures == [error]


def test_joining_a_thread_that_never_started_returns_at_once(mailbox, failures):
    WorkerThread('publish', mailbox, failures.append, failures.append).join()


def test_joining_a_thread_that_hangs_gives_up(mailbox, failures):
    begun, go_on = threading.Event(), threading.Event()
    worker = WorkerThread(
        'publish', mailbox, lambda item: [begun.set(), go_on.wait()], failures.append
    )
    worker.start()
    mailbox.put('item')
    begun.wait()
    mailbox.close()
    assert not worker.join(limit_s=0.01)
    go_on.set()
    assert worker.join()
