# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""TorchScript files that others made, from the file to classes."""

from dataclasses import asdict, replace
import hashlib
import json
import os
from pathlib import Path
import subprocess
import sys
import zipfile

import pytest
from support.colours import colour_image, Colours, LABELS
from support.foreign import Around, quantized_colours, save_scripted, Writes
import torch
from torch import nn

from rpi_classifier.config import ClassifierConfig
from rpi_classifier.errors import ModelError
from rpi_classifier.inference.classifier import Classifier
from rpi_classifier.models import foreign_torchscript, foreign_trial
from rpi_classifier.models.record import metadata_to_json
from rpi_classifier.models.torchscript_archive import MEMBER, unpack_torchscript
from rpi_classifier.probes.run_probe import ProbeResult
from rpi_classifier.runtime import engines, kernels, script_headroom
from rpi_classifier.runtime.torch_warnings import suppress_torch_warnings

EXPORTED = Path(__file__).resolve().parent.parent / 'fixtures' / 'v0.1' / 'colours.pt'


def described(path, **values):
    return ClassifierConfig(**{'model': str(path), 'labels': LABELS, 'input_size': 32, **values})


def refusal(path, **values):
    with pytest.raises(ModelError) as caught:
        Classifier.load(described(path, **values))
    assert '\n' not in str(caught.value)
    assert str(path) in str(caught.value)
    return str(caught.value)


def scores_of(classifier):
    """Return the probability of the right class for an image of each colour."""
    results = [classifier.classify(colour_image(index), 3) for index in range(3)]
    for index, result in enumerate(results):
        assert result.predictions[0].label == LABELS[index]
    return [result.predictions[0].score for result in results]


def test_the_same_network_gives_the_same_probabilities_behind_softmax(tmp_path):
    plain = Classifier.load(described(save_scripted(Colours(), tmp_path / 'plain.pt')))
    ended = Classifier.load(
        described(save_scripted(Around(nn.Softmax(dim=1)), tmp_path / 'ended.pt'))
    )
    assert scores_of(ended) == pytest.approx(scores_of(plain), abs=1e-5)
    assert plain.runtime.info.output == 'logits: the network ends in linear'
    assert ended.runtime.info.output.startswith('probabilities: ')
    for classifier in (plain, ended):
        assert 'passed, off by 0.000 of at most 0.01' in classifier.runtime.info.known_answer
        assert classifier.runtime.info.weights == '0% int8'
        assert classifier.runtime.info.jit


def test_one_sigmoid_is_a_probability_and_one_logit_becomes_one(tmp_path):
    class Redness(nn.Module):
        def __init__(self, end):
            super().__init__()
            self.colours, self.end = Colours(), end

        def forward(self, x):
            return self.end(self.colours(x)[:, :1] - 5)

    ends = {'sigmoid': nn.Sigmoid(), 'logit': nn.Identity()}
    loaded = {
        name: Classifier.load(
            described(save_scripted(Redness(end), tmp_path / f'{name}.pt'), labels=['red'])
        )
        for name, end in ends.items()
    }
    red, green = ([loaded[name].classify(colour_image(i)) for name in ends] for i in (0, 1))
    assert red[0].predictions[0].score == pytest.approx(red[1].predictions[0].score, abs=1e-5)
    assert green[0].predictions[0].score < 0.5 < red[0].predictions[0].score < 1


def test_kind_of_output_that_the_answers_contradict_is_refused(tmp_path):
    path = save_scripted(Colours(), tmp_path / 'm.pt')
    assert "output_kind: 'probabilities' means values from 0 to 1" in refusal(
        path, output_kind='probabilities'
    )


def test_int8_network_with_a_float_head_is_refused_with_what_is_missing(tmp_path):
    quantized = quantized_colours()
    network = nn.Sequential(quantized.quant, quantized.module.conv, nn.Flatten(), nn.Linear(9, 3))
    assert 'put a DeQuantStub between' in refusal(save_scripted(network, tmp_path / 'm.pt'))


