# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""An evaluation for people: paragraphs with tables in Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
import math

from rpi_classifier.benchmark.table import aligned
from rpi_classifier.collect.class_folders import shorten_list
from rpi_classifier.inference.unknown import UNKNOWN
from rpi_classifier.training.accuracy import Share
from rpi_classifier.training.calibration import Bin
from rpi_classifier.training.comparison import Comparison
from rpi_classifier.training.evaluation import BEST, Evaluation
from rpi_classifier.training.recalibration import Recalibration
from rpi_classifier.wording import printable_path

_MOST_CLASSES = 40  # in the table of classes; of more, those with photos that are found worst
_WORST = 20
_MOST_IN_MATRIX = 12
_MOST_PHOTOS = 20  # in a list
_ALL = '--json has all'


def evaluation_text(evaluation: Evaluation) -> str:
    """Return the whole evaluation as text."""
    paragraphs = [
        _head(evaluation),
        _classes(evaluation),
        _matrix(evaluation),
        _calibration(evaluation),
        _wrong(evaluation),
        _thresholds(evaluation),
        _others(evaluation),
    ]
    if evaluation.comparison:
        other = f'{evaluation.against} ({evaluation.against_way})'
        paragraphs.append(_comparison(evaluation.comparison, other))
    return '\n\n'.join(filter(None, paragraphs))


def percent(share: float) -> str:
    """Return a share from 0 to 1 as percent; a dash for NaN."""
    return '-' if math.isnan(share) else f'{100 * share:.1f} %'


def _head(evaluation: Evaluation) -> str:
    lines = [
        f'{evaluation.model} ({evaluation.way}), photos of {printable_path(evaluation.folder)}',
        f'accuracy: {evaluation.accuracy}',
    ]
    if evaluation.among_best:
        lines.append(f'among the best {BEST}: {evaluation.among_best}')
    if missing := evaluation.without_photos:
        names, total = shorten_list(missing), len(evaluation.predictions.labels)
        lines.append(f'without photos: {len(missing)} of {total} classes ({names})')
    return '\n'.join(lines)


def _classes(evaluation: Evaluation) -> str:
    rows = evaluation.classes
    title = ''
    if len(rows) > _MOST_CLASSES:
        with_photos = [one for one in rows if one.photos]
        rows = sorted(with_photos, key=lambda one: one.f1)[:_WORST]
        title = f'the {len(rows)} worst of {len(with_photos)} classes with photos; {_ALL}\n\n'
    lines = [['class', 'photos', 'right', 'recall', 'precision', 'F1']]
    lines += [
        [
            one.label,
            str(one.photos),
            str(one.right),
            percent(one.recall),
            percent(one.precision),
            f'{one.f1:.3f}',
        ]
        for one in rows
    ]
    return title + aligned(lines, {0})


def _matrix(evaluation: Evaluation) -> str:
    labels = evaluation.shown_labels
    if len(labels) > _MOST_IN_MATRIX:
        return f'confusion matrix: too large for a table; {_ALL}, --confusion draws it'
    lines = [['class', *(f'as {place}' for place in range(1, len(labels) + 1))]]
    for place, (label, counts) in enumerate(zip(labels, evaluation.confusion.tolist()), 1):
        lines.append([f'{place} {label}', *(str(count or '.') for count in counts)])
    return 'photos of a class (rows) and what they were taken for (columns)\n\n' + aligned(
        lines, {0}
    )


def _calibration(evaluation: Evaluation) -> str:
    lines = [['score', 'photos', 'mean score', 'right']]
    lines += [_bin(one) for one in evaluation.bins if one.photos]
    text = f'expected calibration error: {percent(evaluation.calibration_error)}'
    if evaluation.recalibration:
        text = _temperature(evaluation.recalibration)
    return f'{text}\n\n{aligned(lines, {0})}'


def _bin(one: Bin) -> list[str]:
    limits = f'{one.low:.1f} to {one.high:.1f}'
    return [limits, str(one.photos), percent(one.mean_score), percent(one.accuracy)]


