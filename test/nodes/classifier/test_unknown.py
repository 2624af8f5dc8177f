# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The parameter unknown_below of a running node, over DDS."""

import json

import numpy as np
import pytest

pytest.importorskip('rclpy', reason='there is no ROS 2 here')

from rclpy.qos import qos_profile_sensor_data
from sensor_msgs.msg import Image
from std_msgs.msg import Header
from support.colours import colour_image, Colours, LABELS
from support.foreign import save_scripted
from support.ros import LATCHED
from vision_msgs.msg import Classification, LabelInfo

from rpi_classifier.nodes.classifier.node import ClassifierNode
from rpi_classifier.nodes.common import to_messages

RED = colour_image(0)
GREY = np.full((48, 64, 3), 40, np.uint8)  # a third for each class
ALL = {0: 'red', 1: 'green', 2: 'blue'}


@pytest.fixture
def unknowing(tmp_path):
    """Return the parameters of the same network with a class 'unknown' of its own."""
    path = save_scripted(Colours(), tmp_path / 'names.pt')
    labels = ['red', 'unknown', 'blue']
    return {'model': str(path), 'weights': 'default', 'labels': labels, 'input_size': 32}


@pytest.fixture
def show(graph):
    """Return a function that publishes an image again and again, with growing stamps."""
    publisher = graph.client.create_publisher(Image, 'image', qos_profile_sensor_data)
    results = graph.collect(Classification, 'classification', 100)

    def show(image, seconds):
        for _ in range(10 * seconds):
            show.tenths += 1
            header = Header(frame_id='lens')
            header.stamp.sec, tenth = divmod(show.tenths, 10)
            header.stamp.nanosec = tenth * 10**8
            message = to_messages.image_to_message(image, header)
            graph.publish_until(
                publisher,
                message,
                lambda stamp=header.stamp: any(one.header.stamp == stamp for one in results),
                'a result',
            )

    show.tenths = 10_000
    return show


def ids(message):
    return [result.class_id for result in message.results]


def names(message):
    return {entry.class_id: entry.class_name for entry in message.class_map}


def test_changed_while_it_runs_it_changes_results_and_is_announced(
    graph, classifier, send, colours
):
    results = graph.collect(Classification, 'classification', 100)
    labels = graph.collect(LabelInfo, 'label_info', LATCHED)
    node = classifier(**colours, top_k=2)
    send(GREY, lambda: results and ids(results[-1]) == ['red', 'green'], 'two classes')
    answer = graph.set_parameters_atomically('classifier', unknown_below=0.5)
    assert answer.successful, answer.reason
    send(GREY, lambda: ids(results[-1]) == ['unknown', 'red', 'green'], 'unknown before them')
    assert results[-1].results[0].score == pytest.approx(2 / 3, abs=1e-6)
    graph.wait(lambda: len(labels) == 2, 'the labels')
    assert [names(one) for one in labels] == [ALL, {**ALL, 65535: 'unknown'}]
    assert list(node.get_parameter('class_labels').value) == [*LABELS, 'unknown']
    send(RED, lambda: ids(results[-1]) == ['red', 'green'], 'a class that is known')
    assert graph.set_parameters_atomically('classifier', class_id='index').successful
    send(GREY, lambda: ids(results[-1]) == ['-1', '0', '1'], 'indices')
    assert graph.set_parameters_atomically('classifier', unknown_below=0.0).successful
    send(GREY, lambda: ids(results[-1]) == ['0', '1'], 'no such class')
    graph.wait(lambda: len(labels) == 3, 'the labels')
    assert names(labels[-1]) == ALL


def test_other_bound_counts_from_the_next_image_and_is_not_announced(
    graph, classifier, send, colours
):
    results = graph.collect(Classification, 'classification', 100)
    stable = graph.collect(Classification, 'stable_classification', LATCHED)
    labels = graph.collect(LabelInfo, 'label_info', LATCHED)
    # A window of 20 s, so that no pause of this machine is a gap.
    classifier(**colours, unknown_below=0.9, min_duration=0.0, smoothing_window=20.0)
    send(GREY, lambda: stable and ids(stable[-1]) == ['unknown'], 'unknown as the stable class')
    assert graph.set_parameters_atomically('classifier', unknown_below=0.2).successful
    send(GREY, lambda: ids(results[-1])[0] == 'red', 'a class that is known')
    assert graph.set_parameters_atomically('classifier', unknown_below=0.8).successful
    send(GREY, lambda: ids(results[-1])[0] == 'unknown', 'unknown again')
    assert len(labels) == 1
    assert [ids(one) for one in stable] == [['unknown']]  # not withdrawn


