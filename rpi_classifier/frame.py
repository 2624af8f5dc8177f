# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The one type that goes from a source of images to the publishers."""

from __future__ import annotations

from dataclasses import dataclass

from rpi_classifier.input_spec import Image


@dataclass(frozen=True)
class Frame:
    """
    One image, where and when it was taken.

    ``image`` is [H, W, 3] uint8 BGR and not written to again. ``frame_id`` names the camera's
    coordinate frame. ``stamp_ns`` is the time of capture on the owner's clock (a node's ROS
    clock), ``taken_ns`` the same moment on the clock of time.monotonic_ns. ``stamp_source`` says
    where the time comes from: ``driver``, ``read`` (after the read returned), ``simulated`` (the
    same, on a clock that a simulation sets) or ``message``.
    """

    image: Image
    frame_id: str
    stamp_ns: int
    taken_ns: int
    stamp_source: str = 'read'
