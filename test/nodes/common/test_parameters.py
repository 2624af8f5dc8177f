# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""From config dataclasses to ROS parameters and back."""

from dataclasses import fields

import pytest

pytest.importorskip('rclpy', reason='there is no ROS 2 here')

from rclpy.node import Node

from rpi_classifier.config import CameraConfig, ClassifierConfig
from rpi_classifier.errors import ConfigError
from rpi_classifier.nodes.common import parameters


@pytest.mark.parametrize('kind', [CameraConfig, ClassifierConfig])
def test_every_field_becomes_a_described_parameter_with_its_default(graph, kind):
    node = graph.add(Node('node'))
    assert parameters.declare(node, kind) == kind()
    for field in fields(kind):
        described = node.describe_parameter(field.name)
        assert described.description
        assert described.additional_constraints
        assert bool(described.integer_range or described.floating_point_range) == bool(
            field.metadata['range']
        )


def test_override_is_taken_and_an_integer_is_good_enough_for_a_rate(graph, overrides):
    node = graph.add(Node('node', parameter_overrides=overrides(fps=30, device=0)))
    config = parameters.declare(node, CameraConfig)
    assert (config.fps, config.device) == (30.0, '0')


@pytest.mark.parametrize(
    ('name', 'value', 'words'),
    [
        ('width', 0, 'width.*0'),
        ('fps', 'fast', "fps: 'fast' is not a number from 0.1 to 1000.0"),
        (
            'qos_reliability',
            'maybe',
            "qos_reliability: 'maybe' is not one of reliable, best_effort",
        ),
    ],
)
def test_bad_override_is_refused_with_the_value(graph, overrides, name, value, words):
    node = graph.add(Node('node', parameter_overrides=overrides(**{name: value})))
    with pytest.raises(ConfigError, match=words):
        parameters.declare(node, CameraConfig)


def test_value_that_stays_may_be_set_however_it_is_written(overrides):
    config = ClassifierConfig(model='m.pt', labels=['a', 'b'], input_size=32)
    again = overrides(labels=['a', 'b'], input_mean=[0.485, 0.456, 0.406], input_size=32.0)
    assert parameters.with_changes(config, again, configured=True) == config


def test_list_of_labels_comes_from_a_parameter_file(graph, overrides):
    given = overrides(model='m.pt', labels=['ant', 'bee'])
    node = graph.add(Node('node', parameter_overrides=given))
    assert parameters.declare(node, ClassifierConfig).labels == ('ant', 'bee')


def test_only_live_parameters_change_while_configured(overrides):
    config = ClassifierConfig()
    assert parameters.with_changes(config, overrides(top_k=3), configured=True).top_k == 3
    with pytest.raises(ConfigError, match='engine: cannot become .* deactivate'):
        parameters.with_changes(config, overrides(engine='qnnpack'), configured=True)
    assert parameters.with_changes(config, overrides(engine='qnnpack'), False).engine == 'qnnpack'


def test_one_bad_value_of_several_changes_none(overrides):
    with pytest.raises(ConfigError, match='top_k'):
        parameters.with_changes(ClassifierConfig(), overrides(max_rate=5.0, top_k=0), True)


def test_parameters_show_values_as_the_config_writes_them(graph, overrides):
    given = overrides(fps=30, width='640', pixel_format='grey', device=0, strict='true')
    node = graph.add(Node('node', parameter_overrides=given))
    parameters.declare(node, CameraConfig)
    shown = {name: node.get_parameter(name).value for name in ('fps', 'width', 'device')}
    assert shown == {'fps': 30.0, 'width': 640, 'device': '0'}
    assert type(shown['fps']) is float
    assert node.get_parameter('pixel_format').value == 'GREY'
    assert node.get_parameter('strict').value is True


def test_changes_are_rewritten_before_they_are_set(overrides):
    given = overrides(top_k='3', class_id='Index', labels=['a'], other='X', max_rate='fast')
    changes = parameters.normalize_changes(ClassifierConfig, given)
    assert [change.value for change in changes] == [3, 'index', ['a'], 'X', 'fast']


def test_numbers_have_ranges_where_they_are_declared_and_nan_is_refused(graph, overrides):
    node = graph.add(Node('node', parameter_overrides=overrides(fps=float('nan'))))
    with pytest.raises(ConfigError, match=r'^fps: nan is not a number from 0.1 to 1000.0$'):
        parameters.declare(node, CameraConfig)
