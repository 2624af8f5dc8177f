# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The ways to run a network that this package knows: the table of what ``tune`` compares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
import importlib.util
import os
from pathlib import Path
import platform

from rpi_classifier.models.load import FORMATS
from rpi_classifier.models.record import ModelMetadata

_THREADS = (1, 2, 4)


@dataclass(frozen=True)
class Way:
    """
    A runtime with its settings; ``engine`` and ``kernels`` are the parameters of the classifier.

    ``packages`` run a file, ``exporters`` write it in addition. Without ``machines`` it is for
    all of them.
    """

    runtime: str
    packages: tuple[str, ...]
    engine: str = 'auto'
    kernels: str = 'auto'
    exporters: tuple[str, ...] = ()
    machines: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """Return the name in tables, as ``torchscript/xnnpack``."""
        parts = (self.runtime, self.engine if self.kernels == 'auto' else self.kernels)
        return '/'.join(part for part in parts if part != 'auto')

    @property
    def suffix(self) -> str:
        """Return what its files end in."""
        return next(one.suffix for one in FORMATS if one.runtime == self.runtime)

    @property
    def file_name(self) -> str:
        """Return the name of the file to export; ways of one engine share it."""
        return f'{self.runtime}_{self.engine}{self.suffix}'

    def missing(self, *, export: bool) -> str:
        """Return the packages that are not installed, or an empty string."""
        needed = self.packages + (self.exporters if export else ())
        return ', '.join(name for name in needed if not importlib.util.find_spec(name))


REFERENCE = Way('torchscript', ('torch',), 'qnnpack', 'qnnpack')
WAYS = (
    REFERENCE,
    Way('torchscript', ('torch',), 'qnnpack', 'xnnpack'),
    Way('torchscript', ('torch',), 'onednn'),
    Way('torchscript', ('torch',), 'x86', machines=('x86_64',)),
    Way('onnx', ('onnxruntime',), exporters=('torch', 'onnx')),
    Way('executorch', ('torch', 'executorch'), exporters=('torchao',)),
)


def ways_of(runtimes: Sequence[str]) -> list[Way]:
    """Return the ways of some runtimes that this kind of machine may have."""
    here = [way for way in WAYS if not way.machines or platform.machine() in way.machines]
    return [way for way in here if way.runtime in runtimes]


def ways_of_file(runtime: str, metadata: ModelMetadata | None) -> list[Way]:
    """
    Return the ways to run a file.

    :param metadata: its record, which may say what engine it was packed for.
    """
    ways = ways_of([runtime])
    if metadata and not metadata.foreign and runtime == 'torchscript':
        return [way for way in ways if way.engine == metadata.engine]
    return ways


def thread_numbers() -> list[int]:
    """Return the numbers of threads to compare on this machine."""
    cores = len(os.sched_getaffinity(0))
    return [number for number in _THREADS if number <= cores]


def absolute(path: Path) -> Path:
    """Return a path that a node finds from any folder."""
    return path.expanduser().absolute()
