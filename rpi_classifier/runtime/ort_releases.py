# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
What is known about releases of onnxruntime, found without importing onnxruntime.

It comes from importing PyPI's wheels on an emulated Cortex-A72 (a Raspberry Pi 4's processor,
ARMv8.0, by qemu 7.2). dev/requirements-onnx.txt has the releases to install.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
import platform
import sys

from rpi_classifier.cpu import cpu_features, lacks_atomics
from rpi_classifier.errors import ModelError
from rpi_classifier.versions import installed

# 1.23.2 is the last release for Python 3.10, and has no wheel for Python 3.14.
PINNED_ORT = '1.23.2' if sys.version_info < (3, 14) else '1.24.4'
ORT_ADVICE = f'pip3 install onnxruntime=={PINNED_ORT}'


@dataclass(frozen=True)
class OrtRelease:
    """
    What is known about some releases of onnxruntime.

    ``versions`` are beginnings of version numbers. ``import_dies``: with an illegal instruction
    on ARMv8.0. ``try_first``: in a process of its own, because the import may die.
    """

    about: str
    versions: tuple[str, ...] = ()
    import_dies: bool = False
    try_first: bool = False


_AARCH64 = (
    OrtRelease('dies with SIGILL on ARMv8.0', versions=('1.21.0',), import_dies=True),
    OrtRelease(
        'runs on ARMv8.0',
        versions=('1.20.1', '1.21.1', '1.22', '1.23', '1.24', '1.25', '1.26', '1.27'),
    ),
    OrtRelease(
        'dies with SIGSEGV under qemu, not tried on a board',
        versions=('1.28', '1.30', '1.32'),
        try_first=True,
    ),
)
_X86_64 = OrtRelease('no trouble known')
_NOT_TRIED = OrtRelease('not tried', try_first=True)


def lookup_ort(version: str, machine: str) -> OrtRelease:
    """
    Return what is known about a release.

    :param version: as '1.23.2'.
    :param machine: as ``platform.machine`` returns it.
    """
    if machine != 'aarch64':
        return _X86_64 if machine == 'x86_64' else _NOT_TRIED
    for release in _AARCH64:
        if f'{version}.'.startswith(tuple(f'{beginning}.' for beginning in release.versions)):
            return release
    return _NOT_TRIED


def ort_refusal(version: str, machine: str, features: Collection[str]) -> str | None:
    """Return why importing this release would kill the process; None if that is not known."""
    if not (lookup_ort(version, machine).import_dies and lacks_atomics(machine, features)):
        return None
    return (
        f'onnxruntime {version} ends with an illegal instruction on this processor, which is '
        f'ARMv8.0; {ORT_ADVICE}'
    )


def require_onnxruntime() -> OrtRelease:
    """
    Call this before onnxruntime is imported.

    :returns: what is known about the installed release.
    :raises ModelError: if onnxruntime is not installed, or importing it would kill the process.
    """
    version, machine = installed('onnxruntime'), platform.machine()
    if version is None:
        raise ModelError(
            f'onnxruntime is not installed; {ORT_ADVICE}, or run: scripts/setup --with-onnx'
        )
    reason = ort_refusal(version, machine, cpu_features())
    if reason:
        raise ModelError(reason)
    return lookup_ort(version, machine)
