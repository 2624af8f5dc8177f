# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The class unknown, which comes first if no class is likely enough."""

from pathlib import Path

from hypothesis import given, strategies
from hypothesis.extra.numpy import arrays
import numpy as np
import pytest
from support.colours import colour_image

from rpi_classifier.config import ClassifierConfig
from rpi_classifier.errors import ConfigError
from rpi_classifier.inference.classifier import Classifier, Prediction
from rpi_classifier.inference.smoothing import Smoother
from rpi_classifier.inference.unknown import make_unknown, UnknownClass

EXPORTED = Path(__file__).resolve().parent.parent / 'fixtures' / 'v0.1' / 'colours.pt'
PROBABILITIES = arrays(
    np.float32, strategies.integers(1, 20), elements=strategies.floats(0, 1, width=32)
)
GREY = np.full((48, 64, 3), 40, np.uint8)  # a third for each class
YELLOW = np.full((48, 64, 3), (0, 200, 220), np.uint8)  # red to 71 %, green to 29 %


@pytest.fixture(scope='module')
def colours():
    return Classifier.load(ClassifierConfig(model=str(EXPORTED)))


def with_unknown(classifier, below, **values):
    config = ClassifierConfig(model=str(EXPORTED), unknown_below=below, **values)
    return classifier.with_classes(config)


@given(PROBABILITIES, strategies.floats(0.01, 1.0))
def test_unknown_is_the_most_likely_class_or_has_no_probability(probabilities, below):
    found = UnknownClass(below, len(probabilities)).append(probabilities)
    best, unknown = probabilities.max(), found[-1]
    assert found[:-1].tolist() == probabilities.tolist()
    assert 0 <= unknown <= 1
    if float(best) < below:
        assert unknown == pytest.approx(max(1 - best, best))
        assert unknown >= found[:-1].max()
    else:
        assert unknown == 0


@given(
    image=arrays(np.uint8, (4, 4, 3)),
    below=strategies.floats(0.01, 1.0),
    top_k=strategies.integers(1, 5),
    threshold=strategies.floats(0, 1),
)
def test_results_stay_sorted_with_at_most_top_k_classes_after_unknown(
    colours, image, below, top_k, threshold
):
    plain = colours.classify(image, top_k, threshold).predictions
    best = colours.classify(image, 1).predictions[0].score
    found = with_unknown(colours, below).classify(image, top_k, threshold).predictions
    scores = [prediction.score for prediction in found]
    assert scores == sorted(scores, reverse=True)
    if best < below:
        first, *others = found
        assert (first.index, first.label) == (-1, 'unknown')
        assert tuple(others) == plain
        assert len(found) <= top_k + 1
    else:
        assert found == plain


def test_without_the_parameter_nothing_is_added(colours):
    other = with_unknown(colours, 0.0)
    assert (other.labels, list(other.indices), other.known) == (colours.labels, [0, 1, 2], 3)
    assert len(other.classify(GREY).probabilities) == 3
    assert make_unknown(0.0, 'm', ('unknown',)) is None


def test_it_is_named_after_all_others_and_has_the_index_minus_1(colours):
    other = with_unknown(colours, 0.9)
    assert other.labels == ('red', 'green', 'blue', 'unknown')
    assert (list(other.indices), other.known) == ([0, 1, 2, -1], 3)
    assert other.prediction(3, 0.5) == Prediction(-1, 'unknown', 0.5)


def test_best_class_counts_among_those_that_take_part(colours):
    red = colour_image(0)
    assert with_unknown(colours, 0.9).classify(red).predictions[0].label == 'red'
    chosen = with_unknown(colours, 0.9, classes=('green', 'blue'))
    assert [one.label for one in chosen.classify(red).predictions] == ['unknown', 'green', 'blue']
    assert chosen.indices == (1, 2, -1)
    joined = with_unknown(colours, 0.9, class_aliases='{warm: [red, green]}')
    assert joined.classify(YELLOW).predictions[0].label == 'warm'
    assert with_unknown(colours, 0.9).classify(YELLOW).predictions[0].label == 'unknown'


def test_score_is_the_best_ones_if_that_is_more_than_a_half(colours):
    first, second, *_ = with_unknown(colours, 0.9).classify(YELLOW).predictions
    assert first.score == second.score == pytest.approx(0.714, abs=0.01)
    assert with_unknown(colours, 0.7).classify(YELLOW).predictions[0].label == 'red'
    first, *_ = with_unknown(colours, 0.9).classify(GREY).predictions
    assert first.score == pytest.approx(2 / 3, abs=1e-6)


def test_score_threshold_leaves_out_others_only(colours):
    (only,) = with_unknown(colours, 0.9).classify(GREY, score_threshold=1.0).predictions
    assert only.label == 'unknown'


def test_model_that_has_such_a_class_is_refused_until_it_is_renamed(colours):
    said = (
        r"^unknown_below: 0\.9 adds a class 'unknown', which colours has already; set it to 0, or "
        r'rename that class by class_aliases, as in \{other: \[unknown\]\}$'
    )
    with pytest.raises(ConfigError, match=said):
        with_unknown(colours, 0.9, class_aliases='{unknown: [red, blue]}')
    with pytest.raises(ConfigError, match='which m has already'):
        make_unknown(0.5, 'm', ('cat', 'unknown'))


def test_unknown_becomes_stable_and_is_left_as_other_classes_are(colours):
    config = ClassifierConfig(smoothing_window=1.0, min_duration=0.5)
    classifier, smoother = with_unknown(colours, 0.5), Smoother()

    def show(image, seconds):
        names = []
        for _ in range(int(seconds * 10)):
            show.now_ns += 10**8
            evidence = classifier.evidence(classifier.classify(image).probabilities)
            if smoother.update(evidence, show.now_ns, config):
                stable = smoother.stable
                names.append(None if stable is None else classifier.labels[stable])
        return names

    show.now_ns = 10**12
    assert show(colour_image(0), 1) == ['red']
    assert show(GREY, 0.3) == []  # a flicker
    assert show(colour_image(0), 1) == []
    assert show(GREY, 5)[-1] == 'unknown'
    assert smoother.score == pytest.approx(2 / 3, abs=0.02)
    assert show(colour_image(2), 3)[-1] == 'blue'
