# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What `ros2 param dump` writes starts a node again; the same by the same services."""

import re

import pytest

pytest.importorskip('rclpy', reason='there is no ROS 2 here')

from rcl_interfaces.msg import ParameterType
from rcl_interfaces.srv import DescribeParameters, GetParameters, ListParameters
from rclpy.parameter import parameter_value_to_python
from support.simulated_controls import SimulatedControls
import yaml

from rpi_classifier.errors import ConfigError
from rpi_classifier.nodes.camera.node import CameraNode
from rpi_classifier.nodes.classifier.node import ClassifierNode

NUMBERS = (
    ParameterType.PARAMETER_INTEGER, ParameterType.PARAMETER_DOUBLE,
    ParameterType.PARAMETER_INTEGER_ARRAY, ParameterType.PARAMETER_DOUBLE_ARRAY,
)  # fmt: skip


@pytest.fixture
def dump(graph, tmp_path):
    """Return a writer of a file with all parameters of a node, by the services of ros2 param."""

    def write(name):
        listed = graph.call(ListParameters, f'{name}/list_parameters', ListParameters.Request())
        names = sorted(listed.result.names)
        request = GetParameters.Request(names=names)
        values = graph.call(GetParameters, f'{name}/get_parameters', request).values
        tree = {}
        for parameter, value in zip(names, map(parameter_value_to_python, values)):
            *groups, last = parameter.split('.')
            place = tree
            for group in groups:
                place = place.setdefault(group, {})
            place[last] = list(value) if hasattr(value, 'typecode') else value
        path = tmp_path / f'{name}.yaml'
        content = {f'/{name}': {'ros__parameters': tree}}
        path.write_text(yaml.dump(content, default_flow_style=False))
        return path

    return write


@pytest.fixture
def controls(monkeypatch, photo_folder):
    """Return the controls of a simulated device, which shows a folder of photos."""
    simulated = SimulatedControls()
    simulated.install(monkeypatch, photo_folder)
    return simulated


def start_from(graph, kind, file, *more):
    arguments = ['--ros-args', '--params-file', str(file), *more]
    node = graph.add(kind(cli_args=arguments))
    assert node.start()
    return node


def test_a_dumped_classifier_starts_again_with_the_labels_of_its_model(graph, classifier, dump):
    first = classifier(top_k=3, score_threshold=1e-05, smoothing_window=2, class_id='Index')
    file = dump('classifier')
    assert 'class_labels' in file.read_text()
    graph.remove(first)
    file.write_text(re.sub('random/007', 'of another model', file.read_text()))
    again = start_from(graph, ClassifierNode, file)
    assert again.config == first.config
    assert again.get_parameter('class_labels').value[7] == 'random/007'


def test_what_a_dump_has_can_be_set_while_the_node_runs(graph, classifier, dump):
    classifier()
    dumped = yaml.safe_load(dump('classifier').read_text())['/classifier']['ros__parameters']
    del dumped['start_type_description_service']  # rclpy itself refuses it
    results = graph.set_parameters('classifier', **dumped)
    assert [result.reason for result in results if not result.successful] == []


def test_a_dumped_camera_starts_again_with_its_controls(graph, overrides, controls, dump):
    values = overrides(device='/dev/video0', fps='20', brightness=140.0, horizontal_flip=1)
    first = graph.add(CameraNode(parameter_overrides=values))
    assert first.start()
    graph.wait(lambda: first.has_parameter('power_line_frequency'), 'the controls')
    graph.wait(lambda: controls.values['Brightness'] == 140, 'the value of the file')
    file = dump('camera')
    graph.remove(first)
    controls.values.update({'Brightness': 1, 'Horizontal Flip': 0})
    again = start_from(graph, CameraNode, file)
    assert again.config == first.config
    graph.wait(lambda: controls.values['Brightness'] == 140, 'the value of the dump')
    graph.wait(lambda: controls.values['Horizontal Flip'] == 1, 'the value of the dump')


