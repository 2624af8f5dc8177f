# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Writes a network of torch that was trained elsewhere as a file that describes itself.

It is exported as its author would export it, into a temporary folder. What ``pack`` makes of that
file must answer as the network itself does.
"""

from __future__ import annotations

from collections.abc import Iterable, KeysView, Mapping, Sequence, Set
from dataclasses import replace
import json
from numbers import Integral, Real
import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TYPE_CHECKING
import warnings

from rpi_classifier.config import ClassifierConfig
from rpi_classifier.config.model_words import is_model_path
from rpi_classifier.errors import ConfigError, ModelError
from rpi_classifier.files.paths import expand_path
from rpi_classifier.models.file_format import FileFormat
from rpi_classifier.models.files import write_model_file
from rpi_classifier.models.labels import given_labels, parse_labels
from rpi_classifier.models.load import format_of, FORMATS
from rpi_classifier.models.metadata_schema import LONGEST_CAUTION
from rpi_classifier.models.outputs import check_deterministic, check_scores
from rpi_classifier.models.pack import check_packed_path, pack_file, packed_content
from rpi_classifier.runtime import torch_releases
from rpi_classifier.runtime.base import Logits
from rpi_classifier.runtime.known_answer import (
    faint_images,
    known_images,
    largest_distance,
    largest_spread,
    plain_images,
    SAME_NETWORK,
    TOLERANCE,
)

if TYPE_CHECKING:
    from torch import nn

_CALLER = 4  # frames up to the program that calls pack
_RANDOM = (
    'although it is in eval mode; take what is random out of its forward, such as '
    'functional.dropout without training=self.training'
)
_SUFFIXES = tuple(one.suffix for one in FORMATS if one.pack)


def pack_any(network: Any, path: str | os.PathLike[str], description: Mapping[str, Any]) -> Path:
    """
    Write a network, or a copy of a model file, with a record.

    :param network: a module of torch, or the path of a FILE.pt or FILE.onnx.
    :param description: the parameters of the node that describe it; None for a default.
    :returns: the path of the file that was written.
    :raises ConfigError: if the path or the description cannot be used.
    :raises ModelError: if the network cannot be exported, or is not one for classification.
    """
    parameters = _parameters(description)
    output = Path(expand_path(os.fspath(path), 'output'))
    if isinstance(network, (str, os.PathLike)):
        model = expand_path(os.fspath(network), 'network')
        model = model if is_model_path(model) else f'./{model}'
        pack_file(ClassifierConfig(model=model, **parameters), output)
    else:
        _pack_module(_require_module(network), output, parameters)
    return output


def _parameters(description: Mapping[str, Any]) -> dict[str, Any]:
    """Return values as the config takes them: lists of Python's own types."""
    given = {name: value for name, value in description.items() if value is not None}
    if 'labels' in given:
        given['labels'] = _in_order(given['labels'])
    for name in ('input_size', 'input_resize'):
        if isinstance(given.get(name), Integral):
            given[name] = int(given[name])
    for name, kind in (('labels', str), ('input_mean', float), ('input_std', float)):
        value: Any = given.get(name)
        value = value.tolist() if hasattr(value, 'tolist') else value
        if isinstance(value, Iterable) and not isinstance(value, str):
            # What is not of that kind stays, and is refused with a sentence.
            given[name] = [kind(one) if isinstance(one, (kind, Real)) else one for one in value]
    return given


def _in_order(labels: Any) -> Any:
    """Return labels as a list or a path; of a dict, by its indices, whichever way it maps."""
    if isinstance(labels, os.PathLike):
        return os.fspath(labels)
    if isinstance(labels, Set) and not isinstance(labels, KeysView):
        raise ConfigError(f'labels: a {type(labels).__name__} has no order; give a list')
    if not isinstance(labels, Mapping):
        return labels
    plain = {
        str(key): int(one) if isinstance(one, Integral) else one for key, one in labels.items()
    }
    try:
        return list(parse_labels(json.dumps(plain)))
    except (ModelError, TypeError, ValueError) as error:
        raise ConfigError(
            f'labels: {error}; give a list, or a dict of indices and names such as class_to_idx'
        ) from error


def _require_module(network: Any) -> nn.Module:
    torch_releases.require_torch()
    from torch import nn

    if not isinstance(network, nn.Module):
        raise ConfigError(
            f'network: {type(network).__name__!r} is neither a torch.nn.Module nor the path of a '
            'FILE.pt or FILE.onnx; export it to ONNX, and give the path of that file'
        )
    return network


def _pack_module(network: nn.Module, output: Path, parameters: Mapping[str, Any]) -> None:
    check_packed_path(output, _SUFFIXES)
    # Refuses what cannot be right before anything is exported.
    config = ClassifierConfig(model=f'./{output.name}', **parameters)
    if not config.labels:
        raise ConfigError('labels: there are none; give the names of the classes')
    given_labels(config.labels)
    if not config.input_transform().size:
        raise ConfigError('input_size: 0 is not the side of an image; give that of the training')
    file_format = format_of(output.name)
    file_format.require_export()
    from rpi_classifier.models.plain_torch import plain_torch

    with plain_torch():
        content, caution = _exported(network, output, config, file_format)
    write_model_file(content, output)
    if caution:
        warnings.warn(f'{output}: {caution}', stacklevel=_CALLER)


def _exported(
    network: nn.Module, output: Path, config: ClassifierConfig, file_format: FileFormat
) -> tuple[bytes, str]:
    """Return the content of the file, and a sentence if something is odd about it."""
    from rpi_classifier.models.export_foreign import ExportableNetwork

    transform = config.input_transform()
    known, more = known_images(transform.size), plain_images(transform.size)
    more += faint_images(transform.size)
    exportable = ExportableNetwork(network, transform.size, given_labels(config.labels))
    answers = [check_scores(one) for one in exportable.answers(transform, known)]
    check_deterministic(answers, exportable.answers(transform, known), _RANDOM)
    with TemporaryDirectory(prefix='pack-') as folder:
        file = Path(folder) / output.name
        caution = exportable.write(file)
        try:
            content, metadata = packed_content(
                replace(config, model=str(file)), file_format, output
            )
        except ModelError as error:
            raise ModelError(str(error).replace(str(file), str(output))) from error
        _require_same(answers, metadata.answers, exportable.is_int8)
        # The image may decide which way it goes, and the known images may go the same way.
        answers += [check_scores(one) for one in exportable.answers(transform, more)]
        written = exportable.answers_of(file, transform, [*known, *more])
        _require_same(answers, written, exportable.is_int8, largest_spread(answers))
    if caution:
        cautions = '; '.join(filter(None, (caution, metadata.caution)))
        cautious = replace(metadata, caution=cautions[:LONGEST_CAUTION])
        content = file_format.replace_record(content, output, cautious)
    return content, caution


def _require_same(
    answers: Sequence[Logits], packed: Sequence[Logits], is_int8: bool, usual_spread: float = 0.0
) -> None:
    """
    Compare the scores of a network with those of the file.

    :raises ModelError: if they differ by more than two runtimes do.
    """
    worst = largest_distance(packed, answers, usual_spread)
    if not worst <= (TOLERANCE if is_int8 else SAME_NETWORK):  # NaN fails too
        raise ModelError(
            f'the file answers differently from the network, off by {worst:.2f} of its spread; '
            'the branches of its forward may depend on the image: choose by torch.where, not by '
            'if, or export it by torch.jit.script, and pack that file'
        )
