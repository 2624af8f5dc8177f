# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What is said about a model: classes, confusion, thresholds, in text and in JSON."""

from dataclasses import replace
import json
from pathlib import Path

import numpy as np
import pytest

from rpi_classifier.config import ClassifierConfig
from rpi_classifier.training.comparison import compare_predictions
from rpi_classifier.training.evaluation import Evaluation
from rpi_classifier.training.evaluation_json import evaluation_json
from rpi_classifier.training.evaluation_text import evaluation_text
from rpi_classifier.training.predictions import NO_CLASS, Predictions
from rpi_classifier.training.recalibration import recalibrate, with_temperature

LABELS = ('cup', 'ball', '猫', 'dog')
TRUTH = [0, 0, 0, 1, 1, 2]
GUESSES = [0, 0, 1, 1, 1, 1]
SCORES = [0.9, 0.8, 0.6, 0.95, 0.85, 0.7]


def predictions(truth=TRUTH, guesses=GUESSES, scores=SCORES, labels=LABELS):
    """Return predictions whose other classes share what the best one leaves."""
    rows = np.repeat((1 - np.array([scores]).T) / (len(labels) - 1), len(labels), axis=1)
    rows[np.arange(len(truth)), guesses] = scores
    paths = tuple(Path(f'/photos/{index}.jpg') for index in range(len(truth)))
    return Predictions(labels, paths, np.array(truth), rows.astype(np.float32))


@pytest.fixture
def found():
    return Evaluation('mine.onnx', 'mine, onnx, cpu', predictions(), 0.95)


def others(scores):
    return predictions([NO_CLASS] * len(scores), [3] * len(scores), scores)


def test_classes_that_are_nowhere_are_told_and_not_counted(found):
    assert found.shown_labels == ['cup', 'ball', '猫']
    assert found.without_photos == ['dog']
    assert found.confusion.tolist() == [[2, 1, 0], [0, 2, 0], [0, 1, 0]]


def test_wrong_photos_have_the_most_certain_first(found):
    assert [(one.path.name, one.truth, one.guess) for one in found.wrong] == [
        ('5.jpg', '猫', 'ball'),
        ('2.jpg', 'cup', 'ball'),
    ]


def test_top_5_counts_only_where_there_are_more_classes(found):
    assert found.among_best is None
    labels = tuple('abcdefg')
    many = predictions([0, 1], [1, 1], [0.9, 0.9], labels)
    many.probabilities[0] = [0.01, 0.3, 0.2, 0.15, 0.14, 0.1, 0.1]
    assert replace(found, predictions=many).among_best.right == 1


def test_suggestions_are_parameters_that_the_node_takes(found):
    for precision in (0.5, 0.7, 0.95):
        given = replace(found, precision=precision).suggestions
        ClassifierConfig(**given)
    assert 0.7 < found.suggestions['score_threshold'] <= 0.8
    assert found.unknown_below == found.suggestions['score_threshold']
    low = predictions([0, 0], [0, 1], [0.3, 0.28])
    assert replace(found, predictions=low).suggestions['leave_threshold'] < 0.3
    ClassifierConfig(**replace(found, predictions=low).suggestions)


def test_photos_of_other_things_count_as_wrong_for_thresholds_only(found):
    disturbed = replace(found, unknown=others([0.88]))
    assert disturbed.accuracy == found.accuracy
    assert disturbed.threshold.value > 0.88
    assert disturbed.threshold.photos == 7
    assert disturbed.others == []
    assert 'other things at or above the threshold: 0 of 1' in evaluation_text(disturbed)
    sure = replace(found, unknown=others([0.7, 0.96]), precision=0.5)
    assert [one.score for one in sure.others] == pytest.approx([0.96, 0.7])
    assert '/photos/1.jpg: taken for dog (96.0 %)' in evaluation_text(sure)


def test_unknown_below_is_chosen_by_enough_photos_of_other_things(found):
    few = replace(found, unknown=others([0.5] * 19))
    assert few.unknown_below == few.threshold.value
    assert 'too few photos of other things: 19' in evaluation_text(few)
    many = replace(found, unknown=others([0.5] * 20))
    assert 0.5 < many.unknown_below <= 0.8
    assert 'below it are 20 of 20 photos of other things, and 0 of 4' in evaluation_text(many)


def test_other_things_that_the_class_other_takes_are_right(found):
    taken = predictions([3] * 21, [3] + [0] * 20, [0.99] + [0.5] * 20)
    mixed = replace(found, unknown=taken)
    assert mixed.threshold.kept.right == found.threshold.kept.right + 1
    assert 0.5 < mixed.unknown_below <= 0.8
    text = evaluation_text(mixed)
    assert '20 of 20 photos of other things that are taken for a class, and 0 of 4' in text
    assert '1 of 21 are taken for dog; for another class at or above the threshold: 0' in text
    low = evaluation_text(replace(mixed, precision=0.1))
    assert 'for another class at or above the threshold: 20\n  /photos/1.jpg: taken for' in low
    few = replace(found, unknown=predictions([3, 3], [3, 0], [0.9, 0.5]))
    assert 'too few photos of other things that are taken for a class: 1' in evaluation_text(few)


