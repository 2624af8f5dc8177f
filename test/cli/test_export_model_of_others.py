# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""export_model packs files of others; all other commands take what it writes as it is."""

import hashlib
import json

import cv2
import pytest
from support.colours import colour_image
from support.foreign import Around, save_scripted
from torch import nn

from rpi_classifier.cli import benchmark, classify, doctor, export_model, tune


@pytest.fixture(scope='module')
def folder(tmp_path_factory):
    """Return a folder with a file of others, its labels and a photo."""
    folder = tmp_path_factory.mktemp('foreign')
    save_scripted(Around(nn.Softmax(dim=1)), folder / 'm.pt')
    (folder / 'labels.txt').write_text('Rot\nGrün\n藍\n')
    cv2.imwrite(str(folder / 'green.png'), colour_image(1))
    return folder


def describe(folder):
    return ['--labels', str(folder / 'labels.txt'), '--input-size', '32', '--input-resize', '36',
            '--mean', '0.5 0.5 0.5', '--std', '0.5, 0.5, 0.5']  # fmt: skip


@pytest.fixture(scope='module')
def packed(folder):
    path = folder / 'robot.pt'
    words = ['--model', str(folder / 'm.pt'), *describe(folder), '--output', str(path)]
    assert export_model.main(words) == 0
    return path


def results(capsys, *words):
    assert classify.main([*words, '--json']) == 0
    return json.loads(capsys.readouterr().out)[0]['results']


def test_packed_file_is_classified_as_the_described_one(folder, packed, capsys):
    photo = str(folder / 'green.png')
    found = results(capsys, '--model', str(packed), photo)
    described = results(capsys, '--model', str(folder / 'm.pt'), *describe(folder), photo)
    assert found == described
    assert found[0]['label'] == 'Grün'


def test_what_was_written_is_said_with_its_digest(folder, tmp_path, capsys):
    output = tmp_path / 'm.pt'
    words = ['--model', str(folder / 'm.pt'), *describe(folder), '--output', str(output)]
    assert export_model.main([*words, '--input-mean', '0.4 0.4 0.4']) == 0
    digest = hashlib.sha256(output.read_bytes()).hexdigest()
    said = f'{output}: 3 classes, returns probabilities, model_sha256 {digest}\n'
    assert capsys.readouterr().out == said


@pytest.mark.parametrize(
    ('words', 'status', 'said'),
    [
        (['--output', 'robot.onnx'], 2, "output: 'robot.onnx' does not end in .pt, but"),
        (['--photos', '.'], 2, "photos: '.' is for models of the zoo only"),
        (['--weights', 'random'], 2, "weights: 'random' is for models of the zoo only"),
        (['--runtime', 'onnx'], 2, "runtime: 'onnx' does not run"),
        (['--input-mean', '127 127 127'], 2, 'divide each number by 255'),
        (['--model-sha256', '0' * 64], 1, 'but model_sha256 asks for'),
        (['--labels', 'nowhere.txt'], 1, 'nowhere.txt'),
        (['--model', 'mobilenet_v2'], 2, 'is for a model file only, but model is'),
    ],
)
def test_options_that_do_not_fit_are_refused(
    folder, tmp_path, monkeypatch, capsys, words, status, said
):
    monkeypatch.chdir(tmp_path)
    given = ['--model', str(folder / 'm.pt'), *describe(folder), '--output', 'robot.pt']
    assert export_model.main([*given, *words]) == status
    message = capsys.readouterr().err
    assert said in message
    assert message.count('\n') == 1
    assert not list(tmp_path.iterdir())


def test_doctor_reads_a_packed_file(packed, capsys):
    doctor.main(['--model', str(packed), '--skip', 'camera', 'csi', 'ros', 'system', 'torch'])
    assert 'robot for any engine, 3 classes' in capsys.readouterr().out


def test_benchmark_measures_a_packed_file_and_compares_it_with_nothing(packed, capsys):
    assert benchmark.main(['--models', str(packed), '--duration', '0.1']) == 0
    assert packed.name in capsys.readouterr().out
    assert benchmark.main(['--models', str(packed), '--reference']) == 2
    assert 'no counterpart in the zoo' in capsys.readouterr().err


def test_tune_tries_a_packed_file_on_every_engine(folder, packed, tmp_path, capsys):
    output = tmp_path / 'tuned.yaml'
    words = ['--model', str(packed), '--photos', str(folder / 'green.png'), '--duration', '0.3',
             '--threads', '1', '--output', str(output)]  # fmt: skip
    assert tune.main(words) == 0
    printed = capsys.readouterr().out
    assert 'onednn' in printed
    assert 'qnnpack' in printed
    text = output.read_text()
    assert f'model: "{packed}"' in text
    assert 'labels' not in text.partition('ros__parameters')[2]
