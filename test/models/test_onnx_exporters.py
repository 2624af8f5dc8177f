# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Small networks as torch's exporters and ONNX Runtime's quantizer write them."""

import importlib.util

import numpy as np
import pytest
from support.onnx_models import onnx, quantize_statically
import torch

from rpi_classifier.config import ClassifierConfig
from rpi_classifier.errors import ModelError
from rpi_classifier.inference.classifier import Classifier

LABELS = ('red', 'green', 'blue')
needs_onnxscript = pytest.mark.skipif(
    not importlib.util.find_spec('onnxscript'), reason='the exporter of torch.export needs it'
)


class Colours(torch.nn.Module):
    """Returns how red, green and blue an image is, by a convolution."""

    def __init__(self):
        super().__init__()
        self.convolution = torch.nn.Conv2d(3, 3, 1, bias=False)
        with torch.no_grad():
            self.convolution.weight.copy_(torch.eye(3).reshape(3, 3, 1, 1))

    def forward(self, image):
        return self.convolution(image).mean((2, 3))


@pytest.fixture
def export(tmp_path):
    def write(**options):
        path = tmp_path / 'colours.onnx'
        names = {'input_names': ['input'], 'output_names': ['output']}
        torch.onnx.export(Colours().eval(), (torch.rand(1, 3, 32, 32),), path, **names, **options)
        return path

    return write


def classes(path):
    """Return the classes of a red, a green and a blue image."""
    classifier = Classifier.load(ClassifierConfig(model=str(path), labels=LABELS))
    images = np.zeros((3, 48, 64, 3), np.uint8)
    for place in range(3):
        images[place, ..., 2 - place] = 255
    return tuple(classifier.classify(image).predictions[0].label for image in images)


@pytest.mark.filterwarnings('ignore:You are using the legacy:DeprecationWarning')
@pytest.mark.parametrize('axes', [None, {'input': {0: 'batch'}, 'output': {0: 'batch'}}])
def test_file_of_the_exporter_by_tracing_is_classified(export, axes):
    assert classes(export(dynamo=False, dynamic_axes=axes)) == LABELS


@needs_onnxscript
def test_file_of_the_exporter_by_torch_export_is_classified(export):
    assert classes(export(dynamo=True, external_data=False)) == LABELS


@pytest.mark.filterwarnings('ignore:You are using the legacy:DeprecationWarning')
@pytest.mark.parametrize('form', ['QDQ', 'QOperator'])
def test_file_of_the_quantizer_is_classified(export, form):
    path = export(dynamo=False)
    quantized = path.with_name(f'{form}.onnx')
    quantize_statically(path, quantized, form)
    assert classes(quantized) == LABELS


@pytest.mark.filterwarnings('ignore:You are using the legacy:DeprecationWarning')
def test_file_whose_weights_lie_beside_it_is_refused(export):
    path = export(dynamo=False)
    onnx.save(onnx.load(path), path, save_as_external_data=True, size_threshold=0)
    with pytest.raises(ModelError, match='save it as one file'):
        classes(path)