def test_every_numeric_parameter_has_a_range(graph, classifier, overrides, controls):
    classifier()
    camera = graph.add(CameraNode(parameter_overrides=overrides(device='/dev/video0')))
    assert camera.start()
    graph.wait(lambda: camera.has_parameter('power_line_frequency'), 'the controls')
    for name in ('camera', 'classifier'):
        listed = graph.call(ListParameters, f'{name}/list_parameters', ListParameters.Request())
        request = DescribeParameters.Request(names=listed.result.names)
        found = graph.call(DescribeParameters, f'{name}/describe_parameters', request).descriptors
        numbers = [one for one in found if one.type in NUMBERS]
        assert numbers
        for one in numbers:
            ranges = [*one.integer_range, *one.floating_point_range]
            assert len(ranges) == 1, one.name
            assert ranges[0].from_value < ranges[0].to_value, one.name


def test_values_of_controls_are_taken_however_they_are_written(graph, overrides, controls):
    camera = graph.add(CameraNode(parameter_overrides=overrides(device='/dev/video0')))
    assert camera.start()
    graph.wait(lambda: camera.has_parameter('power_line_frequency'), 'the controls')
    for value in (100, 101.0, '1.02e2'):
        (result,) = graph.set_parameters('camera', brightness=value)
        assert result.successful, result.reason
    assert controls.values['Brightness'] == 102
    assert all(r.successful for r in graph.set_parameters('camera', horizontal_flip='true'))
    assert controls.values['Horizontal Flip'] == 1
    refused = graph.set_parameters(
        'camera', brightness=float('nan'), horizontal_flip=2, power_line_frequency=1
    )
    assert [result.reason for result in refused] == [
        'brightness: nan is not a whole number from 0 to 255',
        'horizontal_flip: 2 is not true or false',
        'power_line_frequency: 1 is not one of 0: Disabled, 2: 60 Hz',
    ]


def test_a_wrong_value_of_a_control_in_a_file_is_a_warning(graph, overrides, controls, capfd):
    values = overrides(device='/dev/video0', brightness=1000, power_line_frequency='60 Hz')
    camera = graph.add(CameraNode(parameter_overrides=values))
    assert camera.start()
    said = []
    for words in (
        'brightness: 1000 is not a whole number from 0 to 255; it remains 128',
        "power_line_frequency: '60 Hz' is not one of 0: Disabled, 2: 60 Hz; it remains 2",
    ):

        def told(words=words):
            said.append(capfd.readouterr().err)
            return words in ''.join(said)

        graph.wait(told, words)


@pytest.mark.parametrize(
    ('written', 'name', 'value'),
    [
        ('score_threshold:=1', 'score_threshold', 1.0),
        ('score_threshold:="1e-05"', 'score_threshold', 1e-5),
        ('top_k:=3.0', 'top_k', 3),
        ('top_k:="3"', 'top_k', 3),
        ('always_on:="True"', 'always_on', True),
        ('input_mean:=[1, 0, 0]', 'input_mean', '1 0 0'),
        ('input_mean:=[.5, 0.25, 1.0]', 'input_mean', '0.5 0.25 1.0'),
        ('input_mean:=["0.5", "1e-1", "1"]', 'input_mean', '0.5 1e-1 1'),
        ('labels:=[ant, bee]', 'labels', ('ant', 'bee')),
        ('labels:=ants.txt', 'labels', 'ants.txt'),
    ],
)
def test_each_type_is_taken_from_the_command_line(graph, written, name, value):
    arguments = ['--ros-args', '-p', 'model:=m.pt', '-p', written]
    node = graph.add(ClassifierNode(cli_args=arguments))
    found = getattr(node.config, name)
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize('value', ['.nan', '.inf', '-.inf'])
@pytest.mark.parametrize('name', ['top_k', 'max_rate', 'input_std'])
def test_no_number_of_the_command_line_may_be_infinite_or_none(graph, name, value):
    arguments = ['--ros-args', '-p', 'model:=m.pt', '-p', f'{name}:={value}']
    with pytest.raises(ConfigError, match=f'classifier: {name}: .* is not '):
        ClassifierNode(cli_args=arguments)
