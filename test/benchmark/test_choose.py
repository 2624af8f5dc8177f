# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What tune chooses, and what it says about that."""

import pytest
from support.trials import chooser, made_up, ONNX, PTE, reference_trial

from rpi_classifier.errors import RpiClassifierError


def test_fastest_way_that_agrees_is_chosen_and_compared_with_the_reference():
    fast = made_up(ONNX, 5.0, threads=2)
    choice = chooser().choose([reference_trial(), fast, made_up(ONNX, 7.0)])
    assert choice.trial is fast
    assert choice.reasons == (
        'onnx with 2 threads: p95 5.0 ms at 30 fps, 200 of 200 photos agree with '
        'torchscript/qnnpack.',
        'That is 2.0 times as fast as torchscript/qnnpack with 1 thread, p95 10.0 ms.',
    )


def test_faster_way_that_disagrees_is_named_with_what_would_take_it():
    faster = made_up(PTE, 2.0, agreement=0.945)
    choice = chooser().choose([faster, made_up(ONNX, 5.0), reference_trial()])
    assert choice.trial.way is ONNX
    assert choice.reasons[-1] == (
        'executorch with 1 thread is faster, p95 2.0 ms, but only 189/200 agree; --max-drop 5.5 '
        'would take it.'
    )
    assert chooser(max_drop=5.5).choose([faster, made_up(ONNX, 5.0)]).trial is faster


def test_reference_is_taken_if_nothing_else_agrees():
    trials = [made_up(ONNX, 5.0, agreement=0.99), reference_trial()]
    choice = chooser().choose(trials)
    assert choice.trial is trials[1]
    assert len(choice.reasons) == 2
    assert 'onnx with 1 thread is faster' in choice.reasons[1]


def test_nearest_way_is_taken_where_the_reference_is_no_way_of_a_node():
    trials = [made_up(ONNX, 5.0, agreement=0.98), made_up(ONNX, 6.0, agreement=0.99, threads=2)]
    choice = chooser(reference='onnx with exact products').choose(trials)
    assert choice.trial is trials[1]
    assert choice.reasons[0] == (
        'No way that was measured agrees with onnx with exact products within --max-drop 0; this '
        'one agrees best.'
    )


def test_without_a_reference_speed_decides():
    choice = chooser().choose([made_up(ONNX, 5.0, agreement=None)])
    assert choice.reasons == (
        'onnx with 1 thread: p95 5.0 ms at 30 fps, and its known answers are right.',
    )


def test_reference_that_is_the_fastest_is_compared_with_the_next():
    choice = chooser(busy=1).choose([reference_trial(4.0), made_up(ONNX, 4.1)])
    assert 'at 30 fps beside a busy process' in choice.reasons[0]
    assert choice.reasons[1] == 'That is as fast as onnx with 1 thread, p95 4.1 ms.'


def test_what_is_too_slow_for_the_camera_is_said():
    (said,) = chooser().choose([made_up(ONNX, 50.0)]).reasons
    assert said.endswith('; that is too slow for 30 fps.')


def test_ways_that_failed_are_not_chosen():
    failed = made_up(PTE, 1.0, refusal='not installed: executorch')
    assert chooser().choose([failed, made_up(ONNX, 5.0)]).trial.way is ONNX
    with pytest.raises(RpiClassifierError, match='executorch: not installed: executorch$'):
        chooser().choose([failed])
