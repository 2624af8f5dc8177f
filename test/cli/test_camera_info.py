# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The command camera_info; on a real driver it is tested in test/vm."""

from rpi_classifier.cli import camera_info
from rpi_classifier.cli.camera_info import camera_tables, main

CAMERA = {
    'device': '/dev/video0',
    'stable_path': '/dev/v4l/by-id/usb-Front',
    'card': 'Front',
    'driver': 'uvcvideo',
    'formats': [
        {
            'fourcc': 'YUYV',
            'usable': True,
            'sizes': [
                {'width': 640, 'height': 480, 'rates_hz': [30.0, 7.5], 'smallest': None},
                {'width': 99, 'height': 98, 'rates_hz': [], 'smallest': (2, 4)},
            ],
        },
        {'fourcc': 'H264', 'usable': False, 'sizes': []},
    ],
    'controls': [
        {
            'name': 'Gain',
            'parameter': 'gain',
            'kind': 'int',
            'minimum': 0,
            'maximum': 90,
            'step': 10,
            'default': 50,
            'value': 70,
            'active': False,
            'menu': {},
        },
        {
            'name': 'Line',
            'parameter': '',
            'kind': 'menu',
            'minimum': 0,
            'maximum': 1,
            'step': 1,
            'default': 0,
            'value': 1,
            'active': True,
            'menu': {0: 'Off', 1: '50 Hz'},
        },
    ],
}


def test_tables_hold_modes_and_parameters():
    assert camera_tables(CAMERA, everything=False).splitlines() == [
        '/dev/video0: Front, driver uvcvideo',
        '  device: /dev/v4l/by-id/usb-Front  stays the same after a replug',
        '',
        '  pixel_format  size          fps',
        '  YUYV          640x480       30 7.5',
        '  YUYV          2x4 to 99x98',
        '',
        '  parameter  default  value          range',
        '  gain       50       70 (inactive)  0 to 90 by 10',
    ]


def test_all_shows_what_the_node_cannot_use_too():
    assert '  (Line)     0        1              0: Off, 1: 50 Hz' in camera_tables(
        CAMERA, everything=True
    )


def test_no_camera_is_told_and_fails(capsys, monkeypatch):
    monkeypatch.setattr(camera_info, 'find_devices', dict)
    assert main([]) == 1
    assert 'camera_info: there is no camera' in capsys.readouterr().err
    assert main(['/dev/null']) == 1
    assert '/dev/null is not a V4L2 camera' in capsys.readouterr().err
