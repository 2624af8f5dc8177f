# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The mailbox between two threads."""

import threading

import pytest

from rpi_classifier.latest import Closed, Latest


def test_newest_item_wins_and_the_replaced_ones_are_counted():
    mailbox = Latest()
    for item in (1, 2, 3):
        mailbox.put(item)
    assert mailbox.get(timeout_s=0) == 3
    assert mailbox.skipped == 2


def test_time_in_the_mailbox_is_that_of_the_item_taken(monkeypatch):
    now = [0]
    monkeypatch.setattr('rpi_classifier.latest.time.monotonic_ns', lambda: now[0])
    mailbox = Latest()
    mailbox.put('old')
    now[0] = 100
    mailbox.put('new')
    now[0] = 130
    assert mailbox.get() == 'new'
    assert mailbox.waited_ns == 30
    assert (mailbox.put_ns, mailbox.got_ns) == (100, 130)


def test_an_item_is_taken_once():
    mailbox = Latest()
    mailbox.put('once')
    mailbox.get()
    with pytest.raises(TimeoutError):
        mailbox.get(timeout_s=0)
    assert mailbox.skipped == 0


def test_waiting_consumer_is_woken_by_an_item():
    mailbox, taken = Latest(), []
    thread = threading.Thread(target=lambda: taken.append(mailbox.get()))
    thread.start()
    mailbox.put('item')
    thread.join()
    assert taken == ['item']


def test_close_wakes_the_consumer_and_hands_over_the_producers_exception():
    mailbox, seen = Latest(), []

    def consume():
        try:
            mailbox.get()
        except Closed as closed:
            seen.append(closed.__cause__)

    thread = threading.Thread(target=consume)
    thread.start()
    error = OSError('cable cut')
    mailbox.close(error)
    thread.join()
    assert seen == [error]


def test_closing_again_does_not_lose_the_producers_exception():
    mailbox, error = Latest(), OSError('cable cut')
    mailbox.close(error)
    mailbox.close()
    with pytest.raises(Closed) as caught:
        mailbox.get()
    assert caught.value.__cause__ is error


def test_nothing_is_taken_from_a_closed_mailbox():
    mailbox = Latest()
    mailbox.put('late')
    mailbox.close()
    mailbox.put('later')
    with pytest.raises(Closed):
        mailbox.get()
