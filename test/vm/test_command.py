# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The command camera_info, and doctor's checks of a camera, on a V4L2 driver."""

import json
import shutil
import subprocess

import pytest
from support.watched import until

from rpi_classifier.camera import v4l2
from rpi_classifier.cli.camera_info import main
from rpi_classifier.doctor import camera
from rpi_classifier.doctor.check_result import Options


def test_a_table_of_the_cameras_that_are_there(device, capsys):
    assert main([device]) == 0
    text = capsys.readouterr().out
    assert text.startswith(f'{device}: ')
    assert '  pixel_format  size' in text


def test_formats_sizes_rates_and_controls_of_the_virtual_camera(vivid, capsys):
    assert main([]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == '/dev/video0: vivid, driver vivid'
    assert '  YUYV          640x360    40 30 25 15 12.5 10 5 4 2 1' in lines
    assert [line.split() for line in lines if line.startswith('  brightness ')] == [
        ['brightness', '128', '128', '0', 'to', '255']
    ]
    assert not any('HSV3' in line or 'Disconnect' in line for line in lines)


def test_json_has_everything(vivid, capsys):
    assert main(['--json', '0']) == 0
    (camera,) = json.loads(capsys.readouterr().out)
    assert camera['card'] == 'vivid'
    formats = {item['fourcc']: item for item in camera['formats']}
    assert formats['YUYV']['usable']
    assert not formats['HSV3']['usable']
    controls = {item['name']: item for item in camera['controls']}
    assert controls['Brightness']['parameter'] == 'brightness'
    assert controls['Disconnect']['parameter'] == ''


def test_doctor_finds_nothing_wrong_with_a_camera_that_works(device):
    findings = list(camera.check_camera(Options(device=device)))
    assert [finding.name for finding in findings] == [
        'camera.device',
        'camera.free',
        'camera.formats',
    ]
    assert {finding.severity for finding in findings} == {'ok'}, findings


@pytest.mark.skipif(not shutil.which('v4l2-ctl'), reason='v4l2-ctl is not installed')
def test_doctor_names_who_has_the_camera(vivid, device):
    command = ['v4l2-ctl', '-d', device, '--stream-mmap', '--stream-to', '/dev/null']
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as other:
        until(lambda: v4l2.is_busy(device), 'the other program to stream')
        found = camera.check_free(device)
        other.terminate()
    assert found.severity == 'warn'
    assert f'v4l2-ctl (pid {other.pid})' in found.finding
