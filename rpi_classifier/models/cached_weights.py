# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Checks cached weights against the sha256 in their name: torch.hub checks it only after a download.

torchvision names files after the first eight digits, as ``resnet50_fbgemm-23753f79.pth``. Weights
of one's own under such a name are accepted without a word if their sha256sum is beside them, in
NAME.pth.sha256.
"""

from __future__ import annotations

from pathlib import Path
import re

from rpi_classifier.errors import ModelError, WeightsError
from rpi_classifier.files.regular_file import read_regular_file
from rpi_classifier.models.files import file_sha256
from rpi_classifier.models.zip_members import open_zip, read_member

_HASH = re.compile(r'[-_]([0-9a-f]{8})\.pth$')
_MOST_BYTES, _MOST_WORD_BYTES = 1 << 30, 4096


def weights_sha256(path: Path) -> str:
    """
    Return the digest of a file of weights.

    :raises WeightsError: if the file cannot be read.
    """
    return file_sha256(read_regular_file(path, _MOST_BYTES, WeightsError))


def check_cached_weights(path: Path, digest: str = '') -> str:
    """
    Check a file of weights.

    :param digest: of the file, where it is known already.
    :returns: one sentence if they are not those that the name promises, but sound; else an empty
        string.
    :raises WeightsError: if the file cannot be read, is damaged, or differs from its
        NAME.pth.sha256.
    """
    digest = digest or weights_sha256(path)
    own = path.with_name(f'{path.name}.sha256')
    keep = f'if they are your own, run: cd {path.parent} && sha256sum {path.name} > {own.name}'
    if own.exists():
        words = read_regular_file(own, _MOST_WORD_BYTES, WeightsError).decode('ascii', 'replace')
        if words.split()[:1] != [digest]:
            raise WeightsError(
                f'{path} has sha256 {digest[:12]}..., which is not the one in {own.name}; restore '
                f'the file, or, {keep}'
            )
        return ''
    named = _HASH.search(path.name)
    if named is None or digest.startswith(named[1]):
        return ''
    if not _is_sound_zip(path):
        raise WeightsError(
            f'{path} cannot be loaded, because its sha256 is {digest[:12]}... and its name '
            f'promises {named[1]}...; delete the file to have it downloaded again, or, {keep}'
        )
    return (
        f"{path} does not hold torchvision's weights, its sha256 is {digest[:12]}... and its name "
        f'promises {named[1]}...; {keep}'
    )


def _is_sound_zip(path: Path) -> bool:
    """Return True if torch.save wrote the file as a zip archive, whose checksums are right."""
    try:
        archive = open_zip(read_regular_file(path, _MOST_BYTES, WeightsError), str(path))
        for name in archive.namelist():
            read_member(archive, name)
    except ModelError:
        return False
    return True
