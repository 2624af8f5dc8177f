# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Exported models: what comes back, and what is refused."""

from dataclasses import replace
import hashlib
import json
import pickle
import subprocess
import sys
import zipfile

import numpy as np
import pytest
import torch

from rpi_classifier.cli import classify, export_model
from rpi_classifier.config import ClassifierConfig
from rpi_classifier.errors import ModelError
from rpi_classifier.inference.classifier import Classifier
from rpi_classifier.models import files, torchscript_archive, torchscript_file
from rpi_classifier.models.file_format import ExportRequest
from rpi_classifier.models.record import metadata_to_json
from rpi_classifier.runtime import engines

NAME = 'shufflenet_v2_x0_5'
LABELS = tuple(f'random/{index:03}' for index in range(1000))


@pytest.fixture(scope='module')
def exported(tmp_path_factory):
    """Return a file with random weights for qnnpack."""
    path = tmp_path_factory.mktemp('models') / 'm.pt'
    torchscript_file.export_torchscript(ExportRequest(NAME, path, 'random', 'qnnpack'))
    return path


def metadata_of(path):
    return torchscript_archive.unpack_torchscript(path.read_bytes(), path)


@pytest.fixture
def variant(exported, tmp_path):
    """Return a writer of changed copies, with good checksums: (member's end, change) -> path."""

    def write(end, change):
        path = tmp_path / 'variant.pt'
        with zipfile.ZipFile(exported) as old, zipfile.ZipFile(path, 'w') as new:
            for name in old.namelist():
                content = old.read(name)
                if not name.endswith(end):
                    new.writestr(name, content)
                elif change is not None:
                    new.writestr(name, change(content))
        return path

    return write


def flip(content):
    return content[:-1] + bytes([content[-1] ^ 1])


def refusal(path, **values):
    with pytest.raises(ModelError) as caught:
        Classifier.load(ClassifierConfig(model=str(path), **values))
    assert '\n' not in str(caught.value)
    return str(caught.value)


def test_file_answers_as_the_model_does_and_brings_its_labels(exported, image):
    classifier = Classifier.load(ClassifierConfig(model=str(exported)))
    original = Classifier.load(ClassifierConfig(model=NAME, weights='random', engine='qnnpack'))
    assert (classifier.name, classifier.labels) == (NAME, LABELS)
    assert classifier.runtime.info.engine == 'qnnpack'
    assert 'passed' in classifier.runtime.info.known_answer
    assert classifier.classify(image).predictions == original.classify(image).predictions


def test_file_needs_no_torchvision_and_loads_without_a_word(exported):
    program = (
        'import sys\n'
        'sys.modules["torchvision"] = None\n'
        'from rpi_classifier.inference.classifier import Classifier\n'
        'from rpi_classifier.config import ClassifierConfig\n'
        f'Classifier.load(ClassifierConfig(model={str(exported)!r}))\n'
    )
    done = subprocess.run(
        [sys.executable, '-c', program], check=True, timeout=120, capture_output=True, text=True
    )
    assert done.stdout + done.stderr == ''


def test_trained_file_gives_the_references_top_1(weights, photos, tmp_path, monkeypatch, capsys):
    path = tmp_path / 'm.pt'
    assert export_model.main(['--output', str(path)]) == 0
    assert hashlib.sha256(path.read_bytes()).hexdigest() in capsys.readouterr().out
    monkeypatch.setenv('TORCH_HOME', '/nowhere')
    assert classify.main(['--json', '--model', str(path), *map(str, photos)]) == 0
    printed = json.loads(capsys.readouterr().out)
    for entry, expected in zip(printed, photos.values()):
        assert entry['results'][0]['label'] == expected[0]['label']


