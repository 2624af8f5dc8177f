# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Processes that are asked to end, or whose peers end: status 0 and no traceback.

Signals to each of them are in test/nodes/test_composed.py, signals while they start in
test_ending_while_starting.py, ros2 launch is in test_respawn.py, and devices are in test/vm.
"""

import fcntl
import os
from pathlib import Path
import signal
import struct
import subprocess
import sys
import termios

import psutil
import pytest

pytest.importorskip('rclpy', reason='there is no ROS 2 here')

from lifecycle_msgs.msg import State, Transition
from lifecycle_msgs.srv import ChangeState, GetState
from sensor_msgs.msg import Image
from support.ros import program_of, wait_for
from support.watched import until
from vision_msgs.msg import Classification

from rpi_classifier.bringup.plan import END_WITH_PARENT, REFUSED

START = Path(__file__).resolve().parents[2] / 'dev' / 'start.py'
PATIENCE_S = 60
# What a process needs of the environment; ROS 2 from PyPI sets LD_LIBRARY_PATH itself.
BARE = ('AMENT_PREFIX_PATH', 'HOME', 'LD_LIBRARY_PATH', 'PATH', 'PYTHONPATH', 'ROS_DISTRO')
RANDOM = ('-p', 'weights:=random')
CAMERA = [sys.executable, '-c', program_of('camera_node'), '--ros-args']
LISTEN = (
    'import rclpy; from sensor_msgs.msg import Image; rclpy.init(); '
    "node = rclpy.create_node('listener'); "
    "node.create_subscription(Image, 'image_raw', lambda _: print('image', flush=True), 10); "
    'rclpy.spin(node)'
)
# A driver that hangs, so that not even closing helps: no V4L2 device does that on demand.
HANGING = (
    'from threading import Event; from rpi_classifier.camera.source import Source; '
    'from rpi_classifier.nodes.camera import node; '
    "Source.read = lambda self: print('reading', flush=True) or Event().wait(); "
    "node.open_source = lambda *_, clock, **__: Source('lens', clock); node.main()"
)

# The same for a library that classifies.
ENDLESS = (
    'from threading import Event; from rpi_classifier.inference.classifier import Classifier; '
    "Classifier.classify = lambda *_: print('classifying', flush=True) or Event().wait(); "
    'from rpi_classifier.nodes.composed import main; main()'
)
SMALL = 4096  # bytes of a pipe


def assert_ended_well(process):
    output = process.communicate(timeout=PATIENCE_S)[0]
    assert process.returncode == 0, output
    assert 'Traceback' not in output


def shut_down(graph, name):
    state = graph.call(GetState, f'{name}/get_state', GetState.Request()).current_state.id
    request = ChangeState.Request()
    request.transition.id = {
        State.PRIMARY_STATE_INACTIVE: Transition.TRANSITION_INACTIVE_SHUTDOWN,
        State.PRIMARY_STATE_ACTIVE: Transition.TRANSITION_ACTIVE_SHUTDOWN,
    }[state]
    assert graph.call(ChangeState, f'{name}/change_state', request).success


def test_process_ends_when_the_last_of_its_nodes_is_shut_down_by_service(
    graph, start, photo_folder
):
    process = start('camera_classifier', '-p', f'device:={photo_folder}', *RANDOM)
    wait_for(process, 'idle until')
    shut_down(graph, 'camera')
    assert graph.call(GetState, 'classifier/get_state', GetState.Request()).current_state.id
    shut_down(graph, 'classifier')
    assert_ended_well(process)


def test_a_read_that_hangs_does_not_hold_up_the_end(graph, start):
    graph.collect(Image, 'image_raw')
    process = start(program=HANGING)
    wait_for(process, 'reading')
    process.send_signal(signal.SIGTERM)
    assert_ended_well(process)


def endless(start, photo_folder):
    parameters = (f'device:={photo_folder}', 'weights:=random', 'always_on:=true')
    words = (word for value in parameters for word in ('-p', value))
    process = start('', *words, program=ENDLESS)
    wait_for(process, 'classifying')
    return process


def test_a_model_that_hangs_is_named_and_does_not_hold_up_the_end(start, photo_folder):
    process = endless(start, photo_folder)
    process.send_signal(signal.SIGTERM)
    output = process.communicate(timeout=PATIENCE_S)[0]
    assert process.returncode == 0, output
    assert 'the thread inference did not end within 2 s; the process ends without it' in output
    assert 'Traceback' not in output


def test_a_process_whose_thread_outlives_deactivation_ends_to_be_restarted(
    graph, start, photo_folder
):
    process = endless(start, photo_folder)
    request = ChangeState.Request()
    request.transition.id = Transition.TRANSITION_DEACTIVATE
    client = graph.client.create_client(ChangeState, 'classifier/change_state')
    assert client.wait_for_service(60.0)
    client.call_async(request)
    output = process.communicate(timeout=PATIENCE_S)[0]
    assert process.returncode == 1, output
    assert 'the thread inference did not end' in output
    assert 'Traceback' not in output


@pytest.mark.parametrize('executable', ['camera_node', 'camera_classifier'])
def test_a_full_log_pipe_that_nobody_reads_does_not_hold_up_the_end(
    graph, start, photo_folder, executable
):
    """Threads that write there in C keep Python's lock, so no Python code runs any more."""
    process = start(executable, '--log-level', 'debug', '-p', f'device:={photo_folder}', *RANDOM)
    fcntl.fcntl(process.stdout, fcntl.F_SETPIPE_SZ, SMALL)

    def full():
        (waiting,) = struct.unpack('i', fcntl.ioctl(process.stdout, termios.FIONREAD, bytes(4)))
        return waiting > SMALL - 400  # no line is longer

    graph.wait(full, 'a full pipe')
    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE_S) in (0, -signal.SIGALRM)


