# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Checks of torch: its release for this processor, and what works, tried in another process."""

from __future__ import annotations

from collections.abc import Iterator
import platform

from rpi_classifier.board import model_name
from rpi_classifier.cpu import cpu_features, lacks_atomics
from rpi_classifier.doctor.check_result import (
    CheckResult,
    ERROR,
    error,
    ok,
    Options,
    skipped,
    warn,
)
from rpi_classifier.models.load import format_of
from rpi_classifier.probes.run_probe import ProbeResult, run_probe
from rpi_classifier.runtime.torch_releases import (
    ADVICE,
    fits_torch,
    lookup,
    refusal,
    torchvision_advice,
)
from rpi_classifier.versions import installed

_MORE_TIME = 'give it more time with --limit, or leave it out with --skip torch'
_REINSTALL = f'install both again; on a Raspberry Pi 4: {ADVICE}'


def check_torch(options: Options) -> Iterator[CheckResult]:
    """Check the release, its torchvision, the import, and networks of int8 and fp32."""
    machine, version = platform.machine(), installed('torch')
    if not format_of(options.model).needs_torch:
        yield skipped('torch.release', f'{options.model} needs no torch')
        return
    release = check_release(version, machine, cpu_features(), model_name(options.root))
    yield release
    if version is None or release.severity == ERROR:  # only another release helps
        return
    yield check_torchvision(version, installed('torchvision'))
    probe = run_probe('-m', 'rpi_classifier.probes.torch_probe', limit_s=options.limit_s)
    yield from check_steps(probe)


def check_release(
    version: str | None, machine: str, features: frozenset[str], model: str | None
) -> CheckResult:
    """Check a release against the table of releases, without importing it."""
    name = 'torch.release'
    if version is None:
        return error(name, 'torch is not installed', ADVICE)
    release = lookup(version, machine)
    what = f'torch {version} on {machine}: {release.about}'
    if refusal(version, machine, features):
        return error(name, f'{what}; the nodes refuse it here', ADVICE)
    fp32_dies = release.fp32_dies and lacks_atomics(machine, features)
    if fp32_dies or (release.unfit_for_pi and 'Raspberry Pi' in (model or '')):
        return warn(name, what, ADVICE)
    return ok(name, what)


def check_torchvision(torch: str, torchvision: str | None) -> CheckResult:
    """Check whether torchvision belongs to this torch: 0.15 to 2.0, 0.16 to 2.1, and so on."""
    name = 'torch.torchvision'
    if torchvision is None:
        return error(name, 'torchvision is not installed', torchvision_advice(torch))
    if not fits_torch(torchvision, torch):
        what = f'torchvision {torchvision} was not made for torch {torch}'
        return warn(name, what, torchvision_advice(torch))
    return ok(name, f'torchvision {torchvision} goes with torch {torch}')


def check_steps(probe: ProbeResult) -> Iterator[CheckResult]:
    """
    Check how far torch came.

    :param probe: the result of ``torch_probe``.
    """
    found = probe.values
    for name in ('torch', 'torchvision'):
        if name not in found:
            if probe.late:
                yield warn('torch.import', f'import {name} {probe.failure}', _MORE_TIME)
                return
            yield error('torch.import', f'import {name} {_ended(probe)}', _REINSTALL)
            return
    yield ok('torch.import', f'torch {found["torch"]} imports in {found["seconds"]:.1f} s')
    if probe.late:
        yield warn('torch.engine', f'a first convolution {probe.failure}', _MORE_TIME)
        return
    if 'engine' not in found:
        yield error('torch.engine', f'no int8 engine works: {_ended(probe)}', _REINSTALL)
        return
    engines = ', '.join(found['engines'])
    yield ok('torch.engine', f'{found["engine"]} computes int8 (this torch has {engines})')
    if 'fp32' in found:
        yield ok('torch.fp32', 'fp32 convolutions and products work')
    else:
        what = f'an fp32 convolution {_ended(probe)}; int8 models still run'
        yield warn('torch.fp32', what, _REINSTALL)


def _ended(probe: ProbeResult) -> str:
    return probe.failure or 'ended early'
