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
_ON_GPU = re.compile(rb'torch\.device\("(cuda|mps|xpu|hip)[:"]')
_MKLDNN = b'ops.prim.ConstantMKLDNNTensor()'


@dataclass(frozen=True)
class TorchScriptContents:
    """
    What matters for running an archive on a CPU.

    ``elements`` counts the weights of each type of storage. ``on_gpu`` is True if the code makes
    tensors on another device, ``optimized`` if torch.jit.optimize_for_inference left constants
    behind that no file can hold.
    """

    elements: dict[str, int]
    on_gpu: bool = False
    optimized: bool = False

    @property
    def int8_share(self) -> float:
        """Return how much of the weights is int8, from 0 to 1."""
        int8 = self._count(_INT8)
        return int8 / max(1, int8 + self._count(_FLOAT))

    @property
    def unusual_floats(self) -> str:
        """Return ``half`` or ``double`` if most floats are; else an empty string."""
        most = self._count(_FLOAT) / 2
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
    on_gpu = optimized = False
    for name in archive.namelist():
        inner = name.partition('/')[2]
        if inner in ('data.pkl', 'constants.pkl'):
            elements.update(scan_pickle(read_member(archive, name)).elements)
        elif inner.startswith('code/') and inner.endswith('.py'):
            code = read_member(archive, name)
            on_gpu = on_gpu or bool(_ON_GPU.search(code))
            optimized = optimized or _MKLDNN in code
    return TorchScriptContents(dict(elements), on_gpu, optimized)
