# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Which releases of torch work on which processor, decided without importing torch.

A Raspberry Pi 4 has a Cortex-A72: ARMv8.0, without the atomic instructions (LSE) of ARMv8.1. The
table holds what PyPI's wheels did on such a processor, emulated.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
import importlib.util
import platform
import re

from rpi_classifier.cpu import cpu_features, lacks_atomics
from rpi_classifier.errors import TorchError
from rpi_classifier.versions import installed

ADVICE = 'pip3 install torch==2.9.1 torchvision==0.24.1'


@dataclass(frozen=True)
class TorchRelease:
    """
    What is known about some releases of torch.

    ``versions`` are beginnings of version numbers. ``import_dies`` and ``fp32_dies`` say what
    ends with an illegal instruction on ARMv8.0: the import, or products and convolutions of
    floats. ``unfit_for_pi``: another release suits a Raspberry Pi better.
    """

    about: str
    versions: tuple[str, ...] = ()
    import_dies: bool = False
    fp32_dies: bool = False
    unfit_for_pi: bool = False


_CUDA = 'requires the CUDA toolkit (several GB)'
_AARCH64 = (
    TorchRelease(
        'runs on ARMv8.0, has XNNPACK int8 kernels, CPU build, right for a Raspberry Pi 4, '
        'with torchvision 0.24.1',
        versions=('2.9.1',),
    ),
    TorchRelease(
        'dies with SIGILL on ARMv8.0, pytorch issue 176993', versions=('2.10',), import_dies=True
    ),
    TorchRelease(
        'runs on ARMv8.0, its BLAS dies in fp32 there, has XNNPACK int8 kernels, ' + _CUDA,
        versions=('2.11',),
        fp32_dies=True,
        unfit_for_pi=True,
    ),
    TorchRelease(
        f'{_CUDA}, not tried on ARMv8.0', versions=('2.12', '2.13', '2.14.0'), unfit_for_pi=True
    ),
    TorchRelease(
        f'runs on ARMv8.0, has no XNNPACK int8 kernels, {_CUDA}',
        versions=('2.14.1',),
        unfit_for_pi=True,
    ),
)
_X86_64 = TorchRelease('no problems are known')
_NOT_TRIED = TorchRelease('not tried')


def lookup(version: str, machine: str) -> TorchRelease:
    """
    Return what is known about a release.

    :param version: as '2.9.1' or '2.9.1+cpu'.
    :param machine: as ``platform.machine`` returns it.
    """
    if machine != 'aarch64':
        return _X86_64 if machine == 'x86_64' else _NOT_TRIED
    number = version.partition('+')[0] + '.'
    for release in _AARCH64:
        if number.startswith(tuple(f'{beginning}.' for beginning in release.versions)):
            return release
    return _NOT_TRIED


def refusal(version: str, machine: str, features: Collection[str]) -> str | None:
    """Return why importing this release would kill the process; None if it would not."""
    if not (lookup(version, machine).import_dies and lacks_atomics(machine, features)):
        return None
    return (
        f'torch {version} ends with an illegal instruction on this processor, which is ARMv8.0 '
        f'without LSE atomics; {ADVICE}'
    )


def require_torch() -> None:
    """
    Call this before torch is imported.

    :raises TorchError: if torch is not installed, or importing it would kill the process.
    """
    version = installed('torch')
    if version is None:
        if importlib.util.find_spec('torch') is None:
            raise TorchError(f'torch is not installed; {ADVICE}')
        return
    reason = refusal(version, platform.machine(), cpu_features())
    if reason:
        raise TorchError(reason)


def require_torchvision() -> None:
    """
    Call this before torchvision is imported.

    :raises TorchError: if it is not installed.
    """
    if installed('torchvision') is None and importlib.util.find_spec('torchvision') is None:
        torch = installed('torch')
        advice = torchvision_advice(torch) if torch else ADVICE
        raise TorchError(f'torchvision is not installed; {advice}')


def fits_torch(torchvision: str, torch: str) -> bool:
    """Return True if releases belong together: 0.15 and 2.0, 0.16 and 2.1, and so on."""
    return _numbers(torchvision) == _partner(torch)


def torchvision_advice(torch: str) -> str:
    """Return what to run for the torchvision that belongs to a release of torch."""
    major, minor = _partner(torch)
    return f"pip3 install 'torchvision=={major}.{minor}.*', which goes with torch {torch}"


def _numbers(version: str) -> tuple[int, int]:
    major, minor = re.findall(r'\d+', version)[:2]
    return int(major), int(minor)


def _partner(torch: str) -> tuple[int, int]:
    major, minor = _numbers(torch)
    return 0, minor + (15 if major >= 2 else 1)
