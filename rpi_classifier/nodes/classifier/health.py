# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0


"""The classifier's figures, for diagnostics and for people."""

from __future__ import annotations

import time

from diagnostic_msgs.msg import DiagnosticStatus
from std_msgs.msg import Header

from rpi_classifier.config import ClassifierConfig
from rpi_classifier.inference.classifier import Result
from rpi_classifier.nodes.classifier.image_input import Intake
from rpi_classifier.nodes.common import status, to_messages
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
        self._last_ns = 0

    def note(
        self,
        result: Result,
        header: Header,
        started_ns: int,
        *,
        start: int,
        inferred: int,
        waited: int,
    ) -> None:
        """
        Note one published result.

        :param header: of the image, its stamp on the node's clock.
        :param started_ns: when the work began, on the node's clock.
        :param start: the same and ``inferred``: when the classes were known, both on the clock of
            time.monotonic_ns.
        :param waited: nanoseconds in the mailbox.
        """
        now = time.monotonic_ns()
        end_to_end = started_ns + (now - start) - to_messages.stamp_ns(header)
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
        self._newest, self._last_ns = result, now

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

    def rate_status(
        self, intake: Intake | None, config: ClassifierConfig, pause: str, throttling: str
    ) -> DiagnosticStatus:
        """
        Return results per second, and why there are too few.

        :param pause: why nothing is classified on purpose; empty if it should be.
        :param throttling: what slows the board down now; empty if nothing does.
        """
        rate = self._rate.hz()
        level, message = status.OK, f'{rate:.1f} classifications per second'
        if intake is None or not intake.listening:
            message = pause or 'idle, nobody subscribes'
        else:
            stall = self._stall(intake, config)
            if stall:
                level, message = status.ERROR, stall
            elif not rate:
                message = 'waiting for images'
            elif rate < config.min_rate:
                level, message = status.WARN, f'{message}, min_rate is {config.min_rate:g}'
            if throttling:
                message += f'; the board is slowed down: {throttling}'
        return status.make_status(
            f'{self._name}: rate',
            'classifier',
            level,
            message,
            fps=rate,
            classified=self._rate.total,
            skipped=intake.mailbox.skipped if intake else 0,
        )

    def _stall(self, intake: Intake, config: ClassifierConfig) -> str:
        patience_s = config.stall_timeout
        if config.max_rate:
            patience_s = max(patience_s, 2 / config.max_rate)
        since_result_s = (time.monotonic_ns() - self._last_ns) / 1e9
        stalled_s = min(since_result_s, intake.listening_s())
        if stalled_s < patience_s:
            return ''
        if intake.silent_s() >= patience_s:
            return f'no image for {intake.silent_s():.1f} s {intake.describe_source()}'
        return (
            f'no result for {stalled_s:.1f} s though images come; see the status of the input, '
            'and if none are refused, the model hangs: restart the node'
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
        return status.make_status(name, 'classifier', status.OK, message, **values)
