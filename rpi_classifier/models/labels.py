# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The names of classes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rpi_classifier.errors import ModelError


def read_labels(path: Path) -> tuple[str, ...]:
    """
    Read a text file with one class name per line, in the order of the model's outputs.

    :raises ModelError: if the file cannot be read, is not text, or names no class.
    """
    try:
        names = tuple(line.strip() for line in path.read_text(encoding='utf-8').splitlines())
    except (OSError, UnicodeDecodeError) as error:
        raise ModelError(
            f'labels {path} cannot be read ({error}); give a UTF-8 text file'
        ) from error
    if not any(names):
        raise ModelError(f'labels {path} is empty; expected one class name per line')
    return names


def check_labels(labels: Sequence[str], classes: int) -> None:
    """
    Compare the number of names with the number of the model's outputs.

    :raises ModelError: if they differ.
    """
    if len(labels) != classes:
        raise ModelError(
            f'the model has {classes} classes but {len(labels)} labels; give one label per class'
        )