def test_a_stopped_process_goes_on_where_it_was(graph, start, photo_folder):
    process = start('camera_node', '-p', f'device:={photo_folder}')
    images = graph.collect(Image, 'image_raw')
    graph.wait(lambda: images, 'images')
    process.send_signal(signal.SIGSTOP)
    os.waitpid(process.pid, os.WUNTRACED)
    process.send_signal(signal.SIGCONT)
    images.clear()
    graph.wait(lambda: images, 'images after SIGCONT')
    process.send_signal(signal.SIGSTOP)
    process.send_signal(signal.SIGTERM)
    process.send_signal(signal.SIGCONT)
    assert_ended_well(process)


@pytest.mark.parametrize('variables', [{}, {'RCUTILS_LOGGING_USE_STDOUT': '1'}])
def test_a_node_that_cannot_start_says_why_in_a_bare_environment(variables):
    done = subprocess.run(
        [*CAMERA, '-p', 'fps:=-1.0'],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**{name: os.environ[name] for name in BARE if name in os.environ}, **variables},
        timeout=PATIENCE_S,
    )
    assert done.returncode == REFUSED
    assert 'fps: -1.0 is not a number from 0.0 to 1000.0' in done.stdout


@pytest.mark.parametrize('redirections', ['1>&-', '1>&- 2>&-', '0<&- 1>&- 2>&-'])
def test_a_node_runs_and_ends_well_with_closed_standard_streams(graph, photo_folder, redirections):
    shell = ['sh', '-c', f'exec "$@" {redirections}', 'sh']
    images = graph.collect(Image, 'image_raw')
    with subprocess.Popen(
        [*shell, *CAMERA, '-p', f'device:={photo_folder}'],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            graph.wait(lambda: images or process.poll() is not None, 'images')
            process.send_signal(signal.SIGTERM)
            assert_ended_well(process)
            assert images
        finally:
            process.kill()


def test_camera_outlives_a_subscriber_that_is_killed(graph, start, photo_folder):
    camera = start('camera_node', '-p', f'device:={photo_folder}')
    listener = start(program=LISTEN)
    wait_for(listener, 'image')
    listener.kill()
    images = graph.collect(Image, 'image_raw')
    graph.wait(lambda: images, 'images for another subscriber')
    camera.send_signal(signal.SIGINT)
    assert_ended_well(camera)


def test_classifier_outlives_a_camera_that_is_killed_and_takes_the_next(
    graph, start, photo_folder
):
    remap = ('-r', 'image:=image_raw')
    results = graph.collect(Classification, 'classification')
    classifier = start('classifier_node', *RANDOM, *remap)
    for _ in range(2):
        camera = start('camera_node', '-p', f'device:={photo_folder}')
        results.clear()
        graph.wait(lambda: results, 'results')
        camera.kill()
        camera.wait()
    classifier.send_signal(signal.SIGTERM)
    assert_ended_well(classifier)


def test_node_ends_with_the_process_that_started_it(start, photo_folder):
    inner = [*CAMERA, '-p', f'device:={photo_folder}']
    launcher = start(
        program=f'import subprocess; subprocess.run({inner!r})', **{END_WITH_PARENT: 'true'}
    )
    wait_for(launcher, 'photos at')
    (node,) = psutil.Process(launcher.pid).children()
    launcher.kill()
    psutil.wait_procs([node], timeout=PATIENCE_S)
    assert not node.is_running() or node.status() == psutil.STATUS_ZOMBIE


@pytest.mark.parametrize('signals', [[signal.SIGTERM], [signal.SIGINT, signal.SIGINT]])
def test_a_signal_to_the_starter_of_two_processes_ends_both(photo_folder, signals):
    with subprocess.Popen(
        [sys.executable, START, 'composed:=false', f'device:={photo_folder}', 'respawn:=false'],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, 'RCUTILS_LOGGING_USE_STDOUT': '1'},
    ) as process:
        try:
            wait_for(process, 'photos at')
            children = psutil.Process(process.pid).children()
            assert len(children) == 2
            for number in signals:
                process.send_signal(number)
            assert_ended_well(process)
            assert not any(child.is_running() for child in children)
        finally:
            process.kill()


def test_sigterm_while_a_model_is_built_ends_the_build_too(start, tmp_path):
    process = start('classifier_node', *RANDOM, XDG_CACHE_HOME=str(tmp_path))
    wait_for(process, 'building mobilenet_v2')
    node = psutil.Process(process.pid)
    until(node.children, 'the process that builds')
    (build,) = node.children()
    process.terminate()
    assert_ended_well(process)
    until(lambda: not build.is_running() or build.status() == psutil.STATUS_ZOMBIE, 'its end')
    assert list(tmp_path.iterdir()) == []
