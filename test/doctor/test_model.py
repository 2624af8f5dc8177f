# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The check of the weights."""

from rpi_classifier.doctor import model


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
