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


"""The classifier's figures, for diagnostics and for people."""

from __future__ import annotations

import time

from diagnostic_msgs.msg import DiagnosticStatus
from std_msgs.msg import Header

from rpi_classifier.classifier import Result
from rpi_classifier.nodes import diagnostics
from rpi_classifier.nodes.intake import Intake
from rpi_classifier.stats import Rate, Stages

# Where a frame's time goes: from its stamp to the mailbox, in the mailbox, three steps of work,
# their sum, and from its stamp to the published result.
STAGES = ('receive', 'wait', 'preprocess', 'infer', 'publish', 'work', 'end_to_end')


class Health:
    """Counts results and refusals and keeps where their time went, since activation."""

    def __init__(self, node_name: str) -> None:
        """Begin at zero; ``node_name`` is the first half of the names of statuses."""
        self._name = node_name
        self._rate = Rate()
        self._stages = Stages(*STAGES)
        self._newest: Result | None = None
        self.refused = 0

    def note(
        self,
        result: Result,
        header: Header,
        published_ns: int,
        *,
        start: int,
        inferred: int,
        waited: int,
    ) -> None:
        """
        Note one published result.

        :param header: of the image; its stamp and ``published_ns`` are on the node's clock.
        :param start: when the work began, ``inferred``: when the classes were known, both on the
            clock of time.monotonic_ns.
        :param waited: nanoseconds in the mailbox.
        """
        now = time.monotonic_ns()
        end_to_end = published_ns - header.stamp.sec * 10**9 - header.stamp.nanosec
        self._rate.tick(now)
        self._stages.add(
            receive=end_to_end - waited - (now - start),
            wait=waited,
            preprocess=inferred - start - result.infer_ns,
            infer=result.infer_ns,
            publish=now - inferred,
            work=now - start,
            end_to_end=end_to_end,
        )
        self._newest = result

    def sentence(self) -> str:
        """Return rate, time and the newest classes for people; empty if nothing is new."""
        result, self._newest = self._newest, None
        if result is None:
            return ''
        classes = ', '.join(
            f'{prediction.label} {prediction.score:.0%}' for prediction in result.predictions[:3]
        )
        return (
            f'{self._rate.hz():.1f} fps, {self._stages["work"].p50:.1f} ms a frame '
            f'(model {self._stages["infer"].p50:.1f}): {classes}'
        )

    def rate_status(self, intake: Intake | None) -> DiagnosticStatus:
        """Return results per second, and why there are none."""
        rate = self._rate.hz()
        level, message = diagnostics.OK, f'{rate:.1f} classifications per second'
        if intake is None:
            message = 'not active'
        elif not intake.listening:
            message = 'idle, nobody subscribes'
        elif not rate:
            level, message = diagnostics.WARN, 'no images come'
        return diagnostics.status(
            f'{self._name}: rate',
            'classifier',
            level,
            message,
            fps=rate,
            classified=self._rate.total,
            skipped=intake.mailbox.skipped if intake else 0,
            refused=self.refused,
        )

    def latency_status(self) -> DiagnosticStatus:
        """Return the percentiles of each stage in milliseconds."""
        values = {}
        for stage, summary in self._stages.summaries().items():
            values[f'{stage}_ms_p50'] = summary.p50
            values[f'{stage}_ms_p95'] = summary.p95
            values[f'{stage}_ms_max'] = summary.maximum
        message = 'no results yet'
        if self._rate.total:
            message = f'{self._stages["end_to_end"].p50:.1f} ms from capture to result'
        name = f'{self._name}: latency'
        return diagnostics.status(name, 'classifier', diagnostics.OK, message, **values)
