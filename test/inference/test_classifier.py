# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""From a BGR frame to classes."""

import cv2
import numpy as np
import pytest
import torch

from rpi_classifier.config import ClassifierConfig
from rpi_classifier.errors import ImageError, ModelError
from rpi_classifier.inference.classifier import Classifier, to_probabilities, top_classes
from rpi_classifier.input_spec import Transform
from rpi_classifier.models.model import LoadedModel
from rpi_classifier.runtime.preprocess import Preprocessor
from rpi_classifier.runtime.torchscript import torch_runtime

ENGINES = [name for name in torch.backends.quantized.supported_engines if name != 'none']


@pytest.fixture(scope='module')
def classifier(random_network):
    labels = tuple(f'class {index}' for index in range(1000))
    runtime = torch_runtime(random_network(), Transform())
    return Classifier(LoadedModel('random', runtime, Transform(), labels))


@pytest.mark.parametrize('engine', ENGINES)
@pytest.mark.parametrize('jit', [True, False])
def test_photos_get_the_references_top_1(weights, photos, engine, jit):
    classifier = Classifier.load(ClassifierConfig(engine=engine, jit=jit))
    for path, expected in photos.items():
        best = classifier.classify(cv2.imread(str(path))).predictions[0]
        assert (best.index, best.label) == (expected[0]['index'], expected[0]['label'])


def test_scores_are_probabilities_in_falling_order(classifier, image):
    result = classifier.classify(image, top_k=1000)
    scores = [prediction.score for prediction in result.predictions]
    assert scores == sorted(scores, reverse=True)
    assert sum(scores) == pytest.approx(1, abs=1e-5)
    assert len({prediction.index for prediction in result.predictions}) == 1000


def test_threshold_leaves_out_the_unlikely(classifier, image):
    best = classifier.classify(image, top_k=1).predictions[0].score
    assert (
        classifier.classify(image, top_k=5, score_threshold=min(1.0, best * 1.01)).predictions
        == ()
    )


def test_more_classes_than_there_are_gives_all(classifier, image):
    assert len(classifier.classify(image, top_k=5000).predictions) == 1000


@pytest.mark.parametrize('shape', [(1, 1), (224, 224), (180, 320), (1080, 1920), (30, 1000)])
def test_any_frame_size_works(classifier, shape):
    assert len(classifier.classify(np.zeros((*shape, 3), np.uint8)).predictions) == 5


def test_grey_image_is_refused(classifier):
    with pytest.raises(ImageError, match=r'\[20, 30\]'):
        classifier.classify(np.zeros((20, 30), np.uint8))


def test_wrong_number_of_labels_is_refused(random_network):
    runtime = torch_runtime(random_network(), Transform(), jit=False)
    with pytest.raises(ModelError, match='1000 classes but 2 labels'):
        Classifier(LoadedModel('x', runtime, Transform(), ('a', 'b')))


def test_integer_and_float_preprocessing_give_the_same_top_5_on_photos(weights, photos):
    classifier = Classifier.load(ClassifierConfig())
    runtime = classifier.runtime
    in_floats = Preprocessor(Transform())
    floats = np.empty((224, 224, 3), np.float32)
    quantization = runtime.quantization
    for path in photos:
        image = cv2.imread(str(path))
        ours = classifier.classify(image).predictions
        in_floats(image, floats)
        runtime.buffer[:] = torch.quantize_per_tensor(
            torch.from_numpy(floats),
            quantization.scale,
            quantization.zero_point,
            torch.qint8 if quantization.signed else torch.quint8,
        ).int_repr()
        logits = runtime.run()
        scores = to_probabilities(logits, 'logits', np.empty_like(logits))
        best = top_classes(scores, 5).tolist()
        assert best == [prediction.index for prediction in ours]
        assert scores[best].tolist() == [prediction.score for prediction in ours]


def test_probabilities_are_the_softmax_of_the_logits(classifier, image):
    result = classifier.classify(image, top_k=10)
    logits = classifier.runtime.run().astype(float)
    expected = np.exp(logits) / np.exp(logits).sum()
    assert result.probabilities == pytest.approx(expected, rel=1e-4)
    best = [prediction.index for prediction in result.predictions]
    assert logits[best].tolist() == sorted(logits, reverse=True)[:10]
    scores = [prediction.score for prediction in result.predictions]
    assert scores == result.probabilities[best].tolist()


def test_of_equal_probabilities_the_lower_index_comes_first():
    probabilities = np.array([0.1, 0.2, 0.1, 0.4, 0.1, 0.1], np.float32)
    for count in range(1, 8):
        assert top_classes(probabilities, count).tolist() == [3, 1, 0, 2, 4, 5][:count]
