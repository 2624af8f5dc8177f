# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The temperature in the record of an exported file, which calibrates its probabilities."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from rpi_classifier.errors import ModelError
from rpi_classifier.models.files import read_model_file, write_model_file
from rpi_classifier.models.load import format_of
from rpi_classifier.models.metadata_schema import LEAST_TEMPERATURE, MOST_TEMPERATURE


def set_temperature(path: Path, value: float) -> None:
    """
    Write a temperature to the record of an exported file; its network stays as it is.

    The file as a whole has another sha256 afterwards. It is replaced completely or not at all.

    :param path: FILE.pt, FILE.onnx or FILE.pte, as export_model or train writes them.
    :raises ModelError: if the value is out of range, or the file is damaged, has no record or
        cannot be written.
    """
    if not LEAST_TEMPERATURE <= value <= MOST_TEMPERATURE:
        raise ModelError(
            f'temperature: {value:g} is not a number from {LEAST_TEMPERATURE:g} to '
            f'{MOST_TEMPERATURE:g}'
        )
    path, data = read_model_file(str(path))
    file_format = format_of(str(path))
    metadata = file_format.read_metadata(data, path)
    if metadata is None:
        raise ModelError(
            f'model {path} has no record that could keep a temperature; export it with '
            'export_model first'
        )
    if metadata.temperature != value:
        changed = replace(metadata, temperature=float(value))
        write_model_file(file_format.replace_record(data, path, changed), path)
