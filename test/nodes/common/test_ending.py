# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What wakes the main thread of a process of nodes."""

import signal
import threading

import pytest

from rpi_classifier.nodes.common.ending import Ending


@pytest.fixture
def ending():
    """Return an Ending that listens; the signal handlers are restored afterwards."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    handlers = {number: signal.getsignal(number) for number in numbers}
    ending = Ending()
    ending.listen()
    yield ending
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGUSR1, signal.SIG_DFL)
    signal.alarm(0)
    for number, handler in handlers.items():
        signal.signal(number, handler)


def test_a_signal_that_hits_another_thread_wakes_the_main_thread(ending):
    def kill_myself():
        signal.pthread_kill(threading.get_ident(), signal.SIGTERM)

    thread = threading.Thread(target=kill_myself)
    thread.start()
    ending.wait()
    thread.join()
    assert ending.asked


def test_what_wakes_the_main_thread_limits_the_end_until_it_waits_again(ending):
    ending.set()
    assert 0 < signal.alarm(0) <= 10  # without any Python code
    assert not ending.wait()
    assert 0 < signal.alarm(7) <= 10
    signal.raise_signal(signal.SIGHUP)
    assert ending.wait()
