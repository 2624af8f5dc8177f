# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What is given to a process and not used is told once, with the nearest right name."""

import pytest

pytest.importorskip('rclpy', reason='there is no ROS 2 here')

from support.markdown import ROOT

from rpi_classifier.camera.controls import Control
from rpi_classifier.config import CameraConfig
from rpi_classifier.nodes.camera import controls
from rpi_classifier.nodes.camera.node import CameraNode
from rpi_classifier.nodes.classifier.node import ClassifierNode
from rpi_classifier.nodes.common.command_line import parse_command_line
from rpi_classifier.nodes.common.unused_settings import UnusedSettings

CONTROLS = (
    'brightness', 'contrast', 'saturation', 'hue', 'white_balance_automatic', 'gamma', 'gain',
    'power_line_frequency', 'white_balance_temperature', 'sharpness', 'backlight_compensation',
    'auto_exposure', 'exposure_time_absolute', 'exposure_dynamic_framerate', 'focus_absolute',
    'focus_automatic_continuous', 'zoom_absolute', 'pan_absolute', 'tilt_absolute',
    'vertical_flip', 'horizontal_flip', 'iso_sensitivity', 'scene_mode', 'rotate', 'color_effects',
)  # fmt: skip


@pytest.fixture
def warnings(graph, monkeypatch):
    """Return a function from nodes and the words after --ros-args to the warnings."""

    def warn(nodes, *words, launched=False):
        told = []
        monkeypatch.setattr(
            type(nodes[0].get_logger()), 'warning', lambda _, text: told.append(text)
        )
        unused = UnusedSettings(
            nodes, parse_command_line(['--ros-args', *words]), launched=launched
        )
        unused.warn()
        unused.warn()  # tells nothing again
        for node in nodes:
            node.declares_later = False
        unused.warn()
        return told

    return warn


@pytest.fixture
def camera(graph):
    """Return a camera node that is not started."""
    return graph.add(CameraNode())


@pytest.fixture
def write(tmp_path):
    """Return a writer of parameter files: sections and their parameters."""

    def write(**sections):
        file = tmp_path / 'p.yaml'
        parts = [
            f'{name}:\n  ros__parameters:\n' + ''.join(f'    {name}: 1\n' for name in names)
            for name, names in sections.items()
        ]
        file.write_text(''.join(parts))
        return '--params-file', str(file)

    return write


def test_unknown_parameters_are_told_with_the_nearest_name(warnings, camera):
    words = ('fsp:=10', 'camera:devce:=x', 'width:=3', 'HEIGHT:=4')
    fps, device, height = warnings([camera], *(part for word in words for part in ('-p', word)))
    assert "'fsp' is no parameter of camera" in fps
    assert "did you mean 'fps'?" in fps
    assert "did you mean 'height'?" in height
    assert "did you mean 'device'?" in device


def test_a_name_that_may_be_a_control_is_told_when_the_first_camera_is_open(camera, warnings):
    assert not set(CONTROLS) & set(CameraConfig.__dataclass_fields__)
    told = warnings([camera], *(word for name in CONTROLS for word in ('-p', f'{name}:=1')))
    assert len(told) == len(CONTROLS)  # all of them in the last call
    assert not any('did you mean' in text for text in told)


def test_a_file_for_the_other_node_alone_is_told(warnings, camera, write):
    (told,) = warnings([camera], *write(classifier=['model']))
    assert 'has no parameters for /camera, only for /classifier; write /camera or' in told


def test_a_file_for_another_node_is_told(warnings, camera, write):
    (told,) = warnings([camera], *write(front=['device']))
    assert 'has no parameters for /camera, only for /front; write /camera or /**/camera' in told


@pytest.mark.parametrize(
    'sections',
    [
        {'classifier': ['model']},  # launch hands one file to both processes
        {'/**': ['model', 'device', 'use_sim_time']},
        {'/**/camera': ['width'], 'navigation': ['speed']},
        {'classifier': ['model'], 'navigation': ['speed']},
    ],
)
def test_a_file_that_a_launch_gives_to_the_other_node_as_well_is_fine(
    warnings, camera, write, sections
):
    assert warnings([camera], *write(**sections), launched=True) == []


def test_a_misspelt_section_beside_a_right_one_is_told(warnings, camera, graph, write):
    both = [camera, graph.add(ClassifierNode(camera))]
    (told,) = warnings(both, *write(camera=['width'], clasifier=['model']))
    assert 'no parameters for /classifier, only for /clasifier' in told


def test_in_one_process_a_name_that_one_node_has_is_known(warnings, camera, graph):
    both = [camera, graph.add(ClassifierNode(camera))]
    assert warnings(both, '-p', 'device:=x', '-p', 'model:=y', '-p', 'class_labels:=[a]') == []
    (told,) = warnings(both, '-p', 'modle:=x')
    assert "no parameter of camera or classifier, so it is not used; did you mean 'model'?" in told


def test_a_prefix_of_another_node_is_told(warnings, camera):
    (told,) = warnings([camera], '-p', 'front:width:=3')
    assert "'-p front:width' is not for /camera" in told


def test_a_remapping_of_no_topic_is_told(warnings, camera):
    right = ('image_raw:=/x', '/camera_info:=y', 'camera:image_raw:=z', '__ns:=/r', '~/a:=b')
    assert warnings([camera], *(word for rule in right for word in ('-r', rule))) == []
    (told,) = warnings([camera], '-r', 'imgae_raw:=/x')
    assert "no topic is named 'imgae_raw'; write image_raw" in told


