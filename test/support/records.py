# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Records: a small one of a network that is none, and other ones for files that exist."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from rpi_classifier.input_spec import Quantization, Transform
from rpi_classifier.models.files import read_model_file, write_model_file
from rpi_classifier.models.load import format_of
from rpi_classifier.models.record import ModelMetadata

METADATA = ModelMetadata(
    'm',
    ('red', 'green'),
    Transform(size=32, resize=32),
    Quantization(0.5, 3),
    'cpu',
    'qnnpack',
    True,
    (np.ones(2, np.float32),) * 2,
)


def change_record(path: Path, **fields: Any) -> None:
    """Write other values into the record of an exported file."""
    path, data = read_model_file(str(path))
    file_format = format_of(str(path))
    metadata = file_format.read_metadata(data, path)
    assert metadata
    write_model_file(file_format.replace_record(data, path, replace(metadata, **fields)), path)
