# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What evaluate prints and writes, once all photos are classified."""

from __future__ import annotations

import argparse
from collections.abc import Callable
import json
from pathlib import Path
import sys
from typing import Any

from rpi_classifier.cli.command import write_output
from rpi_classifier.errors import ModelError, OutputError
from rpi_classifier.models.files import file_sha256, read_model_file
from rpi_classifier.models.temperature import set_temperature
from rpi_classifier.training.confusion_plot import draw_confusion
from rpi_classifier.training.evaluation import Evaluation
from rpi_classifier.training.evaluation_json import evaluation_json
from rpi_classifier.training.evaluation_text import evaluation_text
from rpi_classifier.training.wrong_photos import copy_wrong


def output_evaluation(options: argparse.Namespace, found: Evaluation) -> int:
    """
    Write what the options ask for, and print the evaluation, even if something is not written.

    :param options: of ``evaluate_options``.
    :returns: the exit status: 1 if something could not be written, else 2 if photos could not be
        used.
    """
    failures: list[str] = []
    if options.confusion:
        _try(lambda: _draw(options.confusion, found), failures)
    if options.wrong:
        _try(lambda: copy_wrong('wrong', found.predictions.results, options.wrong), failures)
    stored = _try(lambda: _store(found), failures)
    if options.json:
        print(json.dumps({**evaluation_json(found), 'stored': stored}, indent=1))
    else:
        print(evaluation_text(found))
        if stored:
            print('\nstored in {model}, model_sha256 {model_sha256}'.format(**stored))
    unreadable = _unreadable(found)
    for sentence in unreadable + failures:
        print(f'evaluate: {sentence}', file=sys.stderr)
    if failures:
        return 1
    return 2 if unreadable else 0


def _try(write: Callable[[], Any], failures: list[str]) -> Any:
    """Return what writing returns; None if it fails, whose reason the failures have then."""
    try:
        return write()
    except OutputError as error:
        failures.append(str(error))
        return None


def _unreadable(found: Evaluation) -> list[str]:
    """Return sentences about the photos that were left out; one of both models comes once."""
    unknown = found.unknown.unreadable if found.unknown else ()
    there = found.comparison.unreadable if found.comparison else ()
    return [
        *found.predictions.unreadable,
        *unknown,
        *(f'against {found.against}: {failure}' for failure in there),
    ]


def _draw(path: Path, found: Evaluation) -> None:
    title = f'{Path(found.model).name}\n{found.accuracy}'
    picture, missing = draw_confusion(found.confusion, found.shown_labels, title)
    write_output('confusion', path, picture)
    if missing:
        told = f'confusion: no font here has {missing[:20]}; install one that has'
        print(f'evaluate: {told}', file=sys.stderr)


def _store(found: Evaluation) -> dict[str, Any] | None:
    """
    Write the temperature into the file, which then has another digest.

    :raises OutputError: if the file cannot be written; it is as before then.
    """
    if found.recalibration is None or found.recalibration.kept:
        return None
    temperature = found.recalibration.temperature
    try:
        set_temperature(Path(found.model), temperature)
        _, content = read_model_file(found.model)
    except ModelError as error:
        raise OutputError(
            f'calibrate: temperature {temperature:g} is not stored, but the printed scores and '
            f'thresholds are those with it: {error}; repeat the command when that is mended'
        ) from error
    return {
        'model': found.model,
        'temperature': temperature,
        'model_sha256': file_sha256(content),
    }
