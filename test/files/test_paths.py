# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Paths as people write them, in every parameter and option that takes one."""

from pathlib import Path
import sys

import pytest

from rpi_classifier.bringup.plan import processes
from rpi_classifier.cli.command import path_option
from rpi_classifier.config import CameraConfig, ClassifierConfig
from rpi_classifier.errors import ConfigError
from rpi_classifier.files.paths import describe_path, expand_path, is_within

HOME_OF_ROOT = str(Path('~root').expanduser())


@pytest.fixture(autouse=True)
def places(monkeypatch, tmp_path):
    """Have a home, a variable, and a workspace with the package bot."""
    monkeypatch.setenv('HOME', '/home/robot')
    monkeypatch.setenv('DATA', '/data')
    monkeypatch.delenv('NOWHERE', raising=False)
    marker = tmp_path / 'ws/share/ament_index/resource_index/packages/bot'
    marker.parent.mkdir(parents=True)
    marker.touch()
    (tmp_path / 'ws/share/bot').mkdir()
    monkeypatch.setenv('AMENT_PREFIX_PATH', str(tmp_path / 'ws'))


@pytest.mark.parametrize(
    ('text', 'path'),
    [
        ('~', '/home/robot'),
        ('~/a b', '/home/robot/a b'),
        ('~root/x', f'{HOME_OF_ROOT}/x'),
        ('$DATA/x', '/data/x'),
        ('${DATA}/${DATA}x', '/data//datax'),
        ('file:///a/b', '/a/b'),
        ('file://localhost/a', '/a'),
        ('file:/a', '/a'),
        ('file://~/a', '/home/robot/a'),
        ('file://${DATA}/a', '/data/a'),
        ('rtsp://host/~/x', 'rtsp://host/~/x'),
        ('HD Webcam', 'HD Webcam'),
        ('price: 5$', 'price: 5$'),
        ('', ''),
    ],
)
def test_home_variables_and_urls_of_files_become_paths(text, path):
    assert expand_path(text, 'model') == path


@pytest.mark.parametrize('url', ['package://bot/c/m.pt', 'package://${BOT}/c/m.pt'])
def test_url_in_a_package_becomes_a_path_in_its_share_folder(url, tmp_path, monkeypatch):
    pytest.importorskip('ament_index_python', reason='finds packages')
    monkeypatch.setenv('BOT', 'bot')
    assert expand_path(url, 'model') == str(tmp_path / 'ws/share/bot/c/m.pt')


@pytest.mark.parametrize(
    ('text', 'words'),
    [
        ('$NOWHERE/x', r"model: '\$NOWHERE/x' names the variable NOWHERE, which is not set"),
        ('${NOWHERE}', 'names the variable NOWHERE'),
        ('${DATA:-x}/y', r'is not understood; write a variable as \$\{NAME\}'),
        ('~nobody_here/x', "'~nobody_here/x' names a home folder, which is not known here"),
        ('file://relative', 'is not a URL of a file; write file:///PATH'),
        ('package:bot/x', 'write package://PACKAGE/PATH'),
        ('package://', 'write package://PACKAGE/PATH'),
        ('package://other/x', 'names the package other, which is not installed'),
        ('package://../x', 'is not installed'),
    ],
)
def test_what_is_not_known_here_is_refused_by_its_name(text, words):
    if 'is not installed' in words:
        pytest.importorskip('ament_index_python', reason='finds packages')
    with pytest.raises(ConfigError, match=words):
        expand_path(text, 'model')


def test_without_ament_index_a_package_is_refused_with_what_is_missing(monkeypatch):
    monkeypatch.setitem(sys.modules, 'ament_index_python', None)
    monkeypatch.setitem(sys.modules, 'ament_index_python.packages', None)
    with pytest.raises(ConfigError, match='needs ament_index_python, which is not installed'):
        expand_path('package://bot/x', 'model')


def test_file_whose_name_has_a_dollar_or_a_tilde_is_found(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    for name in ('US$NOWHERE.jpg', '~nobody_here'):
        Path(name).touch()
        assert expand_path(name, 'image') == name


def test_every_parameter_and_option_that_names_a_file_is_expanded():
    assert CameraConfig(device='~/photos').device == '/home/robot/photos'
    config = ClassifierConfig(model='$DATA/m.pt', labels='~/labels.txt', input_size=224)
    assert (config.model, config.labels) == ('/data/m.pt', '/home/robot/labels.txt')
    assert ClassifierConfig(model='~/m.onnx').is_file
    assert path_option('output')('~/m.pt') == Path('/home/robot/m.pt')
    assert '/home/robot/p.yaml' in processes({'params_file': '~/p.yaml'})[0].ros_arguments


def test_relative_path_is_told_with_its_folder(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert describe_path('a/b') == f'a/b (in {tmp_path})'
    assert describe_path(Path('/a')) == '/a'
    gone = tmp_path / 'gone'
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert describe_path('a') == 'a'


@pytest.mark.parametrize(
    ('path', 'inside'),
    [
        ('own', True),
        ('own/kept', True),
        ('link/x', True),
        ('own/out/x', True),
        ('owner', False),
        ('.', False),
    ],
)
def test_a_path_is_within_a_folder_that_it_leads_through(tmp_path, path, inside):
    (tmp_path / 'own').mkdir()
    (tmp_path / 'link').symlink_to(tmp_path / 'own')
    (tmp_path / 'own' / 'out').symlink_to(tmp_path)
    assert is_within(tmp_path / path, tmp_path / 'own') == inside
