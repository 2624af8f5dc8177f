# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The command train: one file out of a folder of photos, and sentences about bad ones."""

from __future__ import annotations

import json
import os
from pathlib import Path
import signal

import cv2
import numpy as np
import pytest
from support.own_classes import COLOURS, draw_class, draw_classes
import yaml

from rpi_classifier.cli import train as command
from rpi_classifier.cli import train_report
from rpi_classifier.cli.evaluate import main as evaluate
from rpi_classifier.config import ClassifierConfig
from rpi_classifier.errors import ModelError
from rpi_classifier.images.decode import read_image_file
from rpi_classifier.inference.classifier import Classifier
from rpi_classifier.models.load import read_metadata
from rpi_classifier.runtime.engines import supported_engines

# Random networks amplify what engines round differently, so their files may be refused.
pytestmark = pytest.mark.usefixtures('weights')


def train(folder: Path, output: Path, *options: str) -> int:
    return command.main([str(folder), '--output', str(output), '--views', '1', *options])


@pytest.fixture(scope='module')
def split(tmp_path_factory) -> Path:
    """Return a folder with train/ and val/ of blue, green and red."""
    folder = tmp_path_factory.mktemp('split')
    draw_classes(folder / 'train', 4, tuple(COLOURS))
    for colour in COLOURS:
        draw_class(folder / 'val', colour, 2, first=10)
    return folder


@pytest.fixture(params=['.pt', '.onnx'])
def output(request, tmp_path) -> Path:
    """Return the path of a file of each format that can be written here."""
    if request.param == '.onnx':
        pytest.importorskip('onnx', reason='onnx is not installed')
        pytest.importorskip('onnxruntime', reason='onnxruntime is not installed')
    return tmp_path / f'my cups{request.param}'


def test_file_finds_the_classes_by_the_line_that_is_printed(split, output, capsys):
    assert train(split, output) == 0
    printed = capsys.readouterr().out
    assert 'validation: 100.0 %, 6 of 6 photos' in printed
    assert 'before its last layer was quantized: 6 of 6' in printed
    assert 'passes over all photos' in printed
    parameters = yaml.safe_load(printed.splitlines()[-1])
    classifier = Classifier.load(ClassifierConfig(**parameters))
    assert classifier.labels == ('blue', 'green', 'red')
    for colour in COLOURS:
        photo = read_image_file(split / 'val' / colour / '010.png')
        assert classifier.classify(photo).predictions[0].label == colour


@pytest.mark.parametrize(
    ('region', 'stored'),
    [('0.5,0,0.5,1', '0.5 0 0.5 1'), ('0x50,0,0x50,0x3c', '80 0 80 60')],
)
def test_region_is_all_that_the_network_learns_from_and_the_file_has_it(
    tmp_path, output, capsys, region, stored
):
    """The other half of each photo has the colour of another class."""
    folder = tmp_path / 'halves'
    draw_classes(folder, 5, ('blue', 'green'))
    first = {name: read_image_file(folder / name / '000.png') for name in ('blue', 'green')}
    for name, other in (('blue', 'green'), ('green', 'blue')):
        for path in (folder / name).iterdir():
            cv2.imwrite(str(path), np.hstack([first[other], read_image_file(path)]))
    assert train(folder, output, '--region', region) == 0
    printed = capsys.readouterr().out
    assert 'validation: 100.0 %, 2 of 2 photos' in printed
    assert yaml.safe_load(printed.splitlines()[-1]) == {'model': str(output)}
    assert read_metadata(str(output)).region == stored
    for words, right in ((), 10), (('--region', '0,0,.5,1'), 0):
        assert evaluate(['--model', str(output), str(folder), '--json', *words]) == 0
        assert json.loads(capsys.readouterr().out)['accuracy']['right'] == right


