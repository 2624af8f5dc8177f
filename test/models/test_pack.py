# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""A TorchScript file of others with a record classifies as before, and needs no description."""

from dataclasses import replace
import hashlib
from pathlib import Path

import numpy as np
import pytest
from support.colours import colour_image, Colours, LABELS
from support.foreign import Around, quantized_colours, save_scripted, Writes
import torch
from torch import nn

from rpi_classifier.config import ClassifierConfig
from rpi_classifier.errors import ConfigError, ModelError
from rpi_classifier.inference.classifier import Classifier
from rpi_classifier.models import foreign_torchscript, foreign_trial
from rpi_classifier.models.load import read_metadata
from rpi_classifier.models.pack import pack_file
from rpi_classifier.models.torchscript_archive import pack_torchscript
from rpi_classifier.probes.run_probe import ProbeResult
from rpi_classifier.runtime import engines, script_headroom


def described(path, **values):
    return ClassifierConfig(**{'model': str(path), 'labels': LABELS, 'input_size': 32, **values})


def packed(path, **values):
    """Pack a file beside itself; return the path of the copy."""
    output = path.with_name('packed.pt')
    pack_file(described(path, **values), output)
    return output


def load_packed(path, **values):
    return Classifier.load(ClassifierConfig(model=str(path), **values))


def probabilities(classifier):
    """Return the probabilities for an image of each colour, [3, classes]."""
    return np.stack(
        [classifier.classify(colour_image(index)).probabilities.copy() for index in range(3)]
    )


def refusal(path, output='packed.pt', **values):
    with pytest.raises((ConfigError, ModelError)) as caught:
        pack_file(described(path, **values), path.parent / output)
    assert '\n' not in str(caught.value)
    assert not path.with_name('packed.pt').exists()
    return str(caught.value)


class Beside(nn.Module):
    """``Colours`` that returns its features beside its scores."""

    def __init__(self):
        super().__init__()
        self.colours = Colours()

    def forward(self, x):
        return {'features': x.mean((2, 3))[:, :2], 'scores': self.colours(x)}


class Resnet(nn.Module):
    """A small network with a residual block, batch normalization and dropout."""

    def __init__(self, classes):
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(3, 8, 3, 2, 1, bias=False), nn.BatchNorm2d(8), nn.ReLU()
        )
        self.block = nn.Sequential(
            nn.Conv2d(8, 8, 3, 1, 1, bias=False), nn.BatchNorm2d(8), nn.ReLU()
        )
        self.head = nn.Sequential(nn.Dropout(0.5), nn.Linear(8, classes))

    def forward(self, x):
        x = self.stem(x)
        return self.head((x + self.block(x)).mean((2, 3)))


@pytest.mark.parametrize(
    ('network', 'values', 'kind', 'output'),
    [
        (Colours(), {'input_resize': 40}, 'logits', ()),
        (Around(nn.Softmax(dim=1)), {}, 'probabilities', ()),
        (Around(nn.Sigmoid()), {'input_mean': '0.5 0.5 0.5'}, 'sigmoid', ()),
        (Beside(), {'input_std': '1 1 1'}, 'logits', ('scores',)),
        (Resnet(3), {'input_size': 48, 'output_kind': 'logits'}, 'logits', ()),
    ],
    ids=['logits', 'softmax', 'sigmoid', 'dict', 'resnet'],
)
def test_packed_file_gives_equal_probabilities(
    tmp_path, monkeypatch, network, values, kind, output
):
    path = save_scripted(network, tmp_path / 'm.torchscript')
    before = Classifier.load(described(path, **values))
    file = packed(path, **values)
    found = read_metadata(str(file))
    assert (found.foreign, found.output_kind, found.output) == (True, kind, output)
    assert found.labels == LABELS
    assert found.versions['torch']
    monkeypatch.setattr(foreign_torchscript, 'try_foreign', None)  # nothing is tried again
    after = load_packed(file)
    assert np.array_equal(probabilities(after), probabilities(before))
    assert after.runtime.info.known_answer.startswith('passed')
    assert (after.name, after.runtime.info.caution) == ('packed', '')


@pytest.mark.parametrize('engine', ['onednn', 'qnnpack'])
@pytest.mark.parametrize('vnni', [True, False])
def test_packed_int8_file_runs_on_every_engine_with_the_same_headroom(
    tmp_path, monkeypatch, engine, vnni
):
    for module in (engines, script_headroom, foreign_torchscript):
        monkeypatch.setattr(module, 'has_exact_byte_products', lambda: vnni)
    colours = Colours()
    colours.relu = nn.ReLU()  # a ReLU6 alone has other results on qnnpack
    path = save_scripted(quantized_colours(colours), tmp_path / 'm.pt')
    before = Classifier.load(described(path, engine=engine))
    after = load_packed(packed(path), engine=engine)
    assert np.array_equal(probabilities(after), probabilities(before))
    assert (after.runtime.info.engine, before.runtime.info.engine) == (engine, engine)


