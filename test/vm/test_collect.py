# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The command collect, with a camera on a V4L2 driver."""

import threading

import cv2
from support.watched import until

from rpi_classifier.cli.collect import main


def run(folder, *words):
    # Vivid's picture moves, but some parts of it only: every one counts.
    options = ['--class', 'cup', '--output', str(folder), '--difference', '0', '--blur', '0']
    return main([*options, '--size', '640x360', '--every', '0.1', '--wait', '60', *words])


def photos(folder):
    return sorted((folder / 'cup').glob('*.jpg')) if (folder / 'cup').exists() else []


def test_photos_of_a_camera_have_its_size_and_are_counted(device, tmp_path, capsys):
    assert run(tmp_path, '--device', device, '--count', '3') == 0
    out, errors = capsys.readouterr()
    assert out.splitlines()[0] == f'{tmp_path}/cup: kept 3, skipped 0 near-duplicate and 0 blurred'
    assert f'on {device}: 640x360 ' in errors
    assert [cv2.imread(str(path)).shape for path in photos(tmp_path)] == [(360, 640, 3)] * 3


def test_a_camera_that_is_unplugged_is_waited_for(vivid, device, tmp_path, capsys):
    status = []
    words = (tmp_path, '--device', device, '--count', '12')
    thread = threading.Thread(target=lambda: status.append(run(*words)))
    thread.start()
    until(lambda: photos(tmp_path), 'the first photo')
    vivid.pull()
    until(lambda: 'is gone; plug it in again' in capsys.readouterr().err, 'the reason')
    vivid.plug()
    thread.join(60)
    assert status == [0]
    assert len(photos(tmp_path)) == 12


def test_a_camera_that_stays_away_ends_the_command_with_3(vivid, device, tmp_path, capsys):
    status = []
    words = (tmp_path, '--device', device, '--count', '1000', '--wait', '10')
    thread = threading.Thread(target=lambda: status.append(run(*words)))
    thread.start()
    until(lambda: photos(tmp_path), 'the first photo')
    vivid.pull()
    thread.join(60)
    vivid.plug()
    assert status == [3]
    assert f'no image came from {device} within 10 s: camera ' in capsys.readouterr().err
