# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Clear words about what is missing: the camera, or the classifier."""

from __future__ import annotations

from diagnostic_msgs.msg import DiagnosticStatus
from rclpy.node import Node

from rpi_classifier.nodes.common import status
from rpi_classifier.nodes.live_view.pictures import PictureInput

PATIENCE_S = 2.0  # images and results that are missed for so long are missing
_SLOW_S = 10.0  # results may be as rare, if the classifier says that all is well


def explain_pictures(node: Node, pictures: PictureInput, stream: str) -> list[str]:
    """
    Say why there is no picture; an empty list if there is one, or nobody wants it.

    :param stream: what the camera says of its stream; empty if it says nothing.
    """
    if pictures.refusal:
        return [f'The images of {pictures.topic} cannot be shown: {pictures.refusal}.']
    silent_s = pictures.silent_s()
    if not pictures.watched or silent_s < PATIENCE_S:
        return []
    publishers = node.count_publishers(pictures.topic)
    if stream and publishers:
        reason = stream
    elif publishers:
        reason = f'{pictures.topic} has {publishers} publishers, but no image arrives'
    else:
        reason = f'nobody publishes {pictures.topic}; start the camera, and it is shown'
    return [f'The camera has not published for {silent_s:.0f} s: {reason}.']


def explain_results(
    name: str,
    silent_s: float,
    rate: DiagnosticStatus | None,
    model: DiagnosticStatus | None,
    *,
    without_images: bool,
) -> list[str]:
    """
    Say why there are no results; an empty list if there are some, or not for long yet.

    :param name: of the classifier.
    :param rate: what it says of its results; None: it is not there.
    :param model: what it says of its model.
    :param without_images: that it has none is said already.
    """
    if silent_s < PATIENCE_S:
        return []
    said = f'The classifier has not published for {silent_s:.0f} s'
    if rate is None:
        return [f'{said}: {name} does not answer; start it, and its results are shown.']
    if model is not None and model.level == status.ERROR:
        return [f'{said}: {model.message}.']
    working = rate.message not in ('not active', 'paused by ~/enable')
    if working and (without_images or (rate.level == status.OK and silent_s < _SLOW_S)):
        return []
    return [f'{said}: {rate.message}.']
