# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Ending the wait of a reading thread; test/vm ends waits in a driver."""

import threading

from rpi_classifier.camera.interrupt import Interrupt


def test_a_sleeping_thread_wakes():
    interrupt = Interrupt()
    thread = threading.Thread(target=interrupt.wait, args=(3600.0,))
    thread.start()
    interrupt.set()
    thread.join(10)
    assert not thread.is_alive()
    assert interrupt.is_set()


def test_waking_leaves_other_descriptors_alone():
    interrupt = Interrupt()
    interrupt.wake()
    interrupt.watch('/dev/video_that_is_not_there')
    interrupt.wake()
    with open('/dev/null', 'w') as file:
        interrupt.watch('/dev/null')
        interrupt.wake()
        file.write('still open')
