# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What a TorchScript file of others tells before and after it has been run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
import re

from rpi_classifier.errors import ModelError
from rpi_classifier.models.file_kind import identify
from rpi_classifier.models.file_kinds import KINDS
from rpi_classifier.models.files import file_sha256
from rpi_classifier.models.foreign_trial import ForeignTrial
from rpi_classifier.models.torchscript_contents import inspect_torchscript, TorchScriptContents
from rpi_classifier.models.zip_members import open_zip
from rpi_classifier.runtime.torch_warnings import torch_reason

_MOSTLY = 0.9
# What torch says about networks of others, and what helps.
_HINTS = (
    ('QU?Int8|QuantizedCPU', 'put a DeQuantStub between its int8 layers and its float layers'),
    ("'CPU' backend", 'put a QuantStub before its first int8 layer'),
    ('mat1 and mat2 shapes|size mismatch|shape .* is invalid', 'try another input_size'),
)


@dataclass(frozen=True)
class ForeignFile:
    """A file, what it holds, and whether the parameter model_sha256 names it."""

    path: Path
    data: bytes
    contents: TorchScriptContents
    pinned: bool

    @classmethod
    def open(cls, path: Path, data: bytes, *, pinned: bool) -> ForeignFile:
        """
        Look through a file that is known to be TorchScript.

        :raises ModelError: if it is damaged, cannot be loaded by any torch, or has code that
            nobody should run unasked.
        """
        contents = inspect_torchscript(open_zip(data, f'model {path}'))
        if contents.optimized:
            kind = KINDS['torchscript optimized']
            raise ModelError(f'model {path} is {kind.name}; {kind.advice}')
        if contents.on_files and not pinned:
            raise ModelError(
                f'model {path} reads or writes files whenever it runs; set model_sha256: '
                f'{file_sha256(data)} if you trust it'
            )
        return cls(path, data, contents, pinned)

    def explain(self, error: Exception, size: int) -> str:
        """Say what torch or the network raised, and what may be done about it."""
        reason, kind = torch_reason(error).rstrip('.'), identify(self.data)
        advice = f'it is {kind.name}, so {kind.advice}'
        if kind == KINDS['torchscript']:
            hints = (hint for pattern, hint in _HINTS if re.search(pattern, reason))
            advice = next(hints, f'export it for float32 images [1, 3, {size}, {size}]')
        return (
            f'model {self.path} cannot be run on a float image of {size}x{size}: {reason}; '
            f'{advice}'
        )

    def cautions(self, trial: ForeignTrial) -> list[str]:
        """Say what the file lacks, each in one sentence."""
        share, found = self.contents.int8_share, []
        if trial.why_not_compiled:
            found.append(f'it is slower, because it cannot be frozen ({trial.why_not_compiled})')
        if trial.constant:
            found.append(
                'it answers the same to different images, so it is untrained, or its input '
                'description is wrong'
            )
        if self.contents.in_training:
            found.append('it was traced in training mode; call network.eval() before tracing')
        if self.contents.on_files:
            found.append('it reads or writes files whenever it runs')
        if 0 < share < _MOSTLY:
            found.append(f'only {share:.0%} of its weights are int8')
        if not self.pinned:
            digest = file_sha256(self.data)
            found.append(f'the file may run any code; pin it with model_sha256: {digest}')
        return found
