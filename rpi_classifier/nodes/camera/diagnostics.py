# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The health of a camera as diagnostic_msgs."""

from __future__ import annotations

import time

from diagnostic_msgs.msg import DiagnosticStatus

from rpi_classifier.camera.capture_thread import Grabber
from rpi_classifier.config import CameraConfig
from rpi_classifier.nodes.common import status

_SETTLED_NS = 2_000_000_000  # until the rate is one of this stream alone
_LATE_NS = 1_000_000_000
_LATE_PERIODS = 5


def stream(name: str, config: CameraConfig, grabber: Grabber, skipped: int) -> DiagnosticStatus:
    """Return one status: do frames flow, and how fast; ``skipped`` were not published in time."""
    now_ns = time.monotonic_ns()
    level, message = _judge(config, grabber, now_ns)
    age_ms = (now_ns - grabber.last_ns) / 1e6 if grabber.last_ns else 'no frame yet'
    return status.make_status(
        name,
        config.device,
        level,
        message,
        requested_fps=config.fps,
        measured_fps=grabber.rate.hz(),
        frames=grabber.rate.total,
        frames_dropped_by_driver=grabber.dropped,
        frames_skipped_by_publisher=skipped,
        opened=grabber.opened,
        reconnections=max(grabber.opened - 1, 0),
        age_of_last_frame_ms=age_ms,
        stamp_source=grabber.source.stamp_source,
    )


def mode(name: str, config: CameraConfig, grabber: Grabber) -> DiagnosticStatus:
    """Return one status: does the camera give what was asked for."""
    difference = grabber.source.difference
    if not grabber.streaming:
        level, message = status.OK, 'not streaming'
    elif difference:
        level, message = status.WARN, difference
    else:
        level, message = status.OK, 'as requested'
    requested = f'{config.width}x{config.height} {config.pixel_format} at {config.fps:g} fps'
    return status.make_status(
        name,
        config.device,
        level,
        message,
        requested=requested,
        negotiated=grabber.source.description,
        device=grabber.source.device,
    )


def _judge(config: CameraConfig, grabber: Grabber, now_ns: int) -> tuple[bytes, str]:
    if not grabber.streaming:
        return status.ERROR, grabber.message
    silence_ns = now_ns - grabber.last_ns
    if silence_ns > max(_LATE_NS, _LATE_PERIODS * 1e9 / config.fps):
        return status.ERROR, f'no frame for {silence_ns / 1e9:.1f} s'
    if now_ns - grabber.since_ns < _SETTLED_NS:
        return status.OK, grabber.message
    measured_hz = grabber.rate.hz()
    for level, tolerance in (
        (status.ERROR, config.rate_error),
        (status.WARN, config.rate_warn),
    ):
        if measured_hz < (1 - tolerance) * config.fps:
            return level, f'{measured_hz:.1f} fps instead of {config.fps:g}'
    return status.OK, grabber.message
