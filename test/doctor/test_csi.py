# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The check of a Raspberry Pi's camera connector."""

import pytest

from rpi_classifier.doctor import csi
from rpi_classifier.doctor.check_result import Options

PI_4, PI_5 = 'Raspberry Pi 4 Model B Rev 1.4', 'Raspberry Pi 5 Model B Rev 1.0'


def only(check, **options):
    (found,) = check(Options(**options))
    return found


def pi(root, *, model=PI_4, release='bullseye', config='', camera_name=''):
    """Write the files of a Raspberry Pi."""
    files = {
        'proc/device-tree/model': f'{model}\0',
        'etc/os-release': f'NAME="X"\nVERSION_CODENAME={release}\n',
        'boot/config.txt': config,
        'sys/class/video4linux/video10/name': 'bcm2835-codec-decode\n',
    }
    if camera_name:
        files['sys/class/video4linux/video0/name'] = f'{camera_name}\n'
    for path, content in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(content)
    return root


TUTORIAL = 'start_x=1\ngpu_mem=128\n#camera_auto_detect=1\n'


@pytest.mark.parametrize(
    ('given', 'severity', 'text'),
    [
        ({'config': TUTORIAL}, 'ok', 'has the lines'),
        ({'config': TUTORIAL, 'camera_name': 'mmal service 16.1'}, 'ok', 'mmal service'),
        ({'config': 'camera_auto_detect=1\n'}, 'warn', 'add start_x=1 and gpu_mem=128, put #'),
        ({'config': '[pi3]\n' + TUTORIAL}, 'warn', 'add start_x=1 and gpu_mem=128'),
        ({'config': '[pi3]\ngpu_mem=64\n[all]\n' + TUTORIAL}, 'ok', 'has the lines'),
        ({'config': 'start_x=1\ngpu_mem=64\n'}, 'warn', 'add gpu_mem=128'),
        ({'release': 'bookworm', 'config': TUTORIAL}, 'warn', 'libcamera only'),
        ({'release': 'noble', 'camera_name': 'unicam-image'}, 'warn', 'libcamera only'),
        ({'release': 'bookworm', 'camera_name': 'USB Camera'}, 'ok', 'USB Camera'),
        ({'model': PI_5, 'camera_name': 'rp1-cfe-csi2_ch0'}, 'warn', 'driver:=camera_ros'),
        ({'model': 'Radxa ROCK 5B'}, 'skipped', 'no Raspberry Pi'),
    ],
)
def test_the_camera_connector_of_a_pi(tmp_path, given, severity, text):
    found = only(csi.check_csi, root=pi(tmp_path, **given))
    assert (found.severity, text in f'{found.finding} {found.fix}') == (severity, True), found


def test_the_newer_place_of_the_boot_configuration_comes_first(tmp_path):
    pi(tmp_path, config='# moved to firmware/\n')
    (tmp_path / 'boot/firmware').mkdir()
    (tmp_path / 'boot/firmware/config.txt').write_text(TUTORIAL)
    assert 'boot/firmware/config.txt has the lines' in only(csi.check_csi, root=tmp_path).finding
