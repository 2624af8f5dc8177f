# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""train --unfreeze: all layers are trained, and the command says from what and for how long."""

from __future__ import annotations

import pytest
from support.own_classes import COLOURS, draw_classes

from rpi_classifier.cli import train as command
from rpi_classifier.models.load import read_metadata

pytestmark = pytest.mark.usefixtures('weights')


def test_all_layers_are_trained_for_a_few_epochs(tmp_path, capsys, monkeypatch):
    from rpi_classifier.models import float_start

    def unreachable(*_, **__):
        raise OSError('no network here')

    monkeypatch.setattr(float_start, 'urlopen', unreachable)
    draw_classes(tmp_path / 'photos', 4, tuple(COLOURS))
    output = tmp_path / 'mine.pt'
    words = [str(tmp_path / 'photos'), '--output', str(output), '--views', '1']
    assert command.main([*words, '--unfreeze', '--epochs', '1']) == 0
    printed = capsys.readouterr().out
    assert 'fine-tuned from the' in printed
    assert 'of at most 1 epochs' in printed
    assert 'before it was converted to int8' in printed
    assert read_metadata(str(output)).labels == tuple(sorted(COLOURS))


@pytest.mark.parametrize('epochs', ['0', '100001'])
def test_epochs_have_limits(tmp_path, capsys, epochs):
    words = [str(tmp_path), '--output', str(tmp_path / 'mine.pt'), '--unfreeze']
    assert command.main([*words, '--epochs', epochs]) == 2
    assert f'epochs: {epochs} is not from 1 to 100000' in capsys.readouterr().err
