# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""An evaluation for programs, as what JSON can hold; NaN becomes null."""

from __future__ import annotations

from dataclasses import asdict
import math
from typing import Any

from rpi_classifier.training.accuracy import ClassScore, Share
from rpi_classifier.training.comparison import Comparison
from rpi_classifier.training.evaluation import Evaluation
from rpi_classifier.training.predictions import Predictions
from rpi_classifier.wording import printable_path


def evaluation_json(evaluation: Evaluation) -> dict[str, Any]:
    """Return the object that --json prints; shares, scores and errors are from 0 to 1."""
    found = {
        'model': evaluation.model,
        'runs': evaluation.way,
        'accuracy': _share(evaluation.accuracy),
        'top5': _share(evaluation.among_best) if evaluation.among_best else None,
        'classes': [_class(one) for one in evaluation.classes],
        'classes_without_photos': evaluation.without_photos,
        'confusion': {
            'labels': evaluation.shown_labels,
            'counts': evaluation.confusion.tolist(),
        },
        'calibration': _calibration(evaluation),
        'photos': _photos(evaluation.predictions),
        'photos_of_other_things': _others(evaluation),
        'unreadable': list(evaluation.predictions.unreadable),
        'suggested': _suggested(evaluation),
        'against': None,
    }
    if evaluation.comparison:
        found['against'] = {
            'model': evaluation.against,
            'runs': evaluation.against_way,
            **_comparison(evaluation.comparison),
        }
    return found


def _others(evaluation: Evaluation) -> list[dict[str, Any]]:
    results = evaluation.unknown.results if evaluation.unknown else ()
    return [
        {'photo': printable_path(one.path), 'guess': one.guess, 'score': one.score}
        for one in results
    ]


def _photos(predictions: Predictions) -> list[dict[str, Any]]:
    return [
        {
            'photo': printable_path(one.path),
            'class': one.truth,
            'guess': one.guess,
            'score': one.score,
            'right': one.right,
        }
        for one in predictions.results
    ]


def _share(share: Share) -> dict[str, Any]:
    low, high = share.interval
    return {
        'right': share.right,
        'photos': share.photos,
        'value': _number(share.value),
        'low': low,
        'high': high,
    }


def _class(one: ClassScore) -> dict[str, Any]:
    means = {name: _number(getattr(one, name)) for name in ('precision', 'recall', 'f1')}
    return {**asdict(one), **means}


def _calibration(evaluation: Evaluation) -> dict[str, Any]:
    bins = [
        {name: _number(value) for name, value in asdict(one).items()} for one in evaluation.bins
    ]
    fitted = asdict(evaluation.recalibration) if evaluation.recalibration else None
    return {
        'expected_calibration_error': _number(evaluation.calibration_error),
        'bins': bins,
        'recalibration': fitted,
    }


def _suggested(evaluation: Evaluation) -> dict[str, Any]:
    threshold = evaluation.threshold
    return {
        'precision': evaluation.precision,
        **evaluation.suggestions,
        'unknown_below': evaluation.unknown_below,
        'at_or_above': _share(threshold.kept) if threshold else None,
    }


def _comparison(comparison: Comparison) -> dict[str, Any]:
    return {
        'ours': _share(comparison.ours),
        'theirs': _share(comparison.theirs),
        'better': comparison.better,
        'worse': comparison.worse,
        'p': comparison.p_value,
        'changes': [
            {
                'photo': printable_path(one.path),
                'class': one.truth,
                'ours': one.ours,
                'theirs': one.theirs,
            }
            for one in comparison.changes
        ],
        'unreadable': list(comparison.unreadable),
    }


def _number(value: float) -> float | None:
    return None if math.isnan(value) else value
