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

"""Playing files at a camera's rate."""

from __future__ import annotations

import time

from rpi_classifier.camera.interrupt import Interrupt


class Pacer:
    """Holds a file's frames back until they are due."""

    def __init__(self, rate_hz: float, interrupt: Interrupt) -> None:
        """Start the beat with the first wait; the interrupt ends every wait."""
        self._period_s = 1 / rate_hz
        self._due = 0.0
        self._interrupt = interrupt

    def wait(self) -> None:
        """Return at the next beat; beats that were missed are not made up for."""
        now = time.monotonic()
        self._due = max(self._due + self._period_s, now)
        self._interrupt.wait(self._due - now)