def test_region_that_fits_into_no_photo_is_one_sentence(split, tmp_path, capsys):
    assert train(split, tmp_path / 'a.pt', '--region', '900 900 10 10') == 1
    printed = capsys.readouterr()
    assert 'region: 900 900 10 10 does not fit into an image of 80x60 pixels' in printed.out
    assert 'no photo to train on can be read of blue, green, red; the reasons' in printed.err
    assert not (tmp_path / 'a.pt').exists()
    assert train(split, tmp_path / 'a.pt', '--region', 'left') == 2
    assert "region: 'left' is not four numbers" in capsys.readouterr().err


def test_engine_of_a_raspberry_pi_is_recommended_or_taken(split, tmp_path, capsys):
    output, tip = tmp_path / 'cups.pt', 'which a Raspberry Pi lacks'
    assert train(split, output, '--engine', 'qnnpack') == 0
    metadata = read_metadata(str(output))
    assert metadata
    assert metadata.engine == 'qnnpack'
    assert tip not in capsys.readouterr().out
    if 'onednn' in supported_engines():
        assert train(split, output, '--engine', 'onednn') == 0
        assert tip in capsys.readouterr().out


def test_seed_decides_the_answers_of_the_file(split, output):
    def answers(*options):
        assert train(split, output, *options) == 0
        metadata = read_metadata(str(output))
        assert metadata
        return np.array(metadata.answers)

    first = answers('--seed', '3')
    assert np.array_equal(answers('--seed', '3'), first)
    assert not np.array_equal(answers('--seed', '4'), first)


def test_labels_and_names_in_any_script_reach_the_record(tmp_path):
    for colour, label in (('blue', 'Tasse groß'), ('red', '猫 #1')):
        draw_class(tmp_path, colour, 2)
        (tmp_path / colour).rename(tmp_path / label)
    output = tmp_path.parent / 'Größe.pt'
    assert train(tmp_path, output) == 0
    metadata = read_metadata(str(output))
    assert metadata
    assert metadata.labels == ('Tasse groß', '猫 #1')
    assert metadata.name == 'Größe'


def test_part_is_held_out_without_val_or_nobody_knows_how_good_it_is(tmp_path, capsys):
    draw_classes(tmp_path / 'photos', 5)
    assert train(tmp_path / 'photos', tmp_path / 'x.pt') == 0
    assert 'of 2 photos' in capsys.readouterr().out
    assert train(tmp_path / 'photos', tmp_path / 'x.pt', '--held-out', '0') == 0
    printed = capsys.readouterr().out
    assert 'trained on 10 photos' in printed
    assert 'its accuracy is not known' in printed


def test_one_photo_of_each_class_is_not_said_to_be_cross_validated(tmp_path, capsys):
    draw_classes(tmp_path / 'photos', 1)
    assert train(tmp_path / 'photos', tmp_path / 'x.pt') == 0
    assert 'L2 penalty 0.1 as usual, because no class has two photos' in capsys.readouterr().out


def test_other_class_is_recommended_once(tmp_path, capsys):
    draw_classes(tmp_path / 'photos', 3)
    assert train(tmp_path / 'photos', tmp_path / 'x.pt') == 0
    assert 'add a class other' in capsys.readouterr().out
    (tmp_path / 'photos' / 'blue').rename(tmp_path / 'photos' / 'Other')
    assert train(tmp_path / 'photos', tmp_path / 'x.pt') == 0
    assert 'add a class other' not in capsys.readouterr().out


def test_damaged_photos_are_told_and_do_not_count(tmp_path, capsys):
    draw_classes(tmp_path / 'photos', 5)
    (tmp_path / 'photos' / 'red' / '000.png').write_bytes(b'\x89PNG\r\n\x1a\n cut off')
    assert train(tmp_path / 'photos', tmp_path / 'x.pt', '--held-out', '0') == 0
    printed = capsys.readouterr().out
    assert 'left out, because they cannot be read: ' in printed
    assert 'trained on 9 photos' in printed


