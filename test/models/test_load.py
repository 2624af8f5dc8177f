# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""From a config to a ready model: which options go with which file."""

import pytest

from rpi_classifier.config import ClassifierConfig
from rpi_classifier.errors import ConfigError, ModelError
from rpi_classifier.inference.classifier import Classifier
from rpi_classifier.models.load import (
    check_model_options,
    determined_options,
    format_of,
    FORMATS,
    load_model,
    name_in_file,
)


@pytest.mark.parametrize(
    'values',
    [
        {'runtime': 'executorch', 'model': 'mobilenet_v2'},
        {'runtime': 'executorch', 'model': 'm.pt'},
        {'runtime': 'torchscript', 'model': 'm.pte'},
        {'runtime': 'onnx', 'model': 'm.pt'},
        {'engine': 'qnnpack', 'model': 'm.onnx'},
        {'engine': 'qnnpack', 'model': 'm.pte'},
        {'kernels': 'xnnpack', 'model': 'm.pte'},
        {'jit': False, 'model': 'm.pte'},
        {'weights': 'random', 'model': 'm.pte'},
        {'labels': 'labels.txt', 'model': 'm.pte'},
        {'input_size': 224, 'model': 'm.pte'},
    ],
)
def test_parameters_that_do_not_belong_together_are_refused(values):
    with pytest.raises(ConfigError, match=next(iter(values))):
        check_model_options(ClassifierConfig(**values))


def test_options_are_checked_before_anything_is_loaded():
    with pytest.raises(ConfigError, match="runtime: 'executorch' does not run 'm.pt'; onnx runs"):
        load_model(ClassifierConfig(model='m.pt', runtime='executorch'))


def test_runtime_of_files_names_the_export_of_a_model_of_the_zoo():
    with pytest.raises(ConfigError, match='export_model --model resnet18 --output resnet18.onnx'):
        check_model_options(ClassifierConfig(model='resnet18', runtime='onnx'))


@pytest.mark.parametrize(
    ('model', 'runtime'),
    [
        ('mobilenet_v2', 'torchscript'),
        ('m.pt', 'torchscript'),
        ('/robot/best.torchscript', 'torchscript'),
        ('m.onnx', 'onnx'),
        ('m.pte', 'executorch'),
    ],
)
def test_every_model_has_a_runtime(model, runtime):
    assert format_of(model).runtime == runtime
    check_model_options(ClassifierConfig(model=model, runtime=runtime))


def test_every_runtime_can_be_asked_for():
    choices = ClassifierConfig.__dataclass_fields__['runtime'].metadata['choices']
    assert choices == ('auto', *(one.runtime for one in FORMATS))


def test_a_file_determines_what_it_brings():
    assert determined_options('mobilenet_v2') == ()
    assert set(determined_options('m.pt')) == {'jit', 'weights'}
    assert {'engine', 'kernels', 'jit', 'weights'} < set(determined_options('m.pte'))


def test_path_without_a_known_suffix_is_a_file():
    with pytest.raises(
        ModelError, match=r'model m\.tflite \(in .*\) cannot be read: No such file'
    ):
        Classifier.load(ClassifierConfig(model='m.tflite'))


def test_missing_file_has_no_name():
    with pytest.raises(ModelError, match='cannot be read'):
        name_in_file('/nowhere/m.pt')
