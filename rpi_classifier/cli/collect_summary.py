# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What collect says: sentences while it works, and the classes at its end."""

from __future__ import annotations

from pathlib import Path
import sys

from rpi_classifier.collect.class_folders import count_photos, thin_classes
from rpi_classifier.wording import printable_path

_CLEAR_LINE = '\r\x1b[K'  # of a terminal, where the progress bar is


def tell(sentence: str) -> None:
    """Print a sentence beside the output."""
    clear = _CLEAR_LINE if sys.stderr.isatty() else ''
    print(f'{clear}collect: {sentence}', file=sys.stderr, flush=True)


def print_classes(folder: Path) -> None:
    """Print how many photos each class of a folder has, and which classes are thin."""
    counts = count_photos(folder)
    thin = thin_classes(counts)
    for name, count in counts.items():
        print(f'{count:6} {printable_path(name)}{"  (thin)" if name in thin else ""}')
    if thin:
        print('thin: take more photos of these, from other sides and in other light')
