# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Torch: its release against this processor, and whether it works, asked in another process."""

from __future__ import annotations

from collections.abc import Iterator
import platform
import re

from rpi_classifier import board
from rpi_classifier.cpu import cpu_features
from rpi_classifier.doctor.check_result import ERROR, error, Finding, ok, Options, warn
from rpi_classifier.probes.run_probe import Answer, ask
from rpi_classifier.runtime import torch_releases
from rpi_classifier.runtime.torch_releases import ADVICE
from rpi_classifier.versions import installed

_MORE_TIME = 'give it more time with --limit, or leave it out with --skip torch'
_REINSTALL = f'install both again; on a Raspberry Pi 4: {ADVICE}'


def check(options: Options) -> Iterator[Finding]:
    """Check release, pair, import, int8 and fp32."""
    machine, version = platform.machine(), installed()
    own = release(version, machine, cpu_features(), board.model(options.root))
    yield own
    if version is None or own.severity == ERROR:  # another release is needed before all else
        return
    yield pair(version, installed('torchvision'))
    said = ask('-m', 'rpi_classifier.probes.torch_probe', limit_s=options.limit_s)
    yield from work(said)


def release(
    version: str | None, machine: str, features: frozenset[str], model: str | None
) -> Finding:
    """Say on which line of the table of releases this machine is; nothing is imported."""
    name = 'torch.release'
    if version is None:
        return error(name, 'torch is not installed', ADVICE)
    line = torch_releases.line_for(version, machine)
    what = f'torch {version} on {machine}: {line}'
    if torch_releases.refusal(version, machine, features):
        return error(name, f'{what}; the nodes refuse it here', ADVICE)
    if torch_releases.caution(version, machine, features):
        return warn(name, what, ADVICE)
    if 'Raspberry Pi' in (model or '') and (line.cuda or line.xnnpack is False):
        return warn(name, what, ADVICE)
    return ok(name, what)


def pair(torch: str, torchvision: str | None) -> Finding:
    """Say whether torchvision was made for this torch: 0.15 for 2.0, and so on in step."""
    name = 'torch.torchvision'
    if torchvision is None:
        return error(name, 'torchvision is not installed', _advice_for(torch))
    if _numbers(torchvision) != _partner(torch):
        what = f'torchvision {torchvision} was not made for torch {torch}'
        return warn(name, what, _advice_for(torch))
    return ok(name, f'torchvision {torchvision} goes with torch {torch}')


def work(said: Answer) -> Iterator[Finding]:
    """
    Say how far the probe came.

    :param said: what ``runtime.probe`` printed.
    """
    found = said.values
    for name in ('torch', 'torchvision'):
        if name not in found:
            if said.late:
                yield warn('torch.import', f'import {name} {said.failure}', _MORE_TIME)
                return
            yield error('torch.import', f'import {name} {_ended(said)}', _REINSTALL)
            return
    yield ok('torch.import', f'torch {found["torch"]} imports in {found["seconds"]:.1f} s')
    if said.late:
        yield warn('torch.engine', f'a first convolution {said.failure}', _MORE_TIME)
        return
    if 'engine' not in found:
        yield error('torch.engine', f'no int8 engine works: {_ended(said)}', _REINSTALL)
        return
    engines = ', '.join(found['engines'])
    yield ok('torch.engine', f'{found["engine"]} computes int8 (this torch has {engines})')
    if 'fp32' in found:
        yield ok('torch.fp32', 'fp32 convolutions and products work')
    else:
        what = f'an fp32 convolution {_ended(said)}; int8 models still run'
        yield warn('torch.fp32', what, _REINSTALL)


def _ended(said: Answer) -> str:
    return said.failure or 'ended early'


def _numbers(version: str) -> tuple[int, int]:
    major, minor = re.findall(r'\d+', version)[:2]
    return int(major), int(minor)


def _partner(torch: str) -> tuple[int, int]:
    major, minor = _numbers(torch)
    return 0, minor + (15 if major >= 2 else 1)


def _advice_for(torch: str) -> str:
    major, minor = _partner(torch)
    return f"pip3 install 'torchvision=={major}.{minor}.*', which goes with torch {torch}"
