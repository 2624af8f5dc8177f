# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Both nodes in one process; what a frame visits there; processes that are asked to end."""

import os
from pathlib import Path
import re
import signal
import subprocess
import sys
import threading

import psutil
import pytest

pytest.importorskip('rclpy', reason='there is no ROS 2 here')

from lifecycle_msgs.msg import Transition
from lifecycle_msgs.srv import ChangeState
from sensor_msgs.msg import Image
from std_srvs.srv import Trigger
from support.ros import program_of, wait_for
from vision_msgs.msg import Classification

import rpi_classifier
from rpi_classifier.bringup.plan import REFUSED
from rpi_classifier.nodes.camera.node import CameraNode
from rpi_classifier.nodes.classifier.node import ClassifierNode
from rpi_classifier.nodes.composed import make_nodes

PACKAGE = Path(rpi_classifier.__file__).parent
FRAMES = 300  # of warming up, and a third of those watched


def test_frames_reach_the_classifier_without_an_image_topic(graph, start, photo_folder):
    results = graph.collect(Classification, 'classification')
    process = start(
        'camera_classifier',
        '-p', f'device:={photo_folder}',
        '-p', 'weights:=random',
    )  # fmt: skip
    graph.wait(lambda: len(results) > 3, 'results')
    assert results[0].header.frame_id == 'camera_optical_frame'
    assert graph.client.count_subscribers('image') == 0
    images = graph.collect(Image, 'image_raw')
    graph.wait(lambda: images, 'images for somebody else')
    process.send_signal(signal.SIGINT)
    output = process.communicate(timeout=60)[0]
    assert process.returncode == 0, output
    assert 'Traceback' not in output


def shared_memory(pid):
    """
    Return the segments of Fast DDS that a process uses, its own and those of its peers.

    Not the ports: they stay as long as anybody might send there. Fast DDS 2 calls itself fastrtps.
    """
    maps = Path(f'/proc/{pid}/maps').read_text()
    names = re.findall(r'/dev/shm/fast(?:dds|rtps)\S+', maps)
    return {name for name in names if 'port' not in name}


def test_memory_does_not_grow_and_shared_memory_is_freed(graph, start, photo_folder):
    results = graph.collect(Classification, 'classification', 100)
    ours = shared_memory('self')
    process = start(
        'camera_classifier',
        '-p', f'device:={photo_folder}',
        '-p', 'fps:=1000.0',
        '-p', 'photo_seconds:=0.0',
        '-p', 'weights:=random',
    )  # fmt: skip
    graph.wait(lambda: len(results) > FRAMES, 'results', timeout_s=120)
    before = psutil.Process(process.pid).memory_info().rss
    graph.wait(lambda: len(results) > 4 * FRAMES, 'more results', timeout_s=240)
    after = psutil.Process(process.pid).memory_info().rss
    assert after - before < 4 * 2**20
    segments = shared_memory(process.pid) - ours
    assert segments
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 0
    assert [name for name in segments if Path(name).exists()] == []


def test_both_nodes_are_joined(graph):
    camera, classifier = (graph.add(node) for node in make_nodes())
    assert classifier._camera is camera


MODULES = 11  # of this package, that a frame may visit on its way


@pytest.fixture
def visited():
    """Return the growing list of (thread, module, function) of calls on a frame's threads."""
    calls = []

    def profile(frame, event, _):
        path, thread = Path(frame.f_code.co_filename), threading.current_thread().name
        if event == 'call' and thread in ('capture', 'inference') and PACKAGE in path.parents:
            module = str(path.relative_to(PACKAGE).with_suffix(''))
            calls.append((thread, module, frame.f_code.co_name))

    threading.setprofile(profile)
    yield calls
    threading.setprofile(None)


def cycles(calls, thread, first):
    """Return the modules of each cycle of a thread, from a call of ``first`` to the next."""
    found = []
    for name, module, function in calls:
        if name == thread and function == first:
            found.append([])
        if name == thread and found and module not in found[-1]:
            found[-1].append(module)
    return found[:-1]  # the last one is not complete