def test_stable_class_becomes_unknown_and_another_one_follows(graph, classifier, show, colours):
    stable = graph.collect(Classification, 'stable_classification', LATCHED)
    # A window of 20 s, so that no pause of this machine is a gap.
    classifier(**colours, smoothing_window=20.0, min_duration=0.2, unknown_below=0.5)
    show(RED, 1)
    graph.wait(lambda: stable and ids(stable[-1]) == ['red'], 'a class')
    show(GREY, 60)
    graph.wait(lambda: ids(stable[-1]) == ['unknown'], 'unknown')
    assert stable[-1].results[0].score >= 0.5
    show(colour_image(2), 30)
    graph.wait(lambda: ids(stable[-1]) == ['blue'], 'another class')
    assert [ids(one) for one in stable if one.results] == [['red'], ['unknown'], ['blue']]
    assert graph.set_parameters_atomically('classifier', class_id='index').successful
    show(GREY, 60)
    graph.wait(lambda: ids(stable[-1]) == ['-1'], 'its index')
    assert graph.set_parameters_atomically('classifier', unknown_below=0.0).successful
    graph.wait(lambda: ids(stable[-1]) == [], 'the end of a class that is no more')


def test_kept_image_says_that_it_is_unknown_and_is_judged_by_its_best_class(
    graph, classifier, send, colours, tmp_path
):
    folder = tmp_path / 'kept'
    keep = {'keep': 'unsure', 'keep_folder': str(folder), 'keep_low': 0.3, 'keep_high': 0.35}
    classifier(**colours, **keep, unknown_below=0.5)
    send(GREY, lambda: list(folder.glob('*.jpg')), 'a kept image')
    record = json.loads(sorted(folder.glob('*.json'))[0].read_text())
    assert record['reason'] == 'unsure'
    assert record['results'][0] == {
        'index': -1,
        'label': 'unknown',
        'score': pytest.approx(2 / 3, abs=1e-6),
    }
    assert [one['label'] for one in record['results'][1:]] == list(LABELS)


def test_change_from_a_class_to_unknown_is_worth_an_image(
    graph, classifier, send, colours, tmp_path
):
    folder = tmp_path / 'kept'
    results = graph.collect(Classification, 'classification', 100)
    keep = {'keep': 'unsure', 'keep_folder': str(folder), 'keep_low': 0.0, 'keep_high': 0.0}
    classifier(**colours, **keep, unknown_below=0.5)
    send(RED, lambda: len(results) > 2, 'results')
    send(GREY, lambda: list(folder.glob('*.jpg')), 'a kept image')
    record = json.loads(sorted(folder.glob('*.json'))[0].read_text())
    assert (record['reason'], record['results'][0]['label']) == ('change', 'unknown')


def test_it_is_drawn(graph, classifier, send, colours):
    drawn = graph.collect(Image, 'debug_image')
    node = classifier(**colours, unknown_below=0.5)
    seen = []
    note = node._debug.note

    def note_too(frame, *others):
        seen.extend(one for one in others if hasattr(one, 'predictions'))
        note(frame, *others)

    node._debug.note = note_too
    send(GREY, lambda: drawn and seen, 'a drawn image')
    assert seen[-1].predictions[0].label == 'unknown'
    assert 'unknown' in node._debug._labels


def test_model_with_such_a_class_is_refused_and_nothing_changes(
    graph, classifier, overrides, colours, unknowing
):
    said = "unknown_below: 0.5 adds a class 'unknown', which names has already; set it to 0"
    node = graph.add(ClassifierNode(parameter_overrides=overrides(**unknowing, unknown_below=0.5)))
    assert not node.start()
    assert node.reason.startswith(said)
    assert graph.set_parameters_atomically('classifier', unknown_below=0.0).successful
    assert node.start()
    answer = graph.set_parameters_atomically('classifier', unknown_below=0.5)
    assert not answer.successful
    assert answer.reason.startswith(said)
    assert node.get_parameter('unknown_below').value == 0.0


def test_other_model_with_such_a_class_is_refused_while_this_one_goes_on(
    graph, classifier, colours, unknowing
):
    diagnostics = graph.diagnostics()
    node = classifier(**colours, unknown_below=0.5)
    assert graph.set_parameters_atomically('classifier', **unknowing).successful
    graph.wait(lambda: 'refused' in diagnostics.message('classifier: model'), 'the reason')
    assert 'which names has already' in diagnostics.message('classifier: model')
    graph.wait(lambda: node.get_parameter('model').value == colours['model'], 'the old parameter')
    assert node.get_parameter('unknown_below').value == 0.5
    assert list(node.get_parameter('class_labels').value) == [*LABELS, 'unknown']


@pytest.mark.parametrize('value', [-0.1, 1.1])
def test_value_out_of_range_is_refused(graph, classifier, colours, value):
    node = classifier(**colours)
    (result,) = graph.set_parameters('classifier', unknown_below=value)
    assert not result.successful
    assert 'unknown_below' in result.reason
    assert node.config.unknown_below == 0.0
