# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Files of ExecuTorch: their record, what is refused, and what they answer."""

from dataclasses import replace
import importlib.util
import io
import json
import zipfile

import numpy as np
import pytest
from support.colours import colour_image, LABELS, lowered_colours, TRANSFORM

from rpi_classifier.cli import classify, export_model
from rpi_classifier.config import ClassifierConfig
from rpi_classifier.errors import ModelError
from rpi_classifier.inference.classifier import Classifier
from rpi_classifier.input_spec import Transform
from rpi_classifier.models import pte_file
from rpi_classifier.models.files import file_sha256
from rpi_classifier.models.record import ModelMetadata


@pytest.fixture(scope='session')
def exported(tmp_path_factory):
    """Return a file that tells colours; skip where ExecuTorch is not installed."""
    if importlib.util.find_spec('executorch') is None:
        pytest.skip('executorch is not installed; scripts/setup --with-executorch')
    path = tmp_path_factory.mktemp('models') / 'colours.pte'
    path.write_bytes(pte_file.append_record(*lowered_colours()))
    return path


def header(program, segments, segment_bytes):
    """Return what ExecuTorch writes first."""
    numbers = (program, segments, segment_bytes)
    return b'\x3c\0\0\0ET12eh00\x20\0\0\0' + b''.join(n.to_bytes(8, 'little') for n in numbers)


@pytest.fixture
def pretended(tmp_path):
    """Return a writer of files that hold a record and, in place of a program, zeros."""
    program = header(100, 128, 500) + bytes(588)
    own = ModelMetadata(
        'm',
        LABELS,
        TRANSFORM,
        None,
        'xnnpack',
        'qnnpack',
        False,
        (np.ones(3, np.float32),) * 2,
        {'executorch': '0.0.1'},
    )

    def write(change=lambda content: content):
        path = tmp_path / 'pretended.pte'
        path.write_bytes(change(pte_file.append_record(own, program)))
        return path

    return write


def refusal(path, **values):
    with pytest.raises(ModelError) as caught:
        Classifier.load(ClassifierConfig(model=str(path), **values))
    assert '\n' not in str(caught.value)
    return str(caught.value)


def test_record_and_program_come_back(pretended):
    path = pretended()
    own, program = pte_file.split_pte(path.read_bytes(), path)
    assert (own.labels, own.transform, own.quantization) == (LABELS, TRANSFORM, None)
    assert program == path.read_bytes()[:628]
    assert own.network_sha256 == file_sha256(program)


@pytest.mark.parametrize('length', [0, 5, 40, 627])
def test_cut_off_program_is_refused(pretended, length):
    message = refusal(pretended(lambda content: content[:length]))
    assert 'cut off after' in message or 'is not an ExecuTorch program' in message


def test_program_that_is_cut_off_in_its_record_is_refused(pretended):
    assert 'cut off or damaged' in refusal(pretended(lambda content: content[:-30]))


def test_program_without_a_record_is_refused(pretended):
    assert 'has no record of export_model' in refusal(pretended(lambda content: content[:628]))


def test_record_of_another_program_is_refused(pretended):
    changed = refusal(pretended(lambda content: content[:300] + b'\1' + content[301:]))
    assert 'its program is not the one of its record' in changed


def test_changed_labels_are_refused(pretended):
    def swap(content):
        stream = io.BytesIO(content[:628])
        with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, 'a') as new:
            new.writestr(pte_file.MEMBER, old.read(pte_file.MEMBER).replace(b'"red"', b'"rot"'))
        return stream.getvalue()

    assert 'labels or other parts of its record were changed' in refusal(pretended(swap))


@pytest.mark.parametrize('content', [b'', b'hello', b'PK\3\4' + bytes(100)])
def test_file_that_is_something_else_is_refused(tmp_path, content):
    path = tmp_path / 'other.pte'
    path.write_bytes(content)
    assert 'is not an ExecuTorch program' in refusal(path)


def test_missing_file_is_refused_by_its_path():
    assert '/nowhere/m.pte cannot be read: No such file' in refusal('/nowhere/m.pte')


def test_other_version_is_refused_with_both(pretended, monkeypatch):
    monkeypatch.setattr(pte_file, 'installed', lambda name: '9.9.9')
    message = refusal(pretended())
    assert 'exported by executorch 0.0.1' in message
    assert '9.9.9 is installed' in message


def test_missing_package_is_refused_with_how_to_install_it(pretended, monkeypatch):
    monkeypatch.setattr(pte_file, 'installed', lambda name: None)
    assert 'scripts/setup --with-executorch' in refusal(pretended())


def test_sha256_pins_the_file(pretended):
    path = pretended()
    assert file_sha256(path.read_bytes()) in refusal(path, model_sha256='0' * 64)


def test_export_is_refused_in_one_sentence(tmp_path, capsys):
    path = str(tmp_path / 'm.pte')
    for words in (
        ['--runtime', 'executorch', '--output', str(tmp_path / 'm.pt')],
        ['--runtime', 'torchscript', '--output', path],
        ['--engine', 'qnnpack', '--output', path],
        ['--photos', '/nowhere', '--output', str(tmp_path / 'm.pt')],
    ):
        assert export_model.main(words) == 2
        assert capsys.readouterr().err.count('\n') == 1
    assert not list(tmp_path.iterdir())


def test_program_tells_colours_by_its_record_alone(exported):
    classifier = Classifier.load(ClassifierConfig(model=str(exported)))
    info = classifier.runtime.info
    assert (classifier.name, classifier.labels) == ('colours', LABELS)
    assert (info.runtime, info.engine, info.mode) == ('executorch', 'xnnpack', 'exported')
    assert 'passed' in info.known_answer
    for index, label in enumerate(LABELS):
        predictions = classifier.classify(colour_image(index), 2).predictions
        assert predictions[0].label == label
        assert len(predictions) == 2
        assert 1 > predictions[0].score > predictions[1].score > 0


def test_all_probabilities_are_given_and_sum_to_one(exported):
    classifier = Classifier.load(ClassifierConfig(model=str(exported)))
    scores = [found.score for found in classifier.classify(colour_image(2), 10).predictions]
    assert len(scores) == 3
    assert sum(scores) == pytest.approx(1.0)


def test_wrong_answers_are_refused(exported, tmp_path):
    own, program = pte_file.split_pte(exported.read_bytes(), exported)
    path = tmp_path / 'wrong.pte'
    wrong = replace(own, answers=tuple(-answer for answer in own.answers))
    path.write_bytes(pte_file.append_record(wrong, program))
    assert 'fails its known-answer check' in refusal(path)


def test_record_that_belongs_to_no_such_program_is_refused(exported, tmp_path):
    own, program = pte_file.split_pte(exported.read_bytes(), exported)
    path = tmp_path / 'larger.pte'
    path.write_bytes(
        pte_file.append_record(replace(own, transform=Transform(size=64, resize=64)), program)
    )
    assert 'larger.pte' in refusal(path)


def test_trained_program_gives_the_references_top_1(weights, exported, photos, tmp_path, capsys):
    path = tmp_path / 'm.pte'
    words = ['--runtime', 'executorch', '--output', str(path), '--photos']
    assert export_model.main([*words, *map(str, photos)]) == 0
    assert classify.main(['--json', '--model', str(path), *map(str, photos)]) == 0
    printed = json.loads('[' + capsys.readouterr().out.split('[', 1)[1])
    for entry, expected in zip(printed, photos.values()):
        assert entry['results'][0]['label'] == expected[0]['label']
