# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The model file that is brought to a robot, and what it asks of the robot's parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rpi_classifier.config import ClassifierConfig
from rpi_classifier.config.class_words import parse_aliases, parse_classes
from rpi_classifier.config.model import DESCRIPTION
from rpi_classifier.config.normalize import normalize
from rpi_classifier.errors import ConfigError, ModelError
from rpi_classifier.files.paths import describe_path
from rpi_classifier.inference.class_selection import select_classes
from rpi_classifier.models.files import file_sha256, read_model_file
from rpi_classifier.models.load import determined_options, format_of, FORMATS
from rpi_classifier.models.record import ModelMetadata
from rpi_classifier.region import parse_region

_SELECTION = ('classes', 'class_aliases')
_FIELDS = ClassifierConfig.__dataclass_fields__


@dataclass(frozen=True)
class ModelFile:
    """A model file with a record: its content, its digest, and what it says about itself."""

    path: Path
    data: bytes
    sha256: str
    metadata: ModelMetadata

    @property
    def names(self) -> tuple[str, str]:
        """Return the name that the file shall have, and the one if another file has that."""
        path = self.path
        return path.name, f'{path.stem}-{self.sha256[:8]}{path.suffix}'


def read_model_to_deploy(path: Path) -> ModelFile:
    """
    Read a model file and check it.

    :raises ConfigError: if its name is not that of a model file.
    :raises ModelError: if it cannot be read, is damaged, or has no record.
    """
    suffixes = [one.suffix for one in FORMATS]
    if path.suffix not in suffixes:
        raise ConfigError(f'--model: {str(path)!r} does not end in {" or ".join(suffixes)}')
    if not path.name.isprintable():
        raise ConfigError(f'--model: {path.name!r} cannot stand in a parameter file; rename it')
    _, data = read_model_file(str(path))
    metadata = format_of(path.name).read_metadata(data, path)
    if metadata is None:
        raise ModelError(
            f'model {describe_path(path)} has no record of its labels and its input; pack it with '
            'export_model, and deploy that file'
        )
    return ModelFile(path, data, file_sha256(data), metadata)


def contradictions(model: ModelFile, given: Mapping[str, Any]) -> dict[str, str]:
    """
    Return the parameters that cannot stay as they are, each with the reason.

    They must return to their defaults, or the node would refuse the model.

    :param given: what a parameter file gives to the node, as YAML has it; parameters that are not
        the classifier's are ignored.
    """
    known = {name: value for name, value in given.items() if name in _FIELDS}
    values = {name: normalize(_FIELDS[name], value) for name, value in known.items()}
    own = 'the file brings its own'
    reasons = dict.fromkeys(DESCRIPTION, own)
    reasons |= dict.fromkeys(
        determined_options(f'/model{model.path.suffix}'), 'it is not for such a file'
    )
    found = {
        name: reason
        for name, reason in reasons.items()
        if name in values and values[name] != _FIELDS[name].default
    }
    runtime = format_of(model.path.name).runtime
    if values.get('runtime', 'auto') not in ('auto', runtime):
        found['runtime'] = f'{runtime} runs the file'
    return found | _missing_classes(model.metadata, values)


def _missing_classes(metadata: ModelMetadata, values: Mapping[str, Any]) -> dict[str, str]:
    """Return which of the parameters that choose classes name one that the model lacks."""
    reason = ''
    for dropped in ((), ('classes',), ('class_aliases',)):
        kept = {name: values.get(name, '') for name in _SELECTION if name not in dropped}
        try:
            select_classes(
                metadata.name,
                metadata.labels,
                parse_classes(kept.get('classes', '')),
                parse_aliases(kept.get('class_aliases', '')),
            )
        except ConfigError as error:
            reason = reason or str(error)
        else:
            return dict.fromkeys(dropped, reason)
    return dict.fromkeys(_SELECTION, reason)


def explain_region(metadata: ModelMetadata, given: Mapping[str, Any]) -> str:
    """
    Return that another region than that of the model stays set; empty if none does.

    :param given: as for ``contradictions``.
    """
    text = str(normalize(_FIELDS['region'], given.get('region', '')))
    try:
        same = not text or parse_region(text) == parse_region(metadata.region)
    except ConfigError:  # the node will say so
        same = True
    if same or not metadata.region:
        return ''
    return (
        f'region: {text!r} stays, though the model was trained on {metadata.region}; delete it '
        'there to use that of the model'
    )


def default_of(name: str) -> Any:
    """Return the default of a parameter of the classifier."""
    return _FIELDS[name].default
