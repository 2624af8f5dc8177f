# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The health of a camera as diagnostic_msgs."""

from __future__ import annotations

from diagnostic_msgs.msg import DiagnosticStatus

from rpi_classifier.camera.source import Source
from rpi_classifier.config import CameraConfig
from rpi_classifier.nodes.common import status
from rpi_classifier.stats import StreamStats

_SETTLED_NS = 2_000_000_000  # the window of the rate: younger streams have no full window yet
_LATE_NS = 1_000_000_000
_LATE_PERIODS = 5


def inactive_status(node_name: str, config: CameraConfig) -> DiagnosticStatus:
    """Return the only status of a node that does not capture."""
    return status.make_status(f'{node_name}: stream', config.device, status.OK, 'not active')


def stream_status(
    node_name: str,
    config: CameraConfig,
    stats: StreamStats,
    source: Source | None,
    skipped: int,
    now_ns: int,
) -> DiagnosticStatus:
    """
    Return whether frames flow, and how fast.

    :param source: the source that is open, or was open last.
    :param skipped: how many frames were replaced by newer ones before they were published.
    :param now_ns: the current time on the clock of time.monotonic_ns.
    """
    requested_hz = _requested_hz(config, source)
    level, message = _judge(config, stats, requested_hz, now_ns)
    age_ms = (now_ns - stats.last_ns) / 1e6 if stats.last_ns else 'no frame yet'
    return status.make_status(
        f'{node_name}: stream',
        config.device,
        level,
        message,
        requested_fps=requested_hz,
        measured_fps=stats.rate.hz(now_ns),
        frames=stats.frames,
        frames_dropped_by_driver=stats.dropped,
        frames_skipped_by_publisher=skipped,
        opened=stats.opened,
        reconnections=max(stats.opened - 1, 0),
        age_of_last_frame_ms=age_ms,
        stamp_source=stats.stamp_source,
    )


def mode_status(
    node_name: str, config: CameraConfig, stats: StreamStats, source: Source | None
) -> DiagnosticStatus:
    """
    Return whether the camera gives the requested mode.

    :param source: the source that is open, or was open last.
    """
    level, message = status.OK, 'not streaming'
    if source and stats.streaming:
        level = status.WARN if source.difference else status.OK
        message = source.difference or 'as requested'
    rate_hz = round(_requested_hz(config, source), 2)
    requested = f'{config.width}x{config.height} {config.pixel_format} at {rate_hz:g} fps'
    return status.make_status(
        f'{node_name}: mode',
        config.device,
        level,
        message,
        requested=requested,
        negotiated=source.description if source else '',
        device=source.device if source else '',
    )


def _requested_hz(config: CameraConfig, source: Source | None) -> float:
    return (source.own_rate_hz if source else 0.0) or config.requested_hz


def _judge(
    config: CameraConfig, stats: StreamStats, requested_hz: float, now_ns: int
) -> tuple[bytes, str]:
    if not stats.streaming:
        return status.ERROR, stats.message
    silence_ns = now_ns - stats.last_ns
    if silence_ns > max(_LATE_NS, _LATE_PERIODS * 1e9 / requested_hz):
        return status.ERROR, f'no frame for {silence_ns / 1e9:.1f} s'
    if now_ns - stats.since_ns < _SETTLED_NS:
        return status.OK, stats.message
    measured_hz = stats.rate.hz(now_ns)
    for level, tolerance in (
        (status.ERROR, config.rate_error),
        (status.WARN, config.rate_warn),
    ):
        if measured_hz < (1 - tolerance) * requested_hz:
            return level, f'{measured_hz:.1f} fps instead of {requested_hz:g}'
    return status.OK, stats.message
