# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Photos with the same content, found by size and hash; no image is decoded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
import hashlib
from pathlib import Path

from rpi_classifier.errors import ImageError
from rpi_classifier.files.regular_file import open_regular_file, size_of

_CHUNK = 1 << 20


def contents_of(photos: Iterable[Path]) -> dict[Path, str]:
    """
    Return a key for each photo; photos with the same content have the same key.

    Only files that share their size with another one are read. A file that cannot be read is like
    no other; whoever decodes it reports it.
    """
    by_size: dict[int, list[Path]] = defaultdict(list)
    for path in dict.fromkeys(photos):
        by_size[size_of(path)].append(path)
    return {
        path: _digest(path) if len(paths) > 1 else str(path)
        for paths in by_size.values()
        for path in paths
    }


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    try:
        with open_regular_file(path, ImageError) as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
    except (ImageError, OSError):
        return str(path)
    return digest.hexdigest()
