# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The parameters classes and class_aliases of a running node, over DDS."""

import json

import pytest

pytest.importorskip('rclpy', reason='there is no ROS 2 here')

from rclpy.parameter import Parameter
from support.colours import colour_image, Colours, LABELS
from support.foreign import save_scripted
from support.ros import LATCHED
from vision_msgs.msg import Classification, LabelInfo

from rpi_classifier.nodes.classifier.node import ClassifierNode

RED = colour_image(0)
WARM = {'warm, 暖': ['red', 'blue']}


@pytest.fixture
def unicode_model(tmp_path):
    """Return the parameters of the same network with other names."""
    path = save_scripted(Colours(), tmp_path / 'names.pt')
    labels = ['rot, hell', '緑', 'blau']
    return {'model': str(path), 'weights': 'default', 'labels': labels, 'input_size': 32}


def scores(message):
    return {result.class_id: result.score for result in message.results}


def names(message):
    return {entry.class_id: entry.class_name for entry in message.class_map}


def test_only_chosen_classes_come_with_their_probabilities_among_all(
    graph, classifier, send, colours
):
    results = graph.collect(Classification, 'classification', 100)
    node = classifier(**colours)
    send(RED, lambda: results, 'a result')
    all_scores = scores(results[-1])
    answer = graph.set_parameters_atomically('classifier', classes=['blue', 'green'])
    assert answer.successful, answer.reason
    send(RED, lambda: set(scores(results[-1])) == {'blue', 'green'}, 'chosen classes')
    for name, score in scores(results[-1]).items():
        assert score == pytest.approx(all_scores[name])
    assert graph.set_parameters_atomically('classifier', classes=[1], class_id='index').successful
    send(RED, lambda: set(scores(results[-1])) == {'1'}, 'one class')
    assert list(node.get_parameter('classes').value) == ['1']
    assert graph.set_parameters_atomically('classifier', classes='', class_id='name').successful
    send(RED, lambda: set(scores(results[-1])) == set(LABELS), 'all classes')


def test_group_comes_under_its_name_with_the_index_of_its_first_member(
    graph, classifier, send, colours
):
    results = graph.collect(Classification, 'classification', 100)
    labels = graph.collect(LabelInfo, 'label_info', LATCHED)
    aliases = json.dumps({'warm, 暖': ['blue', 'red']})
    node = classifier(**colours, class_aliases=aliases, classes=['warm, 暖'])
    send(RED, lambda: results, 'a result')
    assert list(scores(results[-1])) == ['warm, 暖']
    graph.wait(lambda: labels, 'the labels')
    assert names(labels[-1]) == {2: 'warm, 暖'}
    assert list(node.get_parameter('class_labels').value) == ['warm, 暖']
    assert graph.set_parameters_atomically('classifier', class_id='index').successful
    send(RED, lambda: list(scores(results[-1])) == ['2'], 'its index')


def test_change_is_announced_before_its_first_result_and_withdraws_the_stable_class(
    graph, classifier, send, colours
):
    events = []
    graph.collect(Classification, 'classification', 1000)
    stable = graph.collect(Classification, 'stable_classification', LATCHED)
    labels = graph.collect(LabelInfo, 'label_info', LATCHED)
    node = classifier(**colours, min_duration=0.0)
    send(RED, lambda: stable, 'a stable class')
    announce = node._models._followers[-1]

    def note(model):
        before = list(node.get_parameter('class_labels').value)
        events.append((list(model.labels), before, node._stable.label))
        announce(model)

    node._models._followers = (*node._models._followers[:-1], note)
    assert graph.set_parameters_atomically(
        'classifier', class_aliases="{'warm, 暖': [red, blue]}"
    ).successful
    assert events == [(['warm, 暖', 'green'], list(LABELS), '')]  # withdrawn before
    assert list(node.get_parameter('class_labels').value) == ['warm, 暖', 'green']
    assert node.get_parameter('class_aliases').value == '{"warm, 暖": ["red", "blue"]}'
    send(RED, lambda: list(scores(stable[-1])) == ['warm, 暖'], 'the group as the stable class')
    graph.wait(lambda: len(labels) == 2, 'the labels')
    assert names(labels[1]) == {0: 'warm, 暖', 1: 'green'}


