# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Which files are deployed, and which parameters cannot stay beside them."""

from dataclasses import replace

import pytest
from support.onnx_models import colour_means, recorded_colours
from support.records import METADATA

from rpi_classifier.deploy.model import contradictions, explain_region, read_model_to_deploy
from rpi_classifier.errors import ConfigError, ModelError, RpiClassifierError


@pytest.fixture
def model(tmp_path):
    path = tmp_path / 'm.onnx'
    path.write_bytes(recorded_colours(('red', 'green', 'blue')))
    return read_model_to_deploy(path)


def test_file_of_export_model_is_taken_with_what_it_says(model):
    assert model.metadata.labels == ('red', 'green', 'blue')
    assert model.names == ('m.onnx', f'm-{model.sha256[:8]}.onnx')


@pytest.mark.parametrize(
    ('name', 'content', 'kind', 'words'),
    [
        ('m.onnx', None, ModelError, 'cannot be read: No such file'),
        ('m.onnx', b'<html>', ModelError, 'is not an ONNX network'),
        ('m.tflite', b'', ConfigError, 'does not end in .pt or .onnx or .pte'),
        ('a\nb.onnx', b'', ConfigError, 'cannot stand in a parameter file; rename it'),
        ('m.onnx', colour_means().SerializeToString(), ModelError, 'has no record of its labels'),
        ('m.onnx', recorded_colours('rgb')[:-9], ModelError, 'm.onnx'),
    ],
)
def test_other_file_is_refused_in_one_sentence(tmp_path, name, content, kind, words):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(RpiClassifierError) as caught:
        read_model_to_deploy(tmp_path / name)
    assert type(caught.value) is kind
    assert words in str(caught.value)
    assert '\n' not in str(caught.value)


def test_parameters_that_fit_stay(model):
    given = {
        'model': 'x', 'labels': '', 'input_size': 0, 'input_mean': [0.485, 0.456, 0.406],
        'runtime': 'ort', 'engine': 'auto', 'jit': True, 'classes': ['warm', 2], 'top_k': 3,
        'class_aliases': {'warm': ['red']}, 'fps': 30, 'use_sim_time': True,
    }  # fmt: skip
    assert contradictions(model, given) == {}


@pytest.mark.parametrize(
    ('name', 'value', 'why'),
    [
        ('labels', ['a', 'b'], 'the file brings its own'),
        ('input_size', 96, 'the file brings its own'),
        ('input_mean', '0.5 0.5 0.5', 'the file brings its own'),
        ('output_kind', 'softmax', 'the file brings its own'),
        ('runtime', 'torchscript', 'onnx runs the file'),
        ('engine', 'fbgemm', 'it is not for such a file'),
        ('weights', 'random', 'it is not for such a file'),
        ('jit', False, 'it is not for such a file'),
        ('classes', 'tabby', "classes: 'tabby' is no class of colours"),
        ('class_aliases', {'cat': ['tabby']}, "'tabby' is no class of colours"),
    ],
)
def test_parameters_that_the_node_would_refuse_are_named(model, name, value, why):
    found = contradictions(model, {name: value, 'top_k': 3})
    assert list(found) == [name]
    assert why in found[name]


def test_only_the_wrong_one_of_classes_and_groups_returns_to_its_default(model):
    good, bad = {'warm': ['red']}, {'cat': ['tabby']}
    assert list(contradictions(model, {'classes': ['dog'], 'class_aliases': good})) == ['classes']
    assert list(contradictions(model, {'classes': ['red'], 'class_aliases': bad})) == [
        'class_aliases'
    ]
    both = contradictions(model, {'classes': ['cat'], 'class_aliases': bad})
    assert list(both) == ['classes', 'class_aliases']


@pytest.mark.parametrize(
    ('region', 'of_model', 'told'),
    [
        ('', '0 0 0.5 1', False),
        ([0.0, 0.0, 0.5, 1.0], '0 0 0.5 1', False),
        ('0.5 0 0.5 1', '', False),  # a camera may have one for any model
        ('0.5 0 0.5 1', '0 0 0.5 1', True),
        ([0.0, 0.0, 1.0, 1.0], '0 0 0.5 1', True),
        ('left', '0 0 0.5 1', False),  # refused by the node
    ],
)
def test_another_region_than_that_of_the_model_is_told(region, of_model, told):
    said = explain_region(replace(METADATA, region=of_model), {'region': region, 'top_k': 3})
    assert ('stays, though the model was trained on 0 0 0.5 1' in said) == told