def _temperature(found: Recalibration) -> str:
    if found.kept:
        return (
            f'temperature: stays {found.former:g}, because {found.kept}; expected calibration '
            f'error: {percent(found.error_before)}'
        )
    return (
        f'temperature: {found.temperature:g} (it was {found.former:g}), fitted to {found.photos} '
        f'photos; expected calibration error: {percent(found.error_before)} before, '
        f'{percent(found.error_after)} after on photos that it was not fitted to (five folds)'
    )


def _wrong(evaluation: Evaluation) -> str:
    wrong = evaluation.wrong
    if not wrong:
        return 'no photo is wrong'
    lines = [
        f'  {printable_path(one.path)}: {one.truth}, taken for {one.guess} ({percent(one.score)})'
        for one in wrong
    ]
    return '\n'.join([f'wrong, the most certain first: {len(wrong)}', *_first(lines)])


def _thresholds(evaluation: Evaluation) -> str:
    lines = [_explain_threshold(evaluation)]
    lines += [f'  {name}: {value:.6g}' for name, value in evaluation.suggestions.items()]
    if UNKNOWN in evaluation.predictions.labels:
        lines.append(f'  unknown_below: not possible, the model has a class {UNKNOWN}')
    if evaluation.unknown_below is not None:
        lines.append(f'  unknown_below: {evaluation.unknown_below:.6g}{_basis(evaluation)}')
    return '\n'.join(lines)


def _explain_threshold(evaluation: Evaluation) -> str:
    wanted, found = f'{100 * evaluation.precision:g} %', evaluation.threshold
    if found is None:
        counted = ', photos of other things included' if evaluation.unknown else ''
        return f'no threshold makes {wanted} of the results right here{counted}'
    if not found.value:
        return f'no threshold is needed for {wanted} right results: {found.kept} are right'
    below = found.photos - found.kept.photos
    return (
        f'suggested for {wanted} right results: at or above the threshold {found.kept} are right; '
        f'{below} of {found.photos} are below it'
    )


def _basis(evaluation: Evaluation) -> str:
    value, unknown = evaluation.unknown_below, evaluation.unknown
    if unknown is None or value is None:
        return '  # as score_threshold, without photos of other things (--unknown FOLDER)'
    other = evaluation.mistaken_scores
    taken = ' that are taken for a class' if unknown.right.any() else ''
    if not evaluation.separates_unknown:
        return f'  # as score_threshold; too few photos of other things{taken}: {len(other)}'
    known = evaluation.predictions.scores
    right = known[evaluation.predictions.right]
    below = Share(int((other < value).sum()), len(other))
    lost = Share(int((right < value).sum()), len(right))
    return (
        f'  # below it are {below.right} of {below.photos} photos of other things{taken}, and '
        f'{lost.right} of {lost.photos} that are classified right'
    )


def _others(evaluation: Evaluation) -> str:
    if evaluation.unknown is None:
        return ''
    found, total = evaluation.others, len(evaluation.unknown.paths)
    where = ' at or above the threshold' if evaluation.threshold else ''
    lines = [
        f'  {printable_path(one.path)}: taken for {one.guess} ({percent(one.score)})'
        for one in found
    ]
    head = f'photos of other things{where}: {len(found)} of {total}'
    if right := int(evaluation.unknown.right.sum()):
        name = evaluation.unknown.results[0].truth
        head = f'photos of other things: {right} of {total} are taken for {name}; '
        head += f'for another class{where}: {len(found)}'
    return '\n'.join([head, *_first(lines)])


def _comparison(comparison: Comparison, against: str) -> str:
    lines = [
        f'against {against}: {percent(comparison.ours.value)} here, '
        f'{percent(comparison.theirs.value)} there, of {comparison.ours.photos} photos',
        f'another class: {len(comparison.changes)} photos, {comparison.better} better and '
        f'{comparison.worse} worse (exact McNemar test: p = {comparison.p_value:.3g})',
    ]
    changes = [
        f'  {printable_path(one.path)}: {one.truth}, {one.ours} here, {one.theirs} there'
        for one in comparison.changes
    ]
    return '\n'.join([*lines, *_first(changes)])


def _first(lines: Sequence[str]) -> Iterator[str]:
    yield from lines[:_MOST_PHOTOS]
    if len(lines) > _MOST_PHOTOS:
        yield f'  and {len(lines) - _MOST_PHOTOS} more; {_ALL}'