def test_image_has_no_effect_where_the_camera_hands_images_over(warnings, camera, graph):
    both = [camera, graph.add(ClassifierNode(camera))]
    (told,) = warnings(both, '-r', 'image:=/other')
    assert 'the camera in this process hands its images to the classifier' in told


def test_a_remapping_for_another_node_is_told(warnings, camera):
    (told,) = warnings([camera], '-r', 'front:image_raw:=/x')
    assert "no node here is named 'front'" in told


def test_a_node_is_renamed_by_the_name_that_it_had_and_remapped_by_the_one_that_it_has(
    warnings, graph
):
    words = ('-r', 'camera:__node:=front', '-r', 'front:image_raw:=/x', '-r', '__ns:=/a')
    camera = graph.add(CameraNode(cli_args=['--ros-args', *words]))
    assert camera.get_fully_qualified_name() == '/a/front'
    assert warnings([camera], *words) == []
    (told,) = warnings([camera], '-r', 'camera:image_raw:=/x')
    assert "no node here is named 'camera'" in told


def test_the_files_of_this_package_and_of_version_0_1_are_used_in_whole(warnings, camera, graph):
    both = [camera, graph.add(ClassifierNode(camera))]
    for file in ('config/classifier.yaml', 'test/fixtures/v0.1/classifier.yaml'):
        assert warnings(both, '--params-file', str(ROOT / file)) == []


def test_remapping_the_names_of_a_node_in_a_namespace(warnings, graph):
    camera = graph.add(CameraNode(namespace='robot1'))
    right = ('image_raw:=/x', '/robot1/image_raw:=/x', '/robot1/camera/set_camera_info:=/x')
    assert warnings([camera], *(word for rule in right for word in ('-r', rule))) == []
    (told,) = warnings([camera], '-r', '/image_raw:=/x')
    assert "no topic is named '/image_raw'; write image_raw" in told


@pytest.mark.parametrize(
    'words',
    [
        ('-p', 'top_k:=3', '-r', 'classification:=x', '-r', 'image:=/x'),  # for the peer
        ('-p', 'robot_radius:=0.3', '-r', '/tf:=tf'),  # for other nodes of the robot
    ],
)
def test_what_a_launch_gives_its_whole_group_is_fine(warnings, camera, words):
    assert warnings([camera], *words, launched=True) == []
    assert len(warnings([camera], *words)) == len(words) / 2


def test_likely_mistakes_are_told_within_a_launch_too(warnings, camera):
    words = ('-p', 'fsp:=3', '-r', 'imgae_raw:=/x')
    (parameter, topic) = warnings([camera], *words, launched=True)
    assert "did you mean 'fps'?" in parameter
    assert 'write image_raw' in topic


def test_a_parameter_in_the_section_of_the_wrong_node_is_told(warnings, camera, write):
    (told,) = warnings([camera], *write(**{'/**/camera': ['top_k']}))
    assert told.endswith(
        "p.yaml: 'top_k' is no parameter of camera, so it is not used; it is one of classifier"
    )


def test_a_file_without_parameters_is_told(warnings, camera, tmp_path):
    (tmp_path / 'p.yaml').write_text('# nothing\n')
    (told,) = warnings([camera], '--params-file', str(tmp_path / 'p.yaml'))
    assert 'p.yaml has no parameters for /camera; write /camera or /**/camera there' in told


def test_a_control_that_the_open_camera_lacks_is_told_and_one_that_it_has_is_not(
    graph, monkeypatch
):
    has = Control(0x00980900, 'Brightness', 'int', 0, 9, 1, 5, 5, writable=True, active=True)
    monkeypatch.setattr(controls, 'list_controls', lambda _: [has])
    monkeypatch.setattr(controls, 'set_control', lambda _, id_, value: value)
    words = ['--ros-args', '-p', 'brightness:=3', '-p', 'gamma:=3']
    camera = graph.add(CameraNode(cli_args=words))
    told = []
    monkeypatch.setattr(type(camera.get_logger()), 'warning', lambda _, text: told.append(text))
    unused = UnusedSettings([camera], parse_command_line(words))
    unused.warn()
    assert told == []
    assert camera._controls.follow('/dev/video0')
    camera.declares_later = False
    unused.warn()
    (gamma,) = told
    assert "'gamma' is no parameter of camera nor a control of the camera" in gamma


def test_a_camera_that_is_gone_again_has_told_nothing_of_its_controls(camera):
    assert not camera._controls.follow('/nowhere')


def test_words_before_ros_args_are_told(graph, camera, monkeypatch):
    told = []
    monkeypatch.setattr(type(camera.get_logger()), 'warning', lambda _, text: told.append(text))
    words = ['--params-file', 'p.yaml', '-p', 'device:=x', 'image_raw:=/y', '__ns:=/z']
    UnusedSettings([camera], parse_command_line(words)).warn()
    assert sorted(text.partition(';')[0] for text in told) == [
        "'--params-file p.yaml' has no effect",
        "'device:=x' sets no parameter",
    ]


def test_a_process_warns_when_it_starts_and_when_its_camera_is_open(start, photo_folder):
    process = start(
        'camera_node', '-p', f'device:={photo_folder}', '-p', 'fsp:=3', '-p', 'bogus:=1'
    )
    lines = []
    for line in process.stdout:
        lines.append(line)
        if 'bogus' in line:
            break
    text = ''.join(lines)
    assert text.index("'fsp' is no parameter") < text.index('photos at') < text.index("'bogus'")
