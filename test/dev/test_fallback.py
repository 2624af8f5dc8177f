# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What scripts/run does where the weights of mobilenet_v2 are out of reach."""

import importlib.util
from pathlib import Path
import urllib.request

import pytest

from rpi_classifier.images.decode import read_image_file
from rpi_classifier.models import zoo

ROOT = Path(__file__).resolve().parents[2]
ARGUMENTS = {'params_file': str(ROOT / 'config' / 'classifier.yaml')}


def load():
    spec = importlib.util.spec_from_file_location('fallback', ROOT / 'dev' / 'fallback.py')
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def fallback(tmp_path, monkeypatch):
    """Return the module, on a machine without weights and network."""
    module = load()

    def no_network(*args, **kwargs):
        raise OSError('Network is unreachable')

    monkeypatch.setenv('TORCH_HOME', str(tmp_path))
    monkeypatch.setattr(urllib.request, 'urlopen', no_network)
    monkeypatch.setattr(module, '_installed', lambda: True)
    monkeypatch.setattr(module, 'link_sample_photos', lambda folder: Path('/photos'))
    return module


def test_photos_are_classified_by_efficientnet_lite0_and_one_line_says_so(fallback, capsys):
    values = fallback.without_weights(ARGUMENTS)
    assert values == {**ARGUMENTS, 'model': 'efficientnet_lite0', 'device': '/photos'}
    line = capsys.readouterr().err
    assert line.count('\n') == 1
    assert 'mobilenet_v2' in line
    assert 'efficientnet_lite0' in line


def test_weights_that_can_be_downloaded_are_used(fallback, monkeypatch, capsys):
    monkeypatch.setattr(fallback, 'explain_unreachable', lambda url: '')
    assert fallback.without_weights(ARGUMENTS) == ARGUMENTS
    assert capsys.readouterr().err == ''


def test_cached_weights_are_used_without_asking_the_network(fallback, monkeypatch):
    unused = lambda url: pytest.fail('asked the network')  # noqa: E731
    monkeypatch.setattr(fallback, 'explain_unreachable', unused)
    path = zoo.cached(zoo.MODELS['mobilenet_v2'])
    path.parent.mkdir(parents=True)
    path.touch()
    assert fallback.without_weights(ARGUMENTS) == ARGUMENTS


def test_a_model_that_the_user_named_stays(fallback, tmp_path):
    named = {**ARGUMENTS, 'model': 'mobilenet_v2'}
    assert fallback.without_weights(named) == named
    for line in ('model: resnet18', 'weights: random'):
        path = tmp_path / 'own.yaml'
        path.write_text(f'/**/classifier:\n  ros__parameters:\n    {line}\n')
        assert fallback.without_weights({'params_file': str(path)}) == {'params_file': str(path)}


@pytest.mark.parametrize('content', [None, '', '- a list', '{', 'classifier: 3'])
def test_a_parameter_file_that_is_wrong_is_left_to_the_nodes(fallback, tmp_path, content):
    path = tmp_path / 'own.yaml'
    if content is not None:
        path.write_text(content)
    assert fallback.without_weights({'params_file': str(path)}) == {'params_file': str(path)}


def test_a_device_that_the_user_named_stays(fallback):
    values = fallback.without_weights({**ARGUMENTS, 'device': '/dev/video0'})
    assert (values['model'], values['device']) == ('efficientnet_lite0', '/dev/video0')
    assert 'device' not in fallback.without_weights({**ARGUMENTS, 'camera': 'false'})


def test_where_nothing_can_be_installed_the_nodes_say_what_is_missing(
    fallback, monkeypatch, capfd
):
    monkeypatch.setattr(fallback, '_installed', lambda: False)
    monkeypatch.setattr(fallback.sys, 'executable', '/bin/false')
    assert fallback.without_weights(ARGUMENTS) == ARGUMENTS
    assert 'installing what requirements-samples.txt lists' in capfd.readouterr().err


def test_sample_photos_are_five_photos(tmp_path):
    if not importlib.util.find_spec('skimage'):
        pytest.skip('scikit-image is not installed')
    for _ in range(2):
        folder = load().link_sample_photos(tmp_path / 'photos')
    assert len([read_image_file(path) for path in folder.iterdir()]) == 5
