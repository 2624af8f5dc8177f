# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""An ONNX file of others with a record classifies as before, and needs no description."""

from dataclasses import replace

import numpy as np
import pytest
from support.colours import colour_image
from support.onnx_models import colour_means, helper, onnx, quantize_statically, UINT8
import torch

from rpi_classifier.config import ClassifierConfig
from rpi_classifier.errors import ConfigError, ModelError
from rpi_classifier.inference.classifier import Classifier
from rpi_classifier.input_spec import Quantization
from rpi_classifier.models import onnx_file, onnx_foreign
from rpi_classifier.models.load import read_metadata
from rpi_classifier.models.onnx_archive import pack_onnx
from rpi_classifier.models.onnx_file import load_exact_onnx
from rpi_classifier.models.pack import pack_file
from rpi_classifier.runtime.torch_warnings import suppress_torch_warnings

LABELS = ('red', 'green', 'blue')
NAMES = "{0: 'red', 1: 'green', 2: 'blue'}"


def written(path, model):
    path.write_bytes(model.SerializeToString())
    return path


def packed(path, **values):
    """Pack a file beside itself; return the path of the copy."""
    output = path.with_name('packed.onnx')
    pack_file(ClassifierConfig(model=str(path), **values), output)
    return output


def load(path, **values):
    return Classifier.load(ClassifierConfig(model=str(path), **values))


def probabilities(classifier):
    """Return the probabilities for an image of each colour, [3, classes]."""
    return np.stack(
        [classifier.classify(colour_image(index)).probabilities.copy() for index in range(3)]
    )


@pytest.mark.parametrize(
    ('options', 'values', 'kind'),
    [
        ({}, {}, 'logits'),
        ({'shape': (1, 32, 32, 3)}, {'input_mean': '0.5 0.5 0.5'}, 'logits'),
        ({'shape': (1, 32, 32, 3), 'dtype': UINT8}, {}, 'logits'),
        ({'shape': ('batch', 3, 'height', 'width')}, {'input_size': 40}, 'logits'),
        ({'operator': 'Softmax'}, {'input_resize': 36}, 'probabilities'),
        ({'operator': 'Sigmoid'}, {}, 'sigmoid'),
        ({'operator': 'Cast'}, {'output_kind': 'logits'}, 'logits'),
    ],
    ids=['plain', 'nhwc', 'bytes', 'open', 'softmax', 'sigmoid', 'double'],
)
def test_packed_file_gives_equal_probabilities(tmp_path, monkeypatch, options, values, kind):
    path = written(tmp_path / 'm.onnx', colour_means(**options))
    before = load(path, labels=LABELS, **values)
    file = packed(path, labels=LABELS, **values)
    found = read_metadata(str(file))
    assert (found.foreign, found.output_kind, found.output) == (True, kind, ('output',))
    assert found.quantization == (Quantization(1 / 255, 0) if 'dtype' in options else None)
    monkeypatch.setattr(onnx_foreign, 'run_probe', None)  # nothing is tried again
    after = load(file)
    assert np.array_equal(probabilities(after), probabilities(before))
    assert after.labels == LABELS
    assert after.runtime.info.known_answer.startswith('passed, off by 0.000')
    assert len(after.sha256) == 64


def test_output_that_was_chosen_among_several_is_kept(tmp_path):
    model = colour_means()
    model.graph.node.append(helper.make_node('Softmax', ['floats'], ['map']))
    model.graph.output.append(helper.make_tensor_value_info('map', onnx.TensorProto.FLOAT, None))
    path = written(tmp_path / 'm.onnx', model)
    file = packed(path, labels=LABELS)
    assert read_metadata(str(file)).output == ('output',)
    assert np.array_equal(probabilities(load(file)), probabilities(load(path, labels=LABELS)))
    broken = replace(read_metadata(str(file)), output=('nothing',))
    file.write_bytes(pack_onnx(broken, path.read_bytes()))
    with pytest.raises(ModelError, match="names the output 'nothing', which it does not have"):
        load(file)


