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

"""A process of nodes: signals. That it ends well is in test_camera_classifier.py."""

import signal
import threading

import pytest

pytest.importorskip('rclpy', reason='there is no ROS 2 here')

from rpi_classifier.nodes.process import Ending


@pytest.fixture
def ending():
    """Return what the main thread waits for, with the handlers restored afterwards."""
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    ending = Ending()
    ending.listen()
    yield ending
    signal.set_wakeup_fd(-1)
    for number, handler in handlers.items():
        signal.signal(number, handler)


def test_a_signal_that_hits_another_thread_wakes_the_main_thread(ending):
    def kill_myself():
        signal.pthread_kill(threading.get_ident(), signal.SIGTERM)

    thread = threading.Thread(target=kill_myself)
    thread.start()
    ending.wait()
    thread.join()