def test_network_that_cannot_be_compiled_runs_as_it_is(tmp_path, monkeypatch):
    real = foreign_trial.run_probe

    def dies_later(*words, limit_s):
        return ProbeResult(real(*words, limit_s=limit_s).lines[:-1], 'died with SIGSEGV')

    monkeypatch.setattr(foreign_trial, 'run_probe', dies_later)
    file = packed(save_scripted(Colours(), tmp_path / 'm.pt'))
    assert not read_metadata(str(file)).jit
    classifier = load_packed(file)
    assert 'cannot be frozen (torch died with SIGSEGV)' in classifier.runtime.info.caution
    assert probabilities(classifier).argmax(1).tolist() == [0, 1, 2]


def test_labels_may_be_of_any_language(tmp_path):
    labels = ('Käse', '犬', 'чашка')
    path = save_scripted(Colours(), tmp_path / 'm.pt')
    assert load_packed(packed(path, labels=labels)).labels == labels


def test_file_is_run_in_another_process_only(tmp_path, monkeypatch):
    path = save_scripted(Colours(), tmp_path / 'm.pt')
    monkeypatch.setattr(torch.jit, 'load', None)
    assert packed(path).exists()


def test_network_in_the_file_stays_what_it_is(tmp_path):
    path = save_scripted(Colours(), tmp_path / 'm.pt')
    with torch.no_grad():
        image = torch.rand(1, 3, 32, 32)
        answers = [torch.jit.load(file)(image) for file in (str(path), str(packed(path)))]
    assert torch.equal(*answers)


def test_file_that_has_a_record_is_refused(tmp_path):
    path = save_scripted(Colours(), tmp_path / 'm.pt')
    file = packed(path).rename(tmp_path / 'first.pt')
    assert 'has a record already, with 3 labels, so a node takes it as it is' in refusal(file)
    with pytest.raises(ModelError, match='brings its labels'):
        Classifier.load(described(file))


@pytest.mark.parametrize(
    ('output', 'said'),
    [
        ('robot.onnx', 'does not end in .pt, but '),
        ('robot', 'does not end in .pt, but '),
        ('no/robot.pt', 'is not a folder; make it first'),
        ('m.pt', 'is the file to be packed; name another one'),
        ('\u200b\x07.pt', 'contains the character U+'),
    ],
)
def test_output_that_cannot_be_is_refused_before_any_work(tmp_path, monkeypatch, output, said):
    path = save_scripted(Colours(), tmp_path / 'm.pt')
    content = path.read_bytes()
    monkeypatch.setattr(foreign_torchscript, 'try_foreign', None)
    assert said in refusal(path, output)
    assert path.read_bytes() == content


def test_description_that_does_not_fit_is_refused(tmp_path):
    path = save_scripted(Colours(), tmp_path / 'm.pt')
    assert 'has no record of export_model; set labels' in refusal(path, labels='')
    assert 'set labels to a file of class names and input_size' in refusal(path, input_size=0)
    assert 'the model has 3 classes but 2 labels' in refusal(path, labels=['a', 'b'])
    assert 'means values from 0 to 1' in refusal(path, output_kind='sigmoid')


def test_untrained_network_is_refused(tmp_path):
    network = Colours()
    nn.init.zeros_(network.fc.weight)
    path = save_scripted(network, tmp_path / 'm.pt')
    assert 'it answers the same to different images' in refusal(path)


def test_programs_of_executorch_are_refused(tmp_path):
    path = tmp_path / 'm.pte'
    with pytest.raises(ModelError, match='cannot be packed, only .pt and .onnx files of others'):
        pack_file(ClassifierConfig(model=str(path)), tmp_path / 'robot.pte')


def test_file_that_writes_to_disk_must_be_pinned_before_and_after(tmp_path):
    written = tmp_path / 'written'
    path = save_scripted(Writes(str(written)), tmp_path / 'm.pt')
    assert 'reads or writes files whenever it runs; set model_sha256' in refusal(path)
    file = packed(path, model_sha256=hashlib.sha256(path.read_bytes()).hexdigest())
    written.unlink()
    with pytest.raises(ModelError, match='reads or writes files whenever it runs'):
        load_packed(file)
    assert not written.exists()
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    caution = load_packed(file, model_sha256=digest).runtime.info.caution
    assert caution == 'it reads or writes files whenever it runs'


@pytest.mark.parametrize(
    ('changes', 'said'),
    [
        ({'output': ('nothing',)}, 'cannot be run on a float image'),
        ({'labels': ('a', 'b')}, 'labels'),
        ({'answers': (np.zeros(3, np.float32), np.ones(3, np.float32))}, 'known-answer check'),
    ],
)
def test_edited_record_is_refused_with_a_sentence(tmp_path, changes, said):
    path = save_scripted(Colours(), tmp_path / 'm.pt')
    own = read_metadata(str(packed(path)))
    answers = tuple(answer[: len(changes.get('labels', LABELS))] for answer in own.answers)
    edited = replace(own, **{'answers': answers, **changes})
    file = Path(tmp_path / 'edited.pt')
    file.write_bytes(pack_torchscript(edited, path.read_bytes()))
    with pytest.raises(ModelError) as caught:
        load_packed(file)
    assert said in str(caught.value)
    assert '\n' not in str(caught.value)