def test_flipped_byte_of_the_weights_is_refused_by_its_checksum(exported, tmp_path):
    path, content = tmp_path / 'flipped.pt', bytearray(exported.read_bytes())
    with zipfile.ZipFile(exported) as file:
        largest = max(file.infolist(), key=lambda member: member.file_size)
    content[largest.header_offset + 1000 + largest.file_size // 2] ^= 1
    path.write_bytes(content)
    assert 'is damaged (Bad CRC-32' in refusal(path)


def test_flipped_byte_with_a_good_checksum_is_refused_by_the_records_digest(variant):
    assert 'weights or code were changed' in refusal(variant('/data/0', flip))


def test_swapped_labels_are_refused(variant):
    def swap(content):
        return (
            content.replace(b'random/001', b'random/@')
            .replace(b'random/002', b'random/001')
            .replace(b'random/@', b'random/002')
        )

    assert 'labels or other parts of its record were changed' in refusal(
        variant(torchscript_archive.MEMBER, swap)
    )


def test_wrong_engine_is_refused_with_the_right_one(exported):
    message = refusal(exported, engine='onednn')
    assert 'exported for engine qnnpack' in message
    assert '--engine onednn' in message


def test_engine_that_this_torch_lacks_is_refused(exported, monkeypatch):
    choose = engines.choose_engine
    monkeypatch.setattr(engines, 'choose_engine', lambda name: choose(f'{name}_of_old'))
    assert 'qnnpack_of_old' in refusal(exported)


@pytest.mark.parametrize('part', [0.1, 0.5, 0.999])
def test_cut_off_file_is_refused(exported, tmp_path, part):
    path, content = tmp_path / 'cut.pt', exported.read_bytes()
    path.write_bytes(content[: int(len(content) * part)])
    assert 'cut off' in refusal(path)


@pytest.mark.parametrize('new', [True, False])
def test_pickle_is_refused_and_not_unpickled(tmp_path, new):
    path = tmp_path / 'state.pt'
    torch.save({'weight': torch.zeros(3)}, path, _use_new_zipfile_serialization=new)
    message = refusal(path)
    assert 'pickle' in message
    assert 'not a TorchScript file' in message


@pytest.mark.parametrize('content', [b'', b'hello', pickle.dumps([1])])
def test_file_that_is_something_else_is_refused(tmp_path, content):
    path = tmp_path / 'other.pt'
    path.write_bytes(content)
    assert 'not a TorchScript file' in refusal(path)


def test_missing_file_is_refused_by_its_path():
    assert '/nowhere/m.pt cannot be read: No such file' in refusal('/nowhere/m.pt')


def test_sha256_pins_the_file(exported):
    digest = hashlib.sha256(exported.read_bytes()).hexdigest()
    Classifier.load(ClassifierConfig(model=str(exported), model_sha256=digest))
    assert digest in refusal(exported, model_sha256='0' * 64)


def test_wrong_answers_are_refused(exported, variant):
    own = metadata_of(exported)
    wrong = replace(own, answers=tuple(-answer for answer in own.answers))
    path = variant(torchscript_archive.MEMBER, lambda content: metadata_to_json(wrong).encode())
    assert 'fails its known-answer check' in refusal(path)


def test_weights_that_overflow_here_are_refused(exported, variant, monkeypatch):
    monkeypatch.setattr(torchscript_file, 'has_exact_byte_products', lambda: False)
    own = replace(metadata_of(exported), exact_products=True)
    path = variant(
        torchscript_archive.MEMBER,
        lambda content: metadata_to_json(own).encode(),
    )
    assert 'VNNI' in refusal(path)


def test_format_of_the_future_is_refused(variant):
    path = variant(
        torchscript_archive.MEMBER,
        lambda content: content.replace(b'"format": 2', b'"format": 99'),
    )
    assert 'format 99, but this version reads only up to 2' in refusal(path)


@pytest.fixture
def foreign(tmp_path):
    """Return a float TorchScript file without a record: the mean of each colour."""
    path = tmp_path / 'foreign.pt'

    class Means(torch.nn.Module):
        def forward(self, x):
            return x.mean(dim=[2, 3])

    torch.jit.save(torch.jit.script(Means()), str(path))
    (tmp_path / 'labels.txt').write_text('red\ngreen\nblue\n')
    return path


def test_foreign_file_needs_labels_and_an_input_description(foreign):
    labels = str(foreign.parent / 'labels.txt')
    for given in ({}, {'labels': labels}, {'input_size': 32}):
        assert 'set labels to a file of class names and input_size' in refusal(foreign, **given)
    classifier = Classifier.load(
        ClassifierConfig(model=str(foreign), labels=labels, input_size=32, input_mean='0 0 0')
    )
    blue = np.zeros((48, 64, 3), np.uint8)
    blue[..., 0] = 255
    assert classifier.classify(blue).predictions[0].label == 'blue'


def test_foreign_file_that_does_not_take_images_is_refused(foreign):
    class Pairs(torch.nn.Module):
        def forward(self, x, y):
            return x + y

    torch.jit.save(torch.jit.script(Pairs()), str(foreign))
    labels = str(foreign.parent / 'labels.txt')
    assert 'cannot be run' in refusal(foreign, labels=labels, input_size=32)


def test_foreign_file_with_too_few_labels_is_refused(foreign):
    labels = foreign.parent / 'two.txt'
    labels.write_text('a\nb\n')
    assert '3 classes but 2 labels' in refusal(foreign, labels=str(labels), input_size=32)


def test_exported_file_does_not_take_other_labels(exported):
    assert 'brings its labels' in refusal(exported, labels='/some/labels.txt')


def test_export_is_refused_in_one_sentence(tmp_path, capsys):
    for words in (
        ['--output', str(tmp_path / 'm.tflite')],
        ['--output', '/nowhere/m.pt'],
        ['--weights', 'perhaps', '--output', str(tmp_path / 'm.pt')],
    ):
        assert export_model.main(words) == 2
        assert capsys.readouterr().err.count('\n') == 1
    assert export_model.main(['--model', 'alexnet', '--output', str(tmp_path / 'm.pt')]) == 1
    assert 'alexnet' in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_export_leaves_no_half_file(tmp_path, monkeypatch):
    monkeypatch.setattr(files.Path, 'replace', lambda *_: raise_no_space())
    with pytest.raises(ModelError, match='No space'):
        torchscript_file.export_torchscript(
            ExportRequest(NAME, tmp_path / 'm.pt', 'random', 'qnnpack')
        )
    assert not list(tmp_path.iterdir())


def raise_no_space():
    raise OSError(28, 'No space')
