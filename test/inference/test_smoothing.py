# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""From the classes of single images to a stable one, against sequences worked out by hand."""

import math

from hypothesis import given
from hypothesis import strategies as st
import numpy as np
import pytest

from rpi_classifier.config import ClassifierConfig
from rpi_classifier.errors import ConfigError
from rpi_classifier.inference.smoothing import Smoother

HALF = math.log(2)  # s: after so long, half of a window of 1 s is forgotten


def config(**values):
    """Return a config with the window of 1 s that the sequences are worked out for."""
    return ClassifierConfig(
        **{
            'smoothing_window': 1.0,
            'enter_threshold': 0.6,
            'leave_threshold': 0.4,
            'min_duration': 0.0,
            **values,
        }
    )


def play(images, settings, step_s=HALF):
    """Show images, one every ``step_s``; return the stable class and its score after each."""
    smoother = Smoother()
    states = []
    for number, probabilities in enumerate(images):
        smoother.update(np.array(probabilities), 10**18 + round(number * step_s * 1e9), settings)
        states.append((smoother.stable, round(smoother.score, 6)))
    return states


CAT, DOG, DIM = (1.0, 0.0), (0.0, 1.0), (0.5, 0.5)


def test_smoothed_probability_halves_the_distance_every_time_the_window_says():
    # alpha = 1 - exp(-ln 2 / 1) = 1/2. cat: 1, then 1 + (0.5 - 1) / 2 = 0.75, 0.625, 0.5625 ...
    assert play([CAT, DIM, DIM, DIM], config()) == [(0, 1), (0, 0.75), (0, 0.625), (0, 0.5625)]


def test_images_twice_as_far_apart_count_twice_as_much():
    # alpha = 1 - exp(-2 ln 2) = 3/4. cat: 1, 1 - 0.75 * 0.5 = 0.625: as two halves above.
    assert play([CAT, DIM], config(), step_s=2 * HALF) == [(0, 1), (0, 0.625)]


def test_class_stays_between_the_thresholds_and_another_follows_when_it_falls_below():
    # cat: 1, 0.5 (below enter, above leave: stays), 0.25 (below leave). dog: 0, 0.5, 0.75.
    assert play([CAT, DOG, DOG], config()) == [(0, 1), (0, 0.5), (1, 0.75)]


def test_none_is_stable_when_a_class_is_left_and_no_other_is_likely_enough():
    # cat: 1, 0.5, 0.25; the others get a quarter and then three eighths each.
    rest = (0.0, 0.5, 0.5)
    assert play([(1.0, 0.0, 0.0), rest, rest], config()) == [(0, 1), (0, 0.5), (None, 0)]


def test_flicker_of_single_images_changes_nothing():
    # At a quarter of ln 2 alpha is 1 - 2 ** -0.25 = 0.1591, so that DOG multiplies by 0.8409 and
    # CAT adds 0.1591 to that: 1, 0.8409, 0.8662, 0.7284, 0.7716.
    states = play([CAT, DOG, CAT, DOG, CAT], config(), step_s=HALF / 4)
    assert [stable for stable, _ in states] == [0] * 5
    assert [score for _, score in states] == pytest.approx(
        [1, 0.8409, 0.8662, 0.7284, 0.7716], abs=1e-4
    )


def test_class_must_reach_the_threshold_for_the_whole_duration():
    # At 0, 0.5, 1.0 and 1.5 s; one second is over at the third.
    settings = config(min_duration=1.0)
    states = play([CAT] * 4, settings, step_s=0.5)
    assert states == [(None, 0), (None, 0), (0, 1), (0, 1)]


def test_duration_starts_again_after_a_moment_below_the_threshold():
    # cat at steps of ln 2 = 0.69 s: 1, 0.5 (below 0.6: starts again), 0.75, 0.875, 0.9375. At the
    # third image it begins to count, 0.69 s later it is too early for 1 s, 1.39 s later it is not.
    settings = config(min_duration=1.0)
    states = play([CAT, DOG, CAT, CAT, CAT], settings)
    assert [stable for stable, _ in states] == [None, None, None, None, 0]


def test_most_likely_of_several_that_are_ripe_is_chosen():
    assert play([(0.3, 0.45)], config(enter_threshold=0.3, leave_threshold=0.3))[0][0] == 1


def test_threshold_itself_is_enough_to_enter_and_to_stay():
    assert play([(0.6, 0.4)] * 3, config(leave_threshold=0.6)) == [(0, 0.6)] * 3


@pytest.mark.parametrize('second_s', [-1.0, 5.1])
def test_stamp_that_goes_back_or_a_long_gap_forgets_everything(second_s):
    smoother = Smoother()
    assert smoother.update(np.array(CAT), 10 * 10**9, config(min_duration=0.0))
    assert smoother.stable == 0
    stamp_ns = round((10 + second_s) * 1e9)
    assert smoother.update(np.array(DOG), stamp_ns, config(min_duration=1.0))
    assert smoother.stable is None
    assert smoother.update(np.array(DOG), stamp_ns + 10**9, config(min_duration=1.0))
    assert (smoother.stable, smoother.score) == (1, 1.0)


def test_image_with_the_stamp_of_the_last_one_counts_nothing():
    assert play([CAT, DOG, DOG], config(), step_s=0.0) == [(0, 1)] * 3


def test_model_with_another_number_of_classes_starts_afresh():
    smoother = Smoother()
    smoother.update(np.array(CAT), 0, config())
    assert smoother.update(np.array([0.1, 0.1, 0.8]), 1, config())
    assert smoother.stable == 2


def test_thresholds_the_wrong_way_round_are_refused():
    with pytest.raises(ConfigError, match=r'leave_threshold: 0\.7 is more than enter_threshold'):
        config(leave_threshold=0.7)


PROBABILITIES = st.lists(st.floats(0, 1), min_size=3, max_size=3)
STEPS_NS = st.integers(-(10**9), 10**10)


@given(st.lists(st.tuples(PROBABILITIES, STEPS_NS)), st.floats(0, 2))
def test_change_is_told_exactly_when_the_state_is_another(images, min_duration):
    smoother, stamp_ns = Smoother(), 0
    for probabilities, step_ns in images:
        stamp_ns += step_ns
        before = smoother.stable
        told = smoother.update(
            np.array(probabilities), stamp_ns, config(min_duration=min_duration)
        )
        assert told == (smoother.stable != before)


@given(st.floats(0, 1), st.floats(0.01, 1), st.floats(0, 1), st.floats(0.01, 4))
def test_constant_image_ends_in_its_class_exactly_if_it_is_likely_enough(
    likely, enter, min_duration, step_s
):
    settings = config(enter_threshold=enter, leave_threshold=0.0, min_duration=min_duration)
    count = 2 + math.ceil(min_duration / step_s)
    states = play([(likely, 0.0)] * count, settings, step_s=step_s)
    assert states[-1][0] == (0 if likely >= enter else None)
