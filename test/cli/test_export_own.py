# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""export_model --architecture: networks of own classes, by command."""

import cv2
import pytest
from support.own_networks import make_photos, trained_float, trained_int8, trained_prepared
import torch

from rpi_classifier.cli.export_model import main
from rpi_classifier.models.load import read_metadata

LABELS = 'blue,green,red'
NAMES = tuple(LABELS.split(','))


@pytest.fixture
def export(tmp_path):
    """Return what runs the command on a state, and returns its exit status."""

    def run(*more, network=trained_prepared, output='mine.pt'):
        weights = tmp_path / 'mine.pth'
        torch.save(network().state_dict(), weights)
        words = ['--architecture', 'shufflenet_v2_x0_5', '--weights', str(weights)]
        words += ['--labels', LABELS, '--input-size', '64', '--engine', 'qnnpack']
        return main([*words, '--output', str(tmp_path / output), *more])

    return run


@pytest.fixture
def classes(tmp_path):
    """Return a folder with photos of each class."""
    for number, path in enumerate(make_photos(tmp_path / 'all')):
        folder = tmp_path / 'photos' / NAMES[number % 3]
        folder.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(folder / path.name), cv2.imread(str(path)))
    return tmp_path / 'photos'


def test_a_float_network_is_calibrated_on_folders_of_classes(export, classes, tmp_path, capsys):
    assert export('--photos', str(classes), network=trained_float) == 0
    said = capsys.readouterr().out
    assert 'of 12 photos' in said
    assert 'in int8 and' in said
    assert f'{tmp_path}/mine.pt: shufflenet_v2_x0_5 with 3 classes for engine qnnpack' in said
    metadata = read_metadata(str(tmp_path / 'mine.pt'))
    assert metadata.labels == NAMES
    assert (metadata.transform.size, metadata.transform.resize) == (64, 73)


def test_folders_that_are_no_labels_calibrate_only(export, classes, capsys):
    (classes / 'blue').rename(classes / 'sky')
    assert export('--photos', str(classes), network=trained_float) == 0
    said = capsys.readouterr()
    assert 'are not all labels, so right answers are not counted' in said.err
    assert 'in int8 and' not in said.out


def test_an_int8_network_needs_no_photos(export, tmp_path):
    assert export(network=trained_int8) == 0
    assert read_metadata(str(tmp_path / 'mine.pt')).labels == NAMES


def test_a_float_network_without_photos_is_refused(export, tmp_path, capsys):
    assert export(network=trained_float) == 2
    assert 'give --photos FOLDER' in capsys.readouterr().err
    assert not (tmp_path / 'mine.pt').exists()


def test_a_loss_above_max_drop_is_refused(export, classes, tmp_path, monkeypatch, capsys):
    from rpi_classifier.models.agreement import Agreement

    monkeypatch.setattr(Agreement, 'points', property(lambda _: 2.5))
    words = ('--photos', str(classes), '--max-drop')
    assert export(*words, '2', network=trained_float) == 1
    assert 'it would lose 2.5 percent points, more than the 2' in capsys.readouterr().err
    assert not (tmp_path / 'mine.pt').exists()
    assert export(*words, '3', network=trained_float) == 0


@pytest.mark.parametrize(
    ('words', 'said'),
    [
        (['--architecture', 'mobilenet_v9'], 'did you mean mobilenet_v2'),
        (['--model', 'resnet18'], 'exclude each other; leave --model out'),
        (['--weights', 'random'], 'give --weights FILE.pth'),
        (['--labels', ''], 'give --labels FILE'),
        (['--labels', 'a,b'], 'the model has 3 classes but 2 labels'),
        (['--output-kind', 'sigmoid'], "output_kind: 'sigmoid' is for a model file"),
        (['--input-resize', '32'], '32 is smaller than input_size 64'),
        (['--input-mean', '1 2'], 'is not three numbers'),
        (['--output', 'mine.pte'], 'name FILE.pt or FILE.onnx'),
        (['--output', 'mine.onnx'], "engine: 'qnnpack' is not for FILE.onnx"),
        (['--runtime', 'onnx'], "runtime: 'onnx' does not run 'mine.pt'"),
        (['--max-drop', '3'], 'give one folder with photos'),
        (['--weights', '/no/such.pth'], 'cannot be read: No such file'),
    ],
    ids=lambda value: ' '.join(value) if isinstance(value, list) else '',
)
def test_what_does_not_fit_is_refused(export, capsys, words, said):
    assert export(*words) in (1, 2)
    assert said in capsys.readouterr().err
