# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Gives a model file of others the record that it lacks, so that a node needs nothing else.

The network stays what it is, byte for byte, and so does the format of its file.
"""

from __future__ import annotations

from collections.abc import Sequence
import os
from pathlib import Path

from rpi_classifier.config import ClassifierConfig
from rpi_classifier.errors import ConfigError, ModelError
from rpi_classifier.files.output_file import explain_unwritable
from rpi_classifier.models.file_format import FileFormat
from rpi_classifier.models.files import write_model_file
from rpi_classifier.models.label_entries import explain_bad_name
from rpi_classifier.models.load import check_model_options, format_of, FORMATS
from rpi_classifier.models.record import ModelMetadata

_PACKABLE = tuple(one.suffix for one in FORMATS if one.pack)


def pack_file(config: ClassifierConfig, output: Path) -> ModelMetadata:
    """
    Write a copy of a model file that describes itself.

    :param config: names the file, and describes it.
    :returns: what the copy says about itself.
    :raises ConfigError: if the output or an option does not suit the file; nothing is written
        then, nor if a ModelError is raised.
    :raises ModelError: if the file has a record, or cannot be loaded as the config describes it.
    """
    content, metadata = packed_content(config, check_packable(config, output), output)
    write_model_file(content, output)
    return metadata


def check_packable(config: ClassifierConfig, output: Path) -> FileFormat:
    """
    Compare a file that is to be packed with the path of the copy, before any work.

    :returns: the format of both.
    :raises ConfigError: if the path does not suit the file, or cannot be written.
    :raises ModelError: if there are no files of others in that format.
    """
    check_model_options(config)
    file_format = format_of(config.model)
    if file_format.pack is None:
        raise ModelError(
            f'model {config.model} cannot be packed, only {" and ".join(_PACKABLE)} files of '
            'others can; export the network as one of these'
        )
    stays = (
        f', but {config.model} keeps its format; a network of torch becomes either by '
        'rpi_classifier.pack in Python'
    )
    check_packed_path(output, [file_format.suffix], stays)
    if os.path.realpath(output) == os.path.realpath(config.model):
        raise ConfigError(f'output: {str(output)!r} is the file to be packed; name another one')
    return file_format


def check_packed_path(output: Path, suffixes: Sequence[str], why: str = '') -> None:
    """
    Check the path of a file to be written, and its name, which becomes that of the model.

    :param suffixes: what it may end in.
    :param why: it must, if that is not plain, and what to do.
    :raises ConfigError: if it cannot be used.
    """
    if output.suffix not in suffixes:
        raise ConfigError(f'output: {str(output)!r} does not end in {" or ".join(suffixes)}{why}')
    for reason in (explain_bad_name(output.stem), explain_unwritable(output)):
        if reason:
            raise ConfigError(f'output: {reason}')


def packed_content(
    config: ClassifierConfig, file_format: FileFormat, output: Path
) -> tuple[bytes, ModelMetadata]:
    """
    Return the content of the copy, which could be read again, and its record.

    :raises ModelError: if the file has a record, or cannot be loaded as the config describes it.
    """
    assert file_format.pack
    content = file_format.pack(config, output.stem)
    metadata = file_format.read_metadata(content, output)
    assert metadata
    return content, metadata