def test_text_has_every_figure(found):
    text = evaluation_text(found)
    assert 'accuracy: 66.7 %, 4 of 6 photos' in text
    assert 'without photos: 1 of 4 classes (dog)' in text
    assert '| cup   |      3 |     2 |  66.7 % |   100.0 % | 0.800 |' in text
    assert '| 1 cup  |    2 |    1 |    . |' in text
    assert 'expected calibration error: 30.0 %' in text
    assert '/photos/5.jpg: 猫, taken for ball (70.0 %)' in text
    assert '4 of 4 photos' in text
    assert '2 of 6 are below it' in text


def test_text_says_when_no_threshold_suffices(found):
    bad = replace(found, predictions=predictions([0, 0], [1, 1], [0.9, 0.8]))
    assert evaluation_text(bad).endswith('no threshold makes 95 % of the results right here')
    assert bad.suggestions == {}
    assert 'unknown_below' not in evaluation_text(bad)


def test_perfect_model_has_nothing_wrong(found):
    good = replace(found, predictions=predictions(guesses=TRUTH))
    assert 'no photo is wrong' in evaluation_text(good)
    assert 'no threshold is needed for 95 % right results: 100.0 %, 6 of' in evaluation_text(good)
    assert good.suggestions == {'score_threshold': 0.0}


def test_text_of_many_classes_has_the_worst_ones(found):
    labels = tuple(f'class {index}' for index in range(60))
    truth = list(range(50))
    many = predictions(truth, [59, *truth[1:]], [0.9] * 50, labels)
    text = evaluation_text(replace(found, predictions=many))
    assert 'the 20 worst of 50 classes with photos' in text
    assert '| class 0  |      1 |     0 |' in text
    assert 'too large for a table' in text


def test_json_has_everything_and_no_nan(found):
    other = predictions(guesses=[0, 0, 0, 1, 1, 0])
    comparison = compare_predictions(found.predictions, other)
    full = replace(found, against='other.pt', against_way='m, onnx, cpu', comparison=comparison)
    content = json.loads(json.dumps(evaluation_json(full), allow_nan=False))
    assert content['accuracy']['right'] == 4
    assert content['confusion']['counts'][0] == [2, 1, 0]
    assert content['classes'][2] == {
        'label': '猫', 'photos': 1, 'guessed': 0, 'right': 0,
        'precision': None, 'recall': 0.0, 'f1': 0.0,
    }  # fmt: skip
    assert [one['photos'] for one in content['calibration']['bins']][5:] == [1, 1, 1, 2, 1]
    assert content['photos'][2]['guess'] == 'ball'
    assert content['against']['worse'] == 1
    assert content['against']['p'] == 1.0
    assert content['against']['runs'] == 'm, onnx, cpu'
    assert content['against']['unreadable'] == []
    assert 'better' in evaluation_text(full)
    assert 'against other.pt (m, onnx, cpu): 66.7 % here' in evaluation_text(full)


def overconfident(photos=200):
    """Return predictions of four classes that claim 97 % and are right for 74 %."""
    truth = [index % 4 for index in range(photos)]
    guesses = [(own + (index % 16 < 4)) % 4 for index, own in enumerate(truth)]
    return predictions(truth, guesses, [0.97] * photos)


@pytest.mark.parametrize('kind', ['logits', 'probabilities', 'sigmoid'])
def test_temperature_makes_scores_as_high_as_the_accuracy(kind):
    fitted = recalibrate(overconfident(), kind, 1.0)
    assert fitted.kept == ''
    assert fitted.temperature > 2
    assert fitted.error_before == pytest.approx(0.23, abs=0.001)
    assert fitted.error_after < 0.05
    after = with_temperature(overconfident(), kind, fitted.temperature)
    assert after.scores.mean() == pytest.approx(0.74, abs=0.02)
    assert np.array_equal(after.guesses, overconfident().guesses)


def test_temperature_is_relative_to_that_of_the_record():
    from_one = recalibrate(overconfident(), 'logits', 1.0)
    from_two = recalibrate(overconfident(), 'logits', 2.0)
    assert from_two.temperature == pytest.approx(2 * from_one.temperature, rel=1e-3)
    settled = with_temperature(overconfident(), 'logits', from_one.temperature)
    again = recalibrate(settled, 'logits', from_one.temperature)
    assert again.temperature == pytest.approx(from_one.temperature, rel=0.01)


def test_few_photos_keep_the_temperature_and_say_so():
    fitted = recalibrate(overconfident(49), 'logits', 1.5)
    assert fitted.temperature == 1.5
    assert fitted.kept == '49 photos are too few to fit it; give 50 or more'


def test_scores_of_0_and_1_can_be_calibrated():
    sure = predictions([0] * 60, [0] * 50 + [1] * 10, [1.0] * 60)
    for kind in ('logits', 'sigmoid'):
        fitted = recalibrate(sure, kind, 1.0)
        assert 1 < fitted.temperature <= 20


def test_unknown_below_is_not_suggested_where_the_node_refuses_it(found):
    named = replace(found, predictions=predictions(labels=('cup', 'ball', 'unknown', 'dog')))
    assert named.unknown_below is None
    assert 'unknown_below: not possible, the model has a class unknown' in evaluation_text(named)
