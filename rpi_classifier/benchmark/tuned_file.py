# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The parameter file that ``tune`` writes, and the model beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
import json
from pathlib import Path
import textwrap
from typing import Any

from rpi_classifier.benchmark.choose import Choice
from rpi_classifier.benchmark.trial import Trial
from rpi_classifier.benchmark.tune import TuneRequest
from rpi_classifier.benchmark.ways import absolute
from rpi_classifier.config import ClassifierConfig
from rpi_classifier.errors import ConfigError
from rpi_classifier.models.files import file_sha256, read_model_file, write_model_file
from rpi_classifier.models.load import FORMATS

_WIDTH = 95
# Lines that begin with blanks are commands, which are not wrapped.
_USE = """
Start with it:
  ros2 launch rpi_classifier classifier.launch.py params_file:={path}
The launch takes one file, and what is not in it has its default. If you have a file of your own, \
with the camera's settings, copy the lines below ros__parameters into its section of the \
classifier, in place of those of the same names; or give nodes that you start yourself both:
  --ros-args --params-file YOURS --params-file {path}
If you move the model, change its path below.
"""


def refuse_overwriting(output: Path, request: TuneRequest) -> None:
    """
    Refuse to overwrite what an earlier run wrote.

    :raises ConfigError: if there is a file that this run may write.
    """
    suffixes = [] if request.is_file else [one.suffix for one in FORMATS]
    for path in [output, *map(output.with_suffix, suffixes)]:
        if path.exists():
            raise ConfigError(f'output: {path} exists; use another name, or --force')


def write_tuned(output: Path, request: TuneRequest, choice: Choice, about: str) -> Path:
    """
    Copy the chosen model beside a parameter file, unless it is the user's own, and write both.

    :param about: the machine and the time.
    :returns: the model that the file names.
    :raises ModelError: if one of them cannot be written.
    """
    chosen = choice.trial
    model, sha256 = Path(chosen.job.model), request.model_options.get('model_sha256', '')
    if not request.is_file:
        _, data = read_model_file(chosen.job.model)
        model, sha256 = absolute(output.with_suffix(chosen.way.suffix)), file_sha256(data)
        write_model_file(data, model)
    parameters = {
        'model': str(model),
        'model_sha256': sha256,
        'runtime': chosen.way.runtime,
        'engine': chosen.way.engine,
        'kernels': chosen.way.kernels,
        'num_threads': chosen.job.threads,
        **_description(request),
    }
    comments = [f'Written by tune: {about}', *choice.reasons, _figures(chosen)]
    comments += _USE.strip().format(path=absolute(output)).splitlines()
    write_model_file(_as_yaml(parameters, comments).encode(), output)
    return model


def _figures(chosen: Trial) -> str:
    p50, p95, p99 = (chosen.paced.total_percentile_ms(percent) for percent in (50, 95, 99))
    cpu_ms = chosen.paced.cpu_ms_per_frame
    return (
        f'p50, p95, p99: {p50:.2f}, {p95:.2f}, {p99:.2f} ms; CPU {cpu_ms:.2f} ms a frame; ready '
        f'after {chosen.ready_s:.1f} s; {chosen.rss_mb:.0f} MB'
    )


def _description(request: TuneRequest) -> dict[str, Any]:
    """Return the parameters that describe a file of others, and are not at their defaults."""
    given = {name: value for name, value in request.model_options.items() if _is_own(name, value)}
    labels = given.get('labels')
    if isinstance(labels, str) and Path(labels).expanduser().is_file():
        given['labels'] = str(absolute(Path(labels)))
    return given


def _is_own(name: str, value: Any) -> bool:
    defaults = {one.name: one.default for one in fields(ClassifierConfig)}
    return name != 'model_sha256' and value != defaults[name]


def _as_yaml(parameters: dict[str, Any], comments: Sequence[str]) -> str:
    lines = [f'# {line}' for comment in comments for line in _wrapped(comment)]
    lines += ['/**/classifier:', '  ros__parameters:']
    # JSON is YAML: a name in quotes is never a number or a boolean.
    lines += [
        f'    {name}: {json.dumps(value, ensure_ascii=False)}'
        for name, value in parameters.items()
    ]
    return '\n'.join([*lines, ''])


def _wrapped(comment: str) -> list[str]:
    if comment.startswith(' '):
        return [comment]
    return textwrap.wrap(comment, _WIDTH, break_long_words=False, break_on_hyphens=False)
