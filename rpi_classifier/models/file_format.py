# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What a file format of models consists of; ``load`` has the table of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rpi_classifier.config import ClassifierConfig
from rpi_classifier.models.model import LoadedModel, Model
from rpi_classifier.models.record import ModelMetadata
from rpi_classifier.runtime import torch_releases


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
    imports torch if it ``needs_torch``. ``write`` writes an int8 model of torch, packed for an
    engine if the format is; None if the format quantizes float models in its own way.
    ``replace_record`` returns the content of such a file with another record and the same network.
    ``require_export`` raises ModelError where this machine cannot write the format. ``pack``
    returns the content of a file of others with a record of that name; None if the format has no
    such files.
    """

    suffix: str
    runtime: str
    load: Callable[[ClassifierConfig], LoadedModel]
    export: Callable[[ExportRequest], ModelMetadata]
    read_metadata: Callable[[bytes, Path], ModelMetadata | None]
    replace_record: Callable[[bytes, Path, ModelMetadata], bytes]
    determined: tuple[str, ...] = ()
    export_takes: tuple[str, ...] = ()
    needs_torch: bool = True
    write: Callable[[Model, Path, str], ModelMetadata] | None = None
    require_export: Callable[[], None] = torch_releases.require_torch
    pack: Callable[[ClassifierConfig, str], bytes] | None = None
