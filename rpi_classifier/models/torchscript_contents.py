# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What a TorchScript archive holds, told from its text and its pickles; none of it runs."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
import re
import zipfile

from rpi_classifier.models.pickle_scan import scan_pickle
from rpi_classifier.models.zip_members import read_member

_INT8 = ('QInt8Storage', 'QUInt8Storage')
_HALF = ('HalfStorage', 'BFloat16Storage')
_FLOAT = ('FloatStorage', 'DoubleStorage', *_HALF)
_MOST_CONSTANTS = 16  # numbers of the code, which torch keeps in double precision
_ON_GPU = re.compile(rb'torch\.device\("(cuda|mps|xpu|hip)[:"]')
_MKLDNN = re.compile(rb'ops\.prim\.ConstantMKLDNNTensor\(')
_ON_FILES = re.compile(
    rb'torch\.(save|load|from_file)\(|ops\.\w+\.(save|load|from_file|read_file|write_file)\('
)
# Python's tracer writes the mode of the network into the code.
_IN_TRAINING = re.compile(
    rb'torch\.(feature_)?(alpha_)?dropout_?\([^()]*, True\)|'
    rb'torch\.batch_norm\([^()]*(?<!None), True, [0-9.e+-]+, [0-9.e+-]+, (True|False)\)'
)
_CODE = {
    'on_gpu': _ON_GPU,
    'on_files': _ON_FILES,
    'in_training': _IN_TRAINING,
    'optimized': _MKLDNN,
}


@dataclass(frozen=True)
class TorchScriptContents:
    """
    What matters for running an archive on a CPU.

    ``elements`` counts the weights of each type of storage. The code makes tensors on another
    device if ``on_gpu``, reads or writes files if ``on_files``, and drops or normalizes values as
    in training if ``in_training``. It is ``optimized`` if torch.jit.optimize_for_inference left
    constants behind that no file can hold.
    """

    elements: dict[str, int]
    on_gpu: bool = False
    on_files: bool = False
    in_training: bool = False
    optimized: bool = False

    @property
    def int8_share(self) -> float:
        """Return how much of the weights is int8, from 0 to 1."""
        int8 = self._count(_INT8)
        return int8 / max(1, int8 + self._count(_FLOAT))

    @property
    def unusual_floats(self) -> str:
        """Return ``half`` or ``double`` if most floats are; else an empty string."""
        most = max(_MOST_CONSTANTS, self._count(_FLOAT) / 2)
        if self._count(_HALF) > most:
            return 'half'
        return 'double' if self._count(('DoubleStorage',)) > most else ''

    def _count(self, kinds: tuple[str, ...]) -> int:
        return sum(self.elements.get(kind, 0) for kind in kinds)


def inspect_torchscript(archive: zipfile.ZipFile) -> TorchScriptContents:
    """
    Look through an archive that ``open_zip`` opened.

    :raises ModelError: if it is damaged.
    """
    elements: Counter[str] = Counter()
    found = dict.fromkeys(_CODE, False)
    for name in archive.namelist():
        inner = name.partition('/')[2]
        if inner in ('data.pkl', 'constants.pkl'):
            elements.update(scan_pickle(read_member(archive, name)).elements)
        elif inner.startswith('code/') and inner.endswith('.py'):
            code = read_member(archive, name)
            for what, pattern in _CODE.items():
                found[what] = found[what] or bool(pattern.search(code))
    return TorchScriptContents(dict(elements), **found)
