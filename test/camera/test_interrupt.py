# Copyright 2026 The rpi_classifier authors
#
# Licensed under the Apache License, Version 2.0 (the "License");
# you may not use this file except in compliance with the License.
# You may obtain a copy of the License at
#
#     http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS,
# WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
# See the License for the specific language governing permissions and
# limitations under the License.

"""Ending the wait of a reading thread; that it ends one in a driver is tested in test/vm."""

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
