# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""ros2 launch: what dies comes back, and nothing does when everything is asked to end."""

import signal
import subprocess
import time

import psutil
import pytest
from support.launching import launch_command, LAUNCH_FILE

pytest.importorskip('launch_ros', reason='the launch packages are not on PyPI')

PATIENCE_S = 60.0


@pytest.fixture
def launcher(request, photo_folder, tmp_path):
    """Return a launcher of two processes, with its output in the file ``said``."""
    marker = request.node.get_closest_marker('launched')
    text, *more = marker.args if marker else ('',)
    file = tmp_path / 'group.launch.py' if text else LAUNCH_FILE
    if text:
        file.write_text(text.replace('FILE', repr(str(LAUNCH_FILE))))
    arguments = ['composed:=false', f'device:={photo_folder}', 'respawn_delay:=0.5', *more]
    with (tmp_path / 'said').open('w') as said:
        process = psutil.Popen(
            launch_command(file, *arguments),
            stdout=said,
            stderr=subprocess.STDOUT,
        )
    process.said = lambda: (tmp_path / 'said').read_text()
    yield process
    if process.poll() is None:
        for child in [process, *process.children()]:
            child.kill()
        process.wait()


def wait_for(condition, what):
    end = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < end, f'waited {PATIENCE_S} s for {what}'
        time.sleep(0.05)


def streaming(launcher, times=1):
    wait_for(lambda: launcher.said().count('photos at') >= times, 'the camera')


def camera(launcher):
    (found,) = (one for one in launcher.children() if 'camera_node' in ' '.join(one.cmdline()))
    return found


def gone(processes):
    """Wait for the end of processes; whoever adopts orphans may not reap them."""
    _, alive = psutil.wait_procs(processes, timeout=PATIENCE_S)
    return all(one.status() == psutil.STATUS_ZOMBIE for one in alive)


def test_a_node_that_is_killed_comes_back_and_ctrl_c_ends_all_with_status_0(launcher):
    streaming(launcher)
    camera(launcher).kill()
    streaming(launcher, times=2)
    processes = launcher.children()
    assert len(processes) == 2
    launcher.send_signal(signal.SIGINT)
    assert launcher.wait(PATIENCE_S) == 0
    assert gone(processes)
    assert launcher.said().count('photos at') == 2
    assert 'Traceback' not in launcher.said()


def test_a_node_that_is_asked_to_end_stays_away(launcher):
    streaming(launcher)
    for process in launcher.children():
        process.terminate()
    assert launcher.wait(PATIENCE_S) == 0  # with the last of its processes
    assert launcher.said().count('process started') == 2


def test_sigterm_to_the_launcher_leaves_no_orphans(launcher):
    streaming(launcher)
    processes = launcher.children()
    assert len(processes) == 2
    launcher.send_signal(signal.SIGTERM)
    launcher.wait(PATIENCE_S)
    assert gone(processes)


GROUP = """
from launch import LaunchDescription
from launch.actions import GroupAction, IncludeLaunchDescription, SetEnvironmentVariable
from launch.launch_description_sources import PythonLaunchDescriptionSource
from launch_ros.actions import PushRosNamespace, SetParameter, SetRemap


def generate_launch_description():
    group = [
        PushRosNamespace('fleet'),
        SetRemap('image_raw', 'pictures'),
        SetParameter('jpeg_quality', 42),
        SetEnvironmentVariable('OF_THE_GROUP', 'yes'),
        IncludeLaunchDescription(PythonLaunchDescriptionSource(FILE)),
    ]
    return LaunchDescription([GroupAction(group)])
"""


@pytest.mark.launched(GROUP, 'namespace:=robot1')
def test_a_node_that_comes_back_keeps_what_its_group_gave(launcher):
    streaming(launcher)
    first = camera(launcher)
    command, environment = first.cmdline(), first.environ()
    assert '__ns:=/fleet/robot1' in command
    assert 'image_raw:=pictures' in command
    assert environment['OF_THE_GROUP'] == 'yes'
    first.kill()
    streaming(launcher, times=2)
    assert camera(launcher).cmdline() == command
    assert camera(launcher).environ()['OF_THE_GROUP'] == 'yes'
    assert launcher.said().count('[fleet.robot1.camera]') >= 2
    assert 'so it is not used' not in launcher.said()  # what the group gives is for both nodes
    assert 'has no effect' not in launcher.said()


@pytest.mark.launched('', 'model:=alexnet')
def test_a_node_with_wrong_settings_is_not_started_again(launcher):
    wait_for(lambda: 'process has died' in launcher.said(), 'the end of the classifier')
    streaming(launcher)
    launcher.send_signal(signal.SIGINT)
    launcher.wait(PATIENCE_S)
    said = launcher.said()
    assert said.count("model 'alexnet' is not in the zoo") == 1
    assert said.count('classifier_node-2 is not restarted, because a restart would not help') == 1
    assert said.count('is not restarted') == 1


@pytest.mark.launched('', 'devce:=/dev/video2', 'image:=/x', 'composed:=true')
def test_arguments_without_effect_are_told(launcher):
    streaming(launcher)
    said = launcher.said()
    assert "'devce' is no launch argument, so it is not used; did you mean 'device'?" in said
    assert 'image:=/x has no effect: the camera in the same process' in said


@pytest.mark.launched('', 'namespace:=my robot')
def test_a_malformed_namespace_starts_nothing(launcher):
    assert launcher.wait(PATIENCE_S) != 0
    assert "namespace: 'my robot' is not a name; write names of letters" in launcher.said()
    assert 'process started' not in launcher.said()