def test_exported_network_without_its_record_is_refused_and_does_not_end_the_process(tmp_path):
    """The network of colours.pt takes int8 images; nobody knows that without its record."""
    path = tmp_path / 'bare.pt'
    with zipfile.ZipFile(EXPORTED) as old, zipfile.ZipFile(path, 'w') as new:
        for name in old.namelist():
            if not name.endswith(MEMBER):
                new.writestr(name, old.read(name))
    assert 'put a QuantStub before its first int8 layer' in refusal(path)


def test_record_that_hides_the_quantization_is_refused_and_does_not_end_the_process(tmp_path):
    path = tmp_path / 'edited.pt'
    own = unpack_torchscript(EXPORTED.read_bytes(), EXPORTED)
    with zipfile.ZipFile(EXPORTED) as old, zipfile.ZipFile(path, 'w') as new:
        for name in old.namelist():
            edited = metadata_to_json(replace(own, quantization=None)).encode()
            new.writestr(name, edited if name.endswith(MEMBER) else old.read(name))
    program = (
        'import sys\n'
        'from rpi_classifier.config import ClassifierConfig\n'
        'from rpi_classifier.models.load import load_model\n'
        'load_model(ClassifierConfig(model=sys.argv[1]))\n'
    )
    done = subprocess.run(
        [sys.executable, '-c', program, str(path)], timeout=120, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert f'ModelError: model {path}: ' in done.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    ('lines', 'said'),
    [
        (({'loaded': True},), 'the process in which it runs died with SIGSEGV'),
        ((), 'the process in which it is loaded died with SIGSEGV'),
    ],
)
def test_network_that_ends_its_process_is_refused(tmp_path, monkeypatch, lines, said):
    path = save_scripted(Colours(), tmp_path / 'm.pt')
    died = ProbeResult(lines, 'died with SIGSEGV')  # no network is known that does so everywhere
    monkeypatch.setattr(foreign_trial, 'run_probe', lambda *words, limit_s: died)
    assert said in refusal(path)


def test_network_that_ends_its_process_when_it_is_frozen_runs_as_it_is(tmp_path, monkeypatch):
    real = foreign_trial.run_probe

    def dies_later(*words, limit_s):
        result = real(*words, limit_s=limit_s)
        return ProbeResult(result.lines[:-1], 'died with SIGSEGV')

    monkeypatch.setattr(foreign_trial, 'run_probe', dies_later)
    classifier = Classifier.load(described(save_scripted(Colours(), tmp_path / 'm.pt')))
    assert 'cannot be frozen (torch died with SIGSEGV)' in classifier.runtime.info.caution
    assert min(scores_of(classifier)) > 0.5


@pytest.mark.parametrize('vnni', [True, False])
def test_int8_network_gets_the_headroom_of_the_zoo(tmp_path, monkeypatch, vnni):
    for module in (engines, script_headroom, foreign_torchscript):
        monkeypatch.setattr(module, 'has_exact_byte_products', lambda: vnni)
    network = quantized_colours()
    for module in network.modules():
        if hasattr(module, 'set_weight_bias'):
            weight, bias = module._weight_bias()
            ones = torch.full(weight.shape, weight.q_scale() * 127)
            both = torch.where(weight.dequantize() == 0, ones * 0.9, weight.dequantize())
            module.set_weight_bias(
                torch.quantize_per_tensor(both, weight.q_scale(), 0, torch.qint8), bias
            )
    path = save_scripted(network, tmp_path / 'm.pt')
    classifier = Classifier.load(described(path, engine='onednn'))
    info = classifier.runtime.info
    assert ('int8 layers have slightly coarser weights' in info.caution) is not vnni
    assert 'passed' in info.known_answer
    assert info.weights.endswith('% int8')


def test_int8_network_says_why_xnnpack_does_not_run_it(tmp_path, monkeypatch):
    monkeypatch.setattr(kernels.platform, 'machine', lambda: 'aarch64')
    path = save_scripted(quantized_colours(), tmp_path / 'm.pt')
    info = Classifier.load(described(path, engine='qnnpack')).runtime.info
    assert (info.kernels, 'has a float input' in info.kernels_reason) == ('qnnpack', True)


