# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The figures of a classifier's results, for diagnostics and for people."""

from __future__ import annotations

import time
from typing import NamedTuple

from diagnostic_msgs.msg import DiagnosticStatus

from rpi_classifier.config import ClassifierConfig
from rpi_classifier.inference.classifier import Classifier, Result
from rpi_classifier.nodes.classifier.image_input import ImageInput
from rpi_classifier.nodes.classifier.rejected_images import RejectedImages
from rpi_classifier.nodes.common import status
from rpi_classifier.stats import ResultStats


class Stall(NamedTuple):
    """No results come: a sentence for diagnostics and for the log."""

    sentence: str
    seconds: float
    cause: str  # the same as long as only the seconds change


def describe_results(stats: ResultStats[Result], newest: Result) -> str:
    """Return the rate, the times and the newest classes in one line for the log."""
    classes = ', '.join(
        f'{prediction.label} {prediction.score:.0%}' for prediction in newest.predictions[:3]
    )
    return (
        f'{stats.rate.hz():.1f} fps, {stats.stages["work"].p50:.1f} ms a frame '
        f'(model {stats.stages["infer"].p50:.1f}): {classes}'
    )


def rate_status(
    name: str,
    stats: ResultStats[Result],
    images: ImageInput | None,
    config: ClassifierConfig,
    classifier: Classifier | None,
    *,
    stall: Stall | None,
    pause: str,
    throttling: str,
) -> DiagnosticStatus:
    """
    Return the status of the rate: results per second, and why there are too few.

    :param images: where images come from; None if the node is not active.
    :param classifier: knows the region that its model was trained on; None if none is loaded.
    :param stall: why results stay away, as ``find_stall`` has it.
    :param pause: why nothing is classified on purpose; empty if images should be.
    :param throttling: the reasons why the board is throttled now; empty if it is not.
    """
    rate_hz = stats.rate.hz()
    if images is None or not images.listening:
        level, message = status.OK, pause or 'idle, nobody subscribes'
    else:
        level, message = _judge(stall, config, rate_hz)
        if throttling:
            message += f'; the board is slowed down: {throttling}'
    return status.make_status(
        name,
        'classifier',
        level,
        message,
        fps=rate_hz,
        classified=stats.rate.total,
        skipped=images.skipped if images else 0,
        class_id=config.class_id,
        region=config.region or (classifier and classifier.region) or 'the whole image',
    )


def latency_status(
    name: str, stats: ResultStats[Result], images: ImageInput | None
) -> DiagnosticStatus:
    """Return the status of the latency: percentiles of each stage in milliseconds."""
    values = {}
    for stage, summary in stats.stages.summaries().items():
        values[f'{stage}_ms_p50'] = summary.p50
        values[f'{stage}_ms_p95'] = summary.p95
        values[f'{stage}_ms_max'] = summary.maximum
    message = 'no results yet'
    if stats.rate.total:
        since = images.measured_from() if images else 'capture'
        message = f'{stats.stages["end_to_end"].p50:.1f} ms from {since} to result'
    return status.make_status(name, 'classifier', status.OK, message, **values)


def find_stall(
    stats: ResultStats[Result],
    images: ImageInput | None,
    rejected: RejectedImages,
    config: ClassifierConfig,
) -> Stall | None:
    """
    Return why results stay away; None if they do not, or not for ``stall_timeout`` yet.

    :param images: where images come from; None if the node is not active.
    """
    if images is None or not images.listening:
        return None
    patience_s = config.stall_timeout
    if config.max_rate:
        patience_s = max(patience_s, 2 / config.max_rate)
    now_ns = time.monotonic_ns()
    stalled_s = min((now_ns - stats.last_ns) / 1e9, images.listening_s())
    if stalled_s < patience_s:
        return None
    if images.silent_s() >= patience_s:
        silent_s, source = images.silent_s(), images.describe_source()
        return Stall(f'no image for {silent_s:.1f} s {source}', silent_s, source)
    what = f'no result for {stalled_s:.1f} s though images arrive'
    if (now_ns - images.got_ns) / 1e9 >= patience_s:  # the thread has not come back for more
        return Stall(f'{what}: the model hangs; restart the node', stalled_s, 'hang')
    sentence = f'{what}; all are refused, the newest one: {rejected.newest}'
    return Stall(sentence, stalled_s, rejected.newest_reason)


def _judge(stall: Stall | None, config: ClassifierConfig, rate_hz: float) -> tuple[bytes, str]:
    if stall:
        return status.ERROR, stall.sentence
    if not rate_hz:
        return status.OK, 'waiting for images'
    message = f'{rate_hz:.1f} classifications per second'
    if rate_hz < config.min_rate:
        return status.WARN, f'{message}, min_rate is {config.min_rate:g}'
    return status.OK, message