def test_a_frame_visits_few_modules_from_its_source_to_its_message(
    graph, overrides, photo_folder, visited
):
    results = graph.collect(Classification, 'classification')
    camera = graph.add(CameraNode(parameter_overrides=overrides(device=str(photo_folder))))
    classifier = graph.add(ClassifierNode(camera, parameter_overrides=overrides(weights='random')))
    assert camera.start()
    assert classifier.start()
    graph.wait(lambda: len(results) > 10, 'results')
    camera.close()  # first, so that its last frames were handed over
    classifier.close()
    captured = cycles(visited, 'capture', 'read')[-1]
    classified = cycles(visited, 'inference', 'get')[-2]  # it does not get any in the last one
    modules = captured + [module for module in classified if module not in captured]
    print(f'a frame visits {len(modules)} modules: {", ".join(modules)}')
    assert {'latest', 'nodes/common/to_messages'} <= set(modules)
    assert len(modules) <= MODULES


@pytest.mark.parametrize('number', [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize('module', ['camera_node', 'classifier_node'])
def test_node_that_is_asked_to_end_exits_with_0_and_no_traceback(
    start, module, number, photo_folder
):
    arguments, ready = {
        'camera_node': (['-p', f'device:={photo_folder}'], 'photos at'),
        'classifier_node': (['-p', 'weights:=random', '-p', 'always_on:=true'], 'known answer'),
    }[module]
    process = start(module, *arguments)
    wait_for(process, ready)
    process.send_signal(number)
    output = process.communicate(timeout=60)[0]
    assert process.returncode == 0, output
    assert 'Traceback' not in output


@pytest.mark.parametrize(
    ('arguments', 'words'),
    [
        (['-p', 'model:=alexnet'], "model 'alexnet' is not in the zoo"),
        (['-p', 'top_k:=0'], 'top_k'),
        (['-p', 'jit:=perhaps'], "jit: 'perhaps' is not true or false"),
    ],
)
def test_wrong_settings_are_one_sentence_and_the_status_that_is_not_restarted(
    start, arguments, words
):
    process = start('classifier_node', *arguments)
    output = process.communicate(timeout=60)[0]
    assert words in output
    assert process.returncode == REFUSED
    assert 'Traceback' not in output


def test_malformed_ros_arguments_are_one_sentence_and_status_2(start):
    process = start('camera_node', '-p', 'no_value')
    output = process.communicate(timeout=60)[0]
    assert 'no_value' in output
    assert process.returncode == 2
    assert 'Traceback' not in output


def test_missing_weights_are_one_sentence_and_status_1(tmp_path):
    unreachable = {'https_proxy': 'http://127.0.0.1:9', 'TORCH_HOME': str(tmp_path)}
    process = subprocess.run(
        [sys.executable, '-c', program_of('classifier_node')],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, **unreachable},
    )
    output = process.stdout + process.stderr
    assert process.returncode == 1
    assert str(tmp_path) in output
    assert 'cannot be downloaded' in output
    assert 'Traceback' not in output


RAISING = (
    'from rpi_classifier.nodes.camera import node; '
    'from std_srvs.srv import Trigger; '
    'make = node.CameraNode.configure; '
    'node.CameraNode.configure = lambda self: [make(self), self.create_service('
    "Trigger, '~/raise', lambda request, response: 1 / 0)]; "
    'node.main()'
)


def test_a_callback_that_raises_and_a_wrong_transition_end_no_node(graph, start, photo_folder):
    process = start('', '-p', f'device:={photo_folder}', program=RAISING)
    wrong = ChangeState.Request(transition=Transition(id=Transition.TRANSITION_ACTIVATE))
    images = graph.collect(Image, 'image_raw')
    graph.wait(lambda: images, 'images')
    for kind, service, request in (
        (ChangeState, 'camera/change_state', wrong),
        (Trigger, 'camera/raise', Trigger.Request()),
    ):
        client = graph.client.create_client(kind, service)
        assert client.wait_for_service(60.0), service
        client.call_async(request)  # not every rclpy answers it
    wait_for(process, 'ZeroDivisionError')
    images.clear()
    graph.wait(lambda: images, 'images after both')
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 0


def test_statuses_of_a_node_in_a_namespace_bear_it(graph, overrides, photo_folder):
    diagnostics = graph.diagnostics()
    options = {'namespace': 'robot1', 'parameter_overrides': overrides(device=str(photo_folder))}
    camera = graph.add(CameraNode(**options))
    assert camera.start()
    graph.wait(lambda: diagnostics.status('robot1/camera: stream'), 'the status of the stream')
