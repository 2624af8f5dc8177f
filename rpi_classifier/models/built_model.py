# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Models of the zoo, built in a process of their own and kept as an exported file.

Torch never frees what it scripts, so the node only loads the file. The file suits all kernels and
numbers of threads, which are chosen when it is loaded. Every other thing that decides its content
is in its name, as a digest.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
import hashlib
import json
import os
from pathlib import Path
import tempfile
from typing import BinaryIO, TypeAlias

from rpi_classifier import errors
from rpi_classifier.config import ClassifierConfig
from rpi_classifier.cpu import cpu_features
from rpi_classifier.errors import ModelError
from rpi_classifier.models.build_cache import CachedBuild
from rpi_classifier.models.model import LoadedModel
from rpi_classifier.models.torchscript_archive import unpack_torchscript
from rpi_classifier.models.torchscript_file import load_exported
from rpi_classifier.models.zoo import inspect_weights
from rpi_classifier.probes.run_probe import ProbeResult, run_probe
from rpi_classifier.versions import versions

Tell: TypeAlias = 'Callable[[str], object]'

_LIMIT_S = 3600.0  # a slow network may have to bring the weights first
_ASK_DOCTOR = 'run: ros2 run rpi_classifier doctor'
_FREE_MEMORY = (  # Linux kills like this, and people do
    'free some memory, or run export_model on a larger machine and set model: /path/FILE.pt'
)
_PACKAGE = Path(__file__).resolve().parents[1]
_SOURCES = ('models', 'runtime')  # the rooms whose code decides what is built


def load_built(config: ClassifierConfig, tell: Tell) -> LoadedModel:
    """
    Load a model of the zoo from the cache, or build it and keep it there.

    :param tell: is told what happens, a sentence each.
    :raises WeightsError: if the weights are missing or damaged.
    :raises ModelError: if the model cannot be built, or does not work here.
    """
    digest, caution = _weights_of(config)
    entry = _entry_of(config, digest)
    model = _load_kept(entry, config, tell) if entry else None
    if model is None:
        tell(f'building {config.model} in a process of its own')
        content = build_in_own_process(config)
        model = _load(content, Path(config.model), config)
        entry = entry or _entry_of(config, _weights_of(config)[0])  # it downloads weights
        if entry and entry.keep(content):
            tell(f'{config.model} is kept as {entry.path} for the next start')
    cautions = [caution, _explain_trouble(entry), model.runtime.info.caution]
    model.runtime.info = replace(model.runtime.info, caution='; '.join(filter(None, cautions)))
    return replace(model, sha256='')


def build_in_own_process(config: ClassifierConfig) -> bytes:
    """
    Build what the config names in a process of its own, which ends with this one.

    :returns: the content of an exported file.
    :raises ModelError: as the process raises it, or if the process dies.
    """
    with _open_nameless_file() as file:
        request = {
            'model': config.model,
            'weights': config.weights,
            'engine': config.engine,
            'num_threads': config.num_threads,
            'output': file.fileno(),
            'parent': os.getpid(),
        }
        module = 'rpi_classifier.probes.build_probe'
        result = run_probe(
            '-m', module, json.dumps(request), limit_s=_LIMIT_S, descriptors=[file.fileno()]
        )
        _require_built(config.model, result)
        file.seek(0)
        return file.read()


def _weights_of(config: ClassifierConfig) -> tuple[str, str]:
    """Return what tells the weights from others, and a sentence if something is odd about them."""
    return ('random', '') if config.weights == 'random' else inspect_weights(config.model)


def _entry_of(config: ClassifierConfig, digest: str) -> CachedBuild | None:
    """Return the file of the cache; None if there is to be none, or nobody knows the weights."""
    if not (config.cache and digest):
        return None
    decided_by = [
        config.model,
        digest,
        config.engine,
        versions('torch', 'torchvision'),
        sorted(cpu_features()),
        _source_sha256(),
    ]
    key = hashlib.sha256(json.dumps(decided_by, sort_keys=True).encode()).hexdigest()
    return CachedBuild(f'{config.model}-{config.engine}-{key[:20]}.pt')


def _load_kept(entry: CachedBuild, config: ClassifierConfig, tell: Tell) -> LoadedModel | None:
    """Load the file of the cache; None if there is none that works."""
    content = entry.read()
    if content is None:
        return None
    try:
        model = _load(content, entry.path, config)
    except ModelError as error:
        tell(f'{error}; building it again')
        return None
    tell(f'{config.model} is loaded from {entry.path}')
    return model


def _load(content: bytes, path: Path, config: ClassifierConfig) -> LoadedModel:
    from rpi_classifier.runtime.torchscript import set_torch_threads

    metadata = unpack_torchscript(content, path)
    if metadata is None:
        raise ModelError(f'model {path} has no record')
    set_torch_threads(config.num_threads)  # loading warms up with as many
    return load_exported(content, path, config, metadata)


def _explain_trouble(entry: CachedBuild | None) -> str:
    if entry is None or not entry.trouble:
        return ''
    return (
        f'every start builds the model again, because {entry.trouble}; set XDG_CACHE_HOME to a '
        'folder of your own, or cache: false'
    )


def _source_sha256() -> str:
    """Return the digest of the code that builds: whoever changes it has the same version."""
    total = hashlib.sha256()
    for room in _SOURCES:
        for path in sorted((_PACKAGE / room).glob('*.py')):
            total.update(path.read_bytes())
    return total.hexdigest()


def _open_nameless_file() -> BinaryIO:
    """Open a file that nobody has to delete: in memory on Linux, where disks may be full."""
    if hasattr(os, 'memfd_create'):
        return os.fdopen(os.memfd_create('model'), 'w+b')
    return tempfile.TemporaryFile()  # type: ignore[return-value]


def _require_built(model: str, result: ProbeResult) -> None:
    values = result.values
    if 'error' in values:
        kind: type[Exception] = getattr(errors, values['error'])
        raise kind(values['message'])
    if not values.get('built'):
        failure = result.failure or 'ended without a word'
        advice = _FREE_MEMORY if failure.endswith('SIGKILL') else _ASK_DOCTOR
        raise ModelError(f'the process that builds {model} {failure}; {advice}')
