# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The check of the weights."""

from pathlib import Path
import shutil

from support.colours import Colours
from support.foreign import save_scripted
from support.records import change_record
import torch

from rpi_classifier.doctor import model
from rpi_classifier.models import zoo
from rpi_classifier.models.build_cache import CachedBuild
from rpi_classifier.models.temperature import set_temperature

FILES = Path(__file__).resolve().parent.parent / 'fixtures' / 'v0.1'


def verdict(finding):
    return finding.severity


def test_weights_are_looked_for_where_torch_would(tmp_path, monkeypatch):
    monkeypatch.setenv('TORCH_HOME', str(tmp_path))
    monkeypatch.setattr(model, 'explain_unreachable', lambda url: 'no network')
    gone = model.check_weights('resnet18')
    assert (gone.severity, 'download fails (no network)' in gone.finding) == ('error', True)
    monkeypatch.setattr(model, 'explain_unreachable', lambda url: '')
    assert 'can be downloaded' in model.check_weights('resnet18').finding
    checkpoints = tmp_path / 'hub' / 'checkpoints'
    checkpoints.mkdir(parents=True)
    (checkpoints / 'resnet18_fbgemm_16fa66dd.pth').write_bytes(b'x')
    assert str(checkpoints) in model.check_weights('resnet18').finding
    assert 'not in the zoo' in model.check_weights('resnet19').finding
    assert verdict(model.check_weights('/no/file.pt')) == 'error'
    (tmp_path / 'm.pt').write_bytes(b'x')
    damaged = model.check_weights(str(tmp_path / 'm.pt'))
    assert (damaged.severity, 'm.pt' in damaged.finding) == ('error', True)


def test_exported_file_is_told_by_its_record():
    found = model.check_weights(str(FILES / 'colours.pt'))
    assert (found.severity, 'colours for qnnpack, 3 classes' in found.finding) == ('ok', True)
    assert 'temperature' not in found.finding


def test_temperature_of_a_calibrated_file_is_told(tmp_path):
    path = shutil.copy(FILES / 'colours.pt', tmp_path / 'm.pt')
    set_temperature(path, 1.5)
    assert model.check_weights(str(path)).finding.endswith('3 classes, temperature 1.5')


def test_region_of_a_file_is_told(tmp_path):
    path = shutil.copy(FILES / 'colours.pt', tmp_path / 'm.pt')
    change_record(path, region='0.5 0 0.5 1')
    found = model.check_weights(str(path)).finding
    assert found.endswith('3 classes, for the region 0.5 0 0.5 1')


def test_file_without_a_record_is_an_error_until_it_is_described(tmp_path):
    path = str(save_scripted(Colours(), tmp_path / 'm.pt'))
    bare = model.check_weights(path)
    assert (bare.severity, 'set labels' in bare.fix) == ('error', True)
    found = model.check_weights(path, {'labels': ['red', 'green', 'blue'], 'input_size': 32})
    assert (found.severity, 'logits' in found.finding) == ('warn', True)
    assert 'pin it with model_sha256' in found.fix
    wrong = model.check_weights(path, {'labels': ['red'], 'input_size': 32})
    assert (wrong.severity, '3 classes but 1 labels' in wrong.finding) == ('error', True)


def test_cached_weights_that_are_not_those_of_their_name_are_told(tmp_path, monkeypatch):
    monkeypatch.setenv('TORCH_HOME', str(tmp_path))
    path = zoo.cached(zoo.MODELS['resnet18'])
    path.parent.mkdir(parents=True)
    torch.save({'weight': torch.zeros(3)}, path)
    own = model.check_weights('resnet18')
    assert (own.severity, 'sha256sum' in own.fix) == ('warn', True)
    path.write_bytes(path.read_bytes()[:-100])
    damaged = model.check_weights('resnet18')
    assert (damaged.severity, 'delete the file' in damaged.fix) == ('error', True)


def test_cache_is_told_with_its_place_and_size(tmp_path, monkeypatch):
    monkeypatch.setenv('XDG_CACHE_HOME', str(tmp_path))
    empty = model.check_build_cache('mobilenet_v2')
    assert (empty.severity, 'nothing is kept yet' in empty.finding) == ('ok', True)
    CachedBuild('a.pt').keep(b'x' * 1_500_000)
    found = model.check_build_cache('mobilenet_v2')
    assert found.finding == f'{tmp_path / "rpi_classifier"}: 1 compiled models, 1.5 MB'
    assert verdict(model.check_build_cache('m.onnx')) == 'skipped'


def test_cache_that_cannot_be_used_is_a_warning(tmp_path, monkeypatch):
    monkeypatch.setenv('XDG_CACHE_HOME', str(tmp_path))
    CachedBuild('a.pt').keep(b'x')
    (tmp_path / 'rpi_classifier').chmod(0o777)
    shared = model.check_build_cache('mobilenet_v2')
    assert (shared.severity, 'can be written by other users' in shared.finding) == ('warn', True)
    (tmp_path / 'file').write_text('')
    monkeypatch.setenv('XDG_CACHE_HOME', str(tmp_path / 'file'))
    absent = model.check_build_cache('mobilenet_v2')
    assert (absent.severity, 'is not a folder' in absent.finding) == ('warn', True)
    assert 'cache: false' in absent.fix