@pytest.mark.parametrize(
    ('given', 'sentence'),
    [
        ({'classes': ['rad']}, "classes: 'rad' is no class of colours; did you mean red?"),
        ({'classes': [3]}, 'classes: 3 is no class of colours; its indices are 0 to 2'),
        (
            {'class_aliases': '{warm: [red, blu]}'},
            "class_aliases: 'warm': 'blu' is no class of colours; did you mean blue?",
        ),
        (
            {'class_aliases': '{blue: [red]}'},
            "class_aliases: 'blue' is a class of colours that is not in the group of this name; "
            'add it, or give the group another name',
        ),
    ],
)
def test_wrong_choice_is_refused_before_and_while_the_model_runs(
    graph, classifier, overrides, colours, given, sentence
):
    node = graph.add(ClassifierNode(parameter_overrides=overrides(**colours, **given)))
    assert not node.start()
    assert node.reason == sentence
    name = next(iter(given))
    assert graph.set_parameters_atomically('classifier', **{name: ''}).successful
    assert node.start()
    answer = graph.set_parameters_atomically('classifier', **given)
    assert (answer.successful, answer.reason) == (False, sentence)
    assert node.get_parameter(name).value == ''
    assert list(node.get_parameter('class_labels').value) == list(LABELS)


def test_other_model_that_lacks_a_chosen_class_is_refused_and_nothing_changes(
    graph, classifier, colours, unicode_model
):
    diagnostics = graph.diagnostics()
    node = classifier(**colours, classes=['red'])
    assert graph.set_parameters_atomically('classifier', **unicode_model).successful
    graph.wait(lambda: node.get_parameter('model').value == colours['model'], 'the old parameter')
    graph.wait(lambda: 'refused' in diagnostics.message('classifier: model'), 'the reason')
    assert diagnostics.message('classifier: model') == (
        f"colours; {unicode_model['model']} was refused: classes: 'red' is no class of names; "
        'label_info names all'
    )
    assert list(node.get_parameter('classes').value) == ['red']
    assert list(node.get_parameter('class_labels').value) == ['red']


def test_other_model_comes_with_the_classes_that_are_set_with_it(
    graph, classifier, send, colours, unicode_model
):
    results = graph.collect(Classification, 'classification', 1000)
    labels = graph.collect(LabelInfo, 'label_info', LATCHED)
    node = classifier(**colours, classes=['red'])
    chosen = ['rot, hell', '緑']
    answer = graph.set_parameters_atomically('classifier', **unicode_model, classes=chosen)
    assert answer.successful, answer.reason
    send(RED, lambda: results and set(scores(results[-1])) == set(chosen), 'other classes')
    assert {frozenset(scores(one)) for one in results} <= {frozenset(['red']), frozenset(chosen)}
    graph.wait(lambda: len(labels) == 2, 'one announcement')
    assert list(node.get_parameter('class_labels').value) == chosen
    assert names(labels[1]) == {0: 'rot, hell', 1: '緑'}


def test_classes_that_are_changed_while_a_model_loads_are_those_of_that_model(
    graph, classifier, colours, unicode_model
):
    node = classifier(**colours, classes=['red'])
    assert graph.set_parameters_atomically('classifier', **unicode_model, classes='').successful
    assert graph.set_parameters_atomically('classifier', classes=['blau']).successful
    graph.wait(lambda: list(node.get_parameter('class_labels').value) == ['blau'], 'the class')


def test_map_in_a_file_becomes_one_parameter(graph, overrides, colours):
    entries = [Parameter(f'class_aliases.{name}', value=value) for name, value in WARM.items()]
    node = graph.add(ClassifierNode(parameter_overrides=[*overrides(**colours), *entries]))
    assert node.start()
    assert node.get_parameter('class_aliases').value == '{"warm, 暖": ["red", "blue"]}'
    assert list(node.get_parameter('class_labels').value) == ['warm, 暖', 'green']
    assert graph.set_parameters_atomically('classifier', class_aliases='').successful
    assert list(node.get_parameter('class_labels').value) == list(LABELS)


def test_process_reads_the_map_of_a_file_and_warns_of_nothing(graph, start, colours, tmp_path):
    labels = graph.collect(LabelInfo, 'label_info', LATCHED)
    file = tmp_path / 'parameters.yaml'
    file.write_text(
        '/**/classifier:\n'
        '  ros__parameters:\n'
        f'    model: {colours["model"]}\n'
        '    classes: [grün, nicht grün]\n'
        '    class_aliases:\n'
        '      nicht grün: [red, blue]\n'
        '      grün: green\n'
        '    class_alias:\n'
        '      wrong: [red]\n'
    )
    process = start('classifier_node', '--params-file', str(file), '-p', 'weights:=default')
    graph.wait(lambda: labels, 'the labels')
    assert names(labels[-1]) == {0: 'nicht grün', 1: 'grün'}
    process.terminate()
    output = process.communicate(timeout=60)[0]
    assert "'class_alias.wrong' is no parameter of classifier" in output
    assert 'class_aliases' not in output.replace("did you mean 'class_aliases'", '')
