# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Nodes start where ROS cannot write log files."""

import signal

import pytest

pytest.importorskip('rclpy', reason='there is no ROS 2 here')

from support.ros import wait_for

from rpi_classifier.nodes.common.log_files import explain_unwritable_logs

ADVICE = 'no log files are written; set ROS_LOG_DIR to a folder that can be written'


def test_the_folder_is_that_of_ros(tmp_path):
    for name, folder in (('ROS_LOG_DIR', 'a'), ('ROS_HOME', 'b/log'), ('HOME', 'c/.ros/log')):
        given = {name: str(tmp_path / folder.split('/')[0])}
        assert explain_unwritable_logs(given) == ''
        assert (tmp_path / folder).is_dir()


def test_no_home_and_a_file_in_the_way_are_told(tmp_path):
    assert explain_unwritable_logs({}) == f'HOME is not set: {ADVICE}'
    (tmp_path / 'file').write_text('')
    said = explain_unwritable_logs({'HOME': str(tmp_path / 'file')})
    assert said == f'{tmp_path}/file/.ros: Not a directory: {ADVICE}'


def test_a_node_runs_without_log_files(start, photo_folder, tmp_path):
    (tmp_path / 'file').write_text('')
    process = start(
        'camera_node', '-p', f'device:={photo_folder}', ROS_LOG_DIR=f'{tmp_path}/file/x'
    )
    assert ADVICE in wait_for(process, 'photos at')
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 0