def test_class_with_damaged_photos_only_is_refused(tmp_path, capsys):
    draw_classes(tmp_path / 'photos', 2)
    for path in (tmp_path / 'photos' / 'red').iterdir():
        path.write_bytes(b'damaged')
    assert train(tmp_path / 'photos', tmp_path / 'x.pt') == 1
    assert 'no photo to train on can be read of red; ' in capsys.readouterr().err
    assert not (tmp_path / 'x.pt').exists()


def interrupt_after(photos, monkeypatch):
    """Press Ctrl-C while a photo is read."""
    seen = []

    def read(path):
        seen.append(path)
        if len(seen) == photos:
            os.kill(os.getpid(), signal.SIGINT)
        return read_image_file(path)

    monkeypatch.setattr('rpi_classifier.training.labeled_photo.read_image_file', read)


def test_interrupt_writes_what_there_is_so_far(tmp_path, monkeypatch, capfd):
    draw_classes(tmp_path / 'photos', 9)
    interrupt_after(4, monkeypatch)
    former = signal.getsignal(signal.SIGINT)  # a shell's background jobs ignore it
    assert train(tmp_path / 'photos', tmp_path / 'x.pt', '--held-out', '0') == 0
    out, err = capfd.readouterr()
    assert 'writes the result so far' in err
    assert 'trained on 4 photos' in out
    assert (tmp_path / 'x.pt').exists()
    assert signal.getsignal(signal.SIGINT) is former


def test_interrupt_before_all_classes_were_seen_writes_nothing(tmp_path, monkeypatch, capfd):
    draw_classes(tmp_path / 'photos', 9)
    interrupt_after(1, monkeypatch)
    assert train(tmp_path / 'photos', tmp_path / 'x.pt') == 130
    reason = 'nothing is written, because no photo of red was read before'
    assert capfd.readouterr().err.endswith(f'\ntrain: interrupted; {reason}\n')
    assert not (tmp_path / 'x.pt').exists()


@pytest.mark.parametrize(
    ('options', 'status', 'said'),
    [
        (('--output', 'x.pte'), 2, "'x.pte' is for float models"),
        (('--output', 'x.txt'), 2, 'does not end in .pt or .onnx'),
        (('--output', 'none/x.pt'), 2, 'is not a folder; make it first'),
        (('--model', 'mobilnet_v2'), 2, 'did you mean mobilenet_v2 or'),
        (('--model', 'my.onnx'), 2, "'my.onnx' is a file; training begins with a model"),
        (('--engine', 'qnpack'), 2, "engine: 'qnpack' is not one of"),
        (('--output', 'x.onnx', '--engine', 'qnnpack'), 2, "'qnnpack' is not for FILE.onnx"),
        (('--views', '-1'), 2, 'views: -1 is not from 0 to 64'),
        (('--epochs', '0'), 2, 'epochs: 0 is not from 1 to'),
        (('--seed', '-5'), 2, 'seed: -5 is not from 0 to'),
        (('--held-out', '1'), 2, 'held-out: 1 is not from 0 to 0.9'),
        (('--held-out', '0.3'), 2, 'held-out: 0.3 is for folders without val/'),
    ],
)
def test_bad_option_is_refused_before_the_training(
    split, tmp_path, monkeypatch, capsys, options, status, said
):
    monkeypatch.chdir(tmp_path)
    assert train(split, Path('x.pt'), *options) == status
    assert said in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ('counts', 'said'),
    [
        ({}, 'has 0 classes'),
        ({'red': 3}, 'has 1 class; expected a folder with photos for each of at least two'),
        ({'red': 3, 'blue': 0}, 'class blue: '),
    ],
)
def test_bad_folder_is_refused_in_one_line(tmp_path, capsys, counts, said):
    (tmp_path / 'photos').mkdir()
    for colour, count in counts.items():
        draw_class(tmp_path / 'photos', colour, count)
    assert train(tmp_path / 'photos', tmp_path / 'x.pt') == 1
    error = capsys.readouterr().err
    assert said in error
    assert error.count('\n') == 1
    assert train(tmp_path / 'nowhere', tmp_path / 'x.pt') == 1
    assert 'No such file or directory' in capsys.readouterr().err


