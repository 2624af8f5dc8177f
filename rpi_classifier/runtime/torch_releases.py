# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Which releases of torch run on which processor, told without importing torch.

A Raspberry Pi 4 has a Cortex-A72: ARMv8.0, without the atomic instructions (LSE) of ARMv8.1.
The rows are what was seen of PyPI's wheels on such a processor, emulated.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
import importlib.metadata
import importlib.util
import platform
import re

from rpi_classifier.cpu import cpu_features
from rpi_classifier.errors import TorchError
from rpi_classifier.versions import installed

ADVICE = 'pip3 install torch==2.9.1 torchvision==0.24.1'


@dataclass(frozen=True)
class Build:
    """
    A row: releases ``first`` to ``last`` for aarch64; None means not tried.

    ``float_runs``: fp32 products and convolutions work on ARMv8.0 as well. ``xnnpack``: it has
    XNNPACK's int8 kernels. ``cuda``: it requires the CUDA toolkit, on a board without a GPU too.
    """

    first: tuple[int, ...]
    last: tuple[int, ...]
    runs_on_armv8_0: bool | None = None
    float_runs: bool | None = None
    xnnpack: bool | None = None
    cuda: bool | None = None
    note: str = ''

    def __str__(self) -> str:
        """Say in words what is known."""
        said = [
            _say(self.runs_on_armv8_0, 'runs on ARMv8.0', 'dies with SIGILL on ARMv8.0'),
            _say(self.float_runs, '', 'its BLAS dies in fp32 there'),
            _say(self.xnnpack, 'has XNNPACK int8 kernels', 'has no XNNPACK int8 kernels'),
            _say(self.cuda, 'requires the CUDA toolkit (several GB)', 'CPU build'),
            self.note,
        ]
        return ', '.join(part for part in said if part) or 'not tried'


AARCH64 = (
    Build(
        (2, 9, 1),
        (2, 9, 1),
        runs_on_armv8_0=True,
        float_runs=True,
        xnnpack=True,
        cuda=False,
        note='the one for a Raspberry Pi 4, with torchvision 0.24.1',
    ),
    Build((2, 10), (2, 10), runs_on_armv8_0=False, note='pytorch issue 176993'),
    Build((2, 11), (2, 11), runs_on_armv8_0=True, float_runs=False, xnnpack=True, cuda=True),
    Build((2, 12), (2, 14, 0), cuda=True, note='not tried on ARMv8.0'),
    Build((2, 14, 1), (2, 14, 1), runs_on_armv8_0=True, xnnpack=False, cuda=True),
)
_X86_64 = Build((0,), (9999,), note='no trouble known')
_NOT_TRIED = Build((0,), (9999,))


def line_for(version: str, machine: str) -> Build:
    """Return the row of a release, as '2.9.1' or '2.9.1+cpu'; one of Nones if it was not tried."""
    if machine != 'aarch64':
        return _X86_64 if machine == 'x86_64' else _NOT_TRIED
    numbers = _numbers(version)
    for build in AARCH64:
        if numbers >= build.first and numbers[: len(build.last)] <= build.last:
            return build
    return _NOT_TRIED


def refusal(version: str, machine: str, features: Collection[str]) -> str | None:
    """Say why importing this release would kill the process; None if it would not."""
    if line_for(version, machine).runs_on_armv8_0 is not False or 'atomics' in features:
        return None
    return (
        f'torch {version} ends with an illegal instruction on this processor, which is ARMv8.0 '
        f'without LSE atomics; {ADVICE}'
    )


def caution(version: str, machine: str, features: Collection[str]) -> str | None:
    """Say what of this release does not work on this processor; None if all that is known does."""
    if line_for(version, machine).float_runs is not False or 'atomics' in features:
        return None
    return (
        f'torch {version} from PyPI is a CUDA build whose BLAS dies in fp32 products and '
        f'convolutions on this processor (ARMv8.0); {ADVICE}'
    )


def check() -> None:
    """
    Call this before torch is imported.

    :raises TorchError: if there is no torch, or the import would kill the process.
    """
    version = installed()
    if version is None:
        if importlib.util.find_spec('torch') is None:
            raise TorchError(f'torch is not installed; {ADVICE}')
        return
    reason = refusal(version, platform.machine(), cpu_features())
    if reason:
        raise TorchError(reason)


def _say(known: bool | None, yes: str, no: str) -> str:
    return '' if known is None else yes if known else no


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r'\d+', version.split('+')[0])[:3])
