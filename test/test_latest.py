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


def test_with_more_depth_items_wait_and_the_oldest_comes_first(monkeypatch):
    now = [0]
    monkeypatch.setattr('rpi_classifier.latest.time.monotonic_ns', lambda: now[0])
    mailbox = Latest()
    mailbox.depth = 3
    for now[0] in (1, 2, 3, 4):
        mailbox.put(now[0])
    now[0] = 10
    assert [(mailbox.get(), mailbox.waited_ns) for _ in range(3)] == [(2, 8), (3, 7), (4, 6)]
    assert mailbox.skipped == 1


def test_what_waits_is_not_dropped_when_the_depth_returns_to_one():
    mailbox = Latest()
    mailbox.depth = 3
    for item in (1, 2, 3):
        mailbox.put(item)
    mailbox.depth = 1
    assert [mailbox.get(timeout_s=0) for _ in range(3)] == [1, 2, 3]
    mailbox.put(4)
    mailbox.put(5)
    assert mailbox.get(timeout_s=0) == 5
    assert mailbox.skipped == 1


def test_a_slow_consumer_returns_to_the_newest_item_when_the_depth_does():
    mailbox, item = Latest(), 0
    mailbox.depth = 3
    lags = []
    for take in range(8):
        for _ in range(5):  # come while one is worked on
            item += 1
            mailbox.put(item)
        lags.append(item - mailbox.get(timeout_s=0))
        if take == 3:
            mailbox.depth = 1
    assert lags == [2, 2, 2, 2, 2, 1, 0, 0]


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
