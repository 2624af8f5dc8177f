# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Launch arguments that have no effect: launch itself says nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rpi_classifier.bringup.plan import ARGUMENTS, processes
from rpi_classifier.config.choices import nearest_choice

_HANDED_OVER = (
    'the camera in the same process hands its images to the classifier; add composed:=false, or '
    "camera:=false for another driver's images"
)
_NO_CAMERA = 'camera:=false starts no camera'
_OF_THE_PAGE = ('live_address', 'live_port', 'controls')


def unused_arguments(given: Mapping[str, str]) -> list[str]:
    """
    Return a sentence for each argument that has no effect together with the others.

    :param given: arguments by name; those that have their defaults are not meant.
    :raises ConfigError: as ``processes``.
    """
    executables = {process.executable for process in processes(given)}
    live = 'live_view_node' in executables
    executables.discard('live_view_node')
    reasons = {}
    if executables == {'camera_classifier'}:
        reasons = {'image': _HANDED_OVER}
    elif executables == {'classifier_node'}:
        reasons = {'device': _NO_CAMERA, 'driver': _NO_CAMERA}
    if not live:
        reasons |= dict.fromkeys(_OF_THE_PAGE, 'live:=true starts the live page')
    return [
        f'{name}:={given[name]} has no effect: {reason}'
        for name, reason in reasons.items()
        if given.get(name, ARGUMENTS[name][0]) != ARGUMENTS[name][0]
    ]


def unknown_arguments(words: Iterable[str]) -> list[str]:
    """
    Return a sentence for each name:=value whose name is not an argument.

    :param words: a command line; words of another form are not meant.
    """
    said = []
    for name, sign, _ in (word.partition(':=') for word in words):
        if sign and name not in ARGUMENTS:
            near = nearest_choice(name, ARGUMENTS)
            hint = f'did you mean {near!r}?' if near else f'choose from {", ".join(ARGUMENTS)}'
            said.append(f'{name!r} is no launch argument, so it is not used; {hint}')
    return said