def test_what_ultralytics_notes_in_a_file_is_enough_to_pack_it(tmp_path):
    notes = {'names': NAMES, 'imgsz': '[32, 32]', 'author': 'Ultralytics'}
    path = written(tmp_path / 'm.onnx', colour_means(operator='Softmax', **notes))
    file = packed(path)
    found = read_metadata(str(file))
    assert (found.labels, found.transform.std) == (LABELS, (1, 1, 1))
    assert np.array_equal(probabilities(load(file)), probabilities(load(path)))


class Striped(torch.nn.Module):
    """A convolution over the image, and a layer of many large weights."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.layers = torch.nn.Sequential(
            torch.nn.Conv2d(3, 16, 3, padding=1),
            torch.nn.BatchNorm2d(16),
            torch.nn.ReLU(),
            torch.nn.AvgPool2d(8),
            torch.nn.Flatten(),
            torch.nn.Linear(256, 3),
        )

    def forward(self, image):
        return self.layers(image)


@pytest.fixture
def exported(tmp_path):
    """Return a network of torch as ONNX."""
    path = tmp_path / 'm.onnx'
    with suppress_torch_warnings():
        torch.onnx.export(
            Striped().eval(), (torch.rand(1, 3, 32, 32),), str(path), input_names=['input'],
            dynamo=False, dynamic_axes={'input': {0: 'batch'}},
        )  # fmt: skip
    return path


def test_network_of_torch_with_an_open_batch_is_packed(exported):
    after, before = load(packed(exported, labels=LABELS)), load(exported, labels=LABELS)
    assert np.array_equal(probabilities(after), probabilities(before))


@pytest.mark.parametrize('form', ['QDQ', 'QOperator'])
@pytest.mark.parametrize('vnni', [True, False])
def test_packed_int8_file_keeps_exact_products(exported, monkeypatch, form, vnni):
    path = exported.with_name('int8.onnx')
    quantize_statically(exported, path, form)
    asked = []
    real = onnx_file.OnnxRuntime
    monkeypatch.setattr(onnx_file, 'has_exact_byte_products', lambda: vnni)
    monkeypatch.setattr(
        onnx_file,
        'OnnxRuntime',
        lambda *args, **options: asked.append(options['exact_products']) or real(*args, **options),
    )
    file = packed(path, labels=LABELS)
    before, after = load(path, labels=LABELS), load(file)
    assert np.array_equal(probabilities(after), probabilities(before))
    assert not after.runtime.info.caution
    exact = Classifier(load_exact_onnx(ClassifierConfig(model=str(file))))
    assert np.array_equal(probabilities(exact), probabilities(before))
    assert asked == [True, True]


def test_network_in_the_file_stays_what_it_is(tmp_path):
    path = written(tmp_path / 'm.onnx', colour_means(key='value'))
    model = onnx.load(packed(path, labels=LABELS))
    assert {one.key for one in model.metadata_props} == {'key', 'rpi_classifier'}
    del model.metadata_props[1]
    assert model == onnx.load(path)


@pytest.mark.parametrize(
    ('output', 'values', 'said'),
    [
        ('robot.pt', {'labels': LABELS}, 'does not end in .onnx, but '),
        ('robot.onnx', {}, 'it has no record of export_model; set labels'),
        ('robot.onnx', {'labels': ('a', 'b')}, 'the model has 3 classes but 2 labels'),
        ('robot.onnx', {'labels': LABELS, 'input_size': 33}, '32 pixels a side'),
        ('robot.onnx', {'labels': LABELS, 'engine': 'qnnpack'}, 'which brings its own'),
    ],
)
def test_what_cannot_be_packed_is_refused(tmp_path, output, values, said):
    path = written(tmp_path / 'm.onnx', colour_means())
    with pytest.raises((ConfigError, ModelError)) as caught:
        pack_file(ClassifierConfig(model=str(path), **values), tmp_path / output)
    assert said in str(caught.value)
    assert not (tmp_path / output).exists()


def test_file_that_has_a_record_is_refused(tmp_path):
    path = written(tmp_path / 'm.onnx', colour_means())
    file = packed(path, labels=LABELS)
    config = ClassifierConfig(model=str(file), labels=LABELS)
    with pytest.raises(ModelError, match='has a record already, with 3 labels'):
        pack_file(config, tmp_path / 'again.onnx')
    with pytest.raises(ModelError, match='brings its labels'):
        Classifier.load(config)