def test_file_that_writes_to_disk_is_not_run_unless_it_is_pinned(tmp_path):
    written = tmp_path / 'written'
    path = save_scripted(Writes(str(written)), tmp_path / 'm.pt')
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    message = refusal(path)
    assert f'reads or writes files whenever it runs; set model_sha256: {digest}' in message
    assert not written.exists()
    classifier = Classifier.load(described(path, model_sha256=digest))
    assert written.exists()
    assert classifier.runtime.info.caution == 'it reads or writes files whenever it runs'
    assert min(scores_of(classifier)) > 0.5


def test_file_that_is_not_pinned_is_said_to_run_any_code(tmp_path):
    path = save_scripted(Colours(), tmp_path / 'm.pt')
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    caution = Classifier.load(described(path)).runtime.info.caution
    assert f'may run any code; pin it with model_sha256: {digest}' in caution


def test_untrained_network_is_taken_with_a_word(tmp_path):
    network = Colours()
    nn.init.zeros_(network.fc.weight)
    classifier = Classifier.load(described(save_scripted(network, tmp_path / 'm.pt')))
    assert 'answers the same to different images' in classifier.runtime.info.caution
    assert len(classifier.classify(colour_image(0), 3).predictions) == 3


def test_optimized_file_is_refused_before_it_is_loaded(tmp_path):
    path = tmp_path / 'm.pt'
    with suppress_torch_warnings():
        scripted = torch.jit.script(Colours().eval())
        torch.jit.optimize_for_inference(scripted).save(str(path))
    assert 'optimize_for_inference' in refusal(path)


@pytest.mark.parametrize(
    ('change', 'advice'),
    [(nn.Module.half, 'network.float()'), (nn.Module.double, 'network.float()')],
)
def test_other_precisions_are_refused_with_what_to_call(tmp_path, change, advice):
    assert advice in refusal(save_scripted(change(Colours()), tmp_path / 'm.pt'))


def test_labels_come_from_a_list_or_a_file_of_any_kind(tmp_path):
    path = save_scripted(Colours(), tmp_path / 'm.pt')
    data = tmp_path / 'data.yaml'
    data.write_text('nc: 3\nnames:\n  2: blue\n  0: red\n  1: green\n')
    assert Classifier.load(described(path, labels=str(data))).labels == LABELS
    assert f'{path}: the model has 3 classes but 2 labels' in refusal(path, labels=['a', 'b'])
    with pytest.raises(ModelError, match="labels: class 1: 'a.nb' contains"):
        Classifier.load(described(path, labels=['a', 'a\nb', 'c']))


def test_model_that_is_a_named_pipe_is_refused_without_waiting(tmp_path):
    path = tmp_path / 'm.pt'
    os.mkfifo(path)
    assert 'is a named pipe, not a file' in refusal(path)


def test_record_is_not_confused_with_the_labels_of_the_config():
    with pytest.raises(ModelError, match='brings its labels'):
        Classifier.load(described(EXPORTED))


def test_trial_is_told_everything_that_describes_the_input(monkeypatch, tmp_path):
    seen = {}

    def keep(*words, limit_s):
        seen.update(json.loads(words[-1]))
        return ProbeResult(({'refusal': 'enough'},))

    monkeypatch.setattr(foreign_trial, 'run_probe', keep)
    path = save_scripted(Colours(), tmp_path / 'm.pt')
    config = described(path, input_resize=40, input_mean='0.5 0.4 0.3', input_std='1 1 1')
    with pytest.raises(ModelError, match='enough'):
        Classifier.load(config)
    expected = json.loads(json.dumps(asdict(config.input_transform())))
    assert {name: seen[name] for name in expected} == expected
    assert seen['sha256'] == hashlib.sha256(path.read_bytes()).hexdigest()
