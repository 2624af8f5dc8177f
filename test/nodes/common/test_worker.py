# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""A thread that works on what a mailbox brings, and tells what ended it."""

import threading

import pytest

pytest.importorskip('rclpy', reason='there is no ROS 2 here')

from rpi_classifier.latest import Latest
from rpi_classifier.nodes.common.worker import WorkerThread


@pytest.fixture
def start():
    """Return a starter of workers that keeps what ended them; it fails if one does not end."""
    started = []

    def start(work):
        mailbox, failures = Latest(), []
        worker = WorkerThread('worker', mailbox, work, failures.append)
        worker.start()
        started.append((mailbox, worker))
        return mailbox, worker, failures

    yield start
    for mailbox, worker in started:
        mailbox.close()
        worker.join()


def test_items_are_worked_on_until_the_mailbox_is_closed(start):
    done, worked, names = [], threading.Event(), []

    def work(item):
        done.append(item)
        names.append(threading.current_thread().name)
        worked.set()

    mailbox, worker, failures = start(work)
    for item in (1, 2):
        worked.clear()
        mailbox.put(item)
        assert worked.wait(60)
    mailbox.close()
    worker.join()
    assert (done, names, failures) == ([1, 2], ['worker', 'worker'], [])


def test_an_exception_of_the_work_is_handed_over(start):
    mailbox, worker, failures = start(lambda item: 1 / item)
    mailbox.put(0)
    worker.join()
    (failure,) = failures
    assert isinstance(failure, ZeroDivisionError)


def test_an_exception_that_ended_the_producer_is_handed_over(start):
    mailbox, worker, failures = start(print)
    error = OSError('cable cut')
    mailbox.close(error)
    worker.join()
    assert failures == [error]
