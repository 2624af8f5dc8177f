# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What a file format of models consists of; ``load`` has the table of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rpi_classifier.config import ClassifierConfig
from rpi_classifier.models.model import LoadedModel
from rpi_classifier.models.record import ModelMetadata


@dataclass(frozen=True)
class ExportRequest:
    """
    A model of the zoo to be written as a file.

    ``engine`` is for formats that are packed for one, ``photos`` (files and folders) for those
    that are calibrated.
    """

    model: str
    output: Path
    weights: str = 'default'
    engine: str = 'auto'
    photos: tuple[Path, ...] = ()


@dataclass(frozen=True)
class FileFormat:
    """
    One file format and its runtime.

    ``suffix`` ends the names of its files, ``runtime`` is the parameter's value. The parameters
    ``determined`` by a file must keep their defaults. ``export`` uses the fields ``export_takes``
    of a request. ``read_metadata`` checks the content of a file without running it and returns its
    record, None if it has none. Functions import their runtime only when they are called; it
    imports torch if it ``needs_torch``.
    """

    suffix: str
    runtime: str
    load: Callable[[ClassifierConfig], LoadedModel]
    export: Callable[[ExportRequest], ModelMetadata]
    read_metadata: Callable[[bytes, Path], ModelMetadata | None]
    determined: tuple[str, ...] = ()
    export_takes: tuple[str, ...] = ()
    needs_torch: bool = True