def test_missing_onnx_is_told_before_the_training(split, tmp_path, monkeypatch, capsys):
    pytest.importorskip('onnxruntime', reason='onnxruntime is not installed')
    from rpi_classifier.models import onnx_file

    known = onnx_file.installed
    monkeypatch.setattr(onnx_file, 'installed', lambda name: name != 'onnx' and known(name))
    monkeypatch.setattr(command, 'read_data_set', None)  # nobody comes so far
    assert train(split, tmp_path / 'x.onnx') == 1
    assert 'onnx is not installed' in capsys.readouterr().err


@pytest.mark.parametrize('wrong', [0, 3])
def test_temperature_is_fitted_and_stored_if_enough_photos_tell_it(tmp_path, capsys, wrong):
    photos, output = tmp_path / 'photos', tmp_path / 'x.pt'
    draw_classes(photos / 'train', 4)
    for colour in ('blue', 'red'):
        draw_class(photos / 'val', colour, 25, first=10)
    for number in range(wrong):  # a red square among the blue ones
        draw_class(tmp_path, 'red', 1, first=100 + number)
        drawn = tmp_path / 'red' / f'{100 + number}.png'
        drawn.rename(photos / 'val' / 'blue' / f'x{number}.png')
    assert train(photos, output) == 0
    metadata, printed = read_metadata(str(output)), capsys.readouterr().out
    assert metadata
    if wrong:
        assert f'temperature {metadata.temperature:g} is stored' in printed
        assert metadata.temperature != 1
    else:
        assert 'temperature stays 1: no photo for validation is wrong' in printed
        assert metadata.temperature == 1


def test_few_photos_for_validation_leave_the_temperature_at_one(split, tmp_path, capsys):
    assert train(split, tmp_path / 'x.pt') == 0
    assert 'temperature stays 1: 6 photos are too few' in capsys.readouterr().out


def test_temperature_that_cannot_be_stored_loses_nothing_else(tmp_path, monkeypatch, capsys):
    def full(*_: object) -> None:
        raise ModelError('model x.pt cannot be written: No space left on device')

    photos, output = tmp_path / 'photos', tmp_path / 'x.pt'
    draw_classes(photos / 'train', 4)
    for colour in ('blue', 'red'):
        draw_class(photos / 'val', colour, 25, first=10)
    draw_class(tmp_path, 'red', 1, first=100)
    (tmp_path / 'red' / '100.png').rename(photos / 'val' / 'blue' / 'x.png')
    monkeypatch.setattr(train_report, 'set_temperature', full)
    assert train(photos, output) == 0
    printed = capsys.readouterr().out
    assert 'temperature stays 1, because it cannot be stored: model x.pt cannot' in printed
    assert 'validation: 98.0 %, 50 of 51 photos' in printed
    assert output.exists()


def test_class_called_unknown_is_advised_against(tmp_path, capsys):
    draw_classes(tmp_path / 'photos', 2)
    (tmp_path / 'photos' / 'red').rename(tmp_path / 'photos' / 'unknown')
    assert train(tmp_path / 'photos', tmp_path / 'x.pt', '--views', '0') == 0
    assert 'tip: give the class unknown another name' in capsys.readouterr().out


@pytest.mark.parametrize(('stem', 'name'), [('a\udcff', 'a\\xff'), (' ', 'own_classes')])
def test_file_of_any_name_has_a_usable_record(split, tmp_path, stem, name):
    output = tmp_path / f'{stem}.pt'
    assert train(split, output, '--views', '0') == 0
    metadata = read_metadata(str(output))
    assert metadata
    assert metadata.name == name
