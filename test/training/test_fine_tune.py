# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""All layers are trained for own classes, with the quantization in the training."""

from dataclasses import replace

import pytest
from support.own_networks import make_photos
import torch

from rpi_classifier.input_spec import Transform
from rpi_classifier.models import zoo
from rpi_classifier.training import fine_tune as module
from rpi_classifier.training.data_set import DataSet
from rpi_classifier.training.fine_tune import fine_tune
from rpi_classifier.training.labeled_photo import LabeledPhoto
from rpi_classifier.training.monitor import Monitor
from rpi_classifier.training.train_options import TrainOptions

SMALL = Transform(size=64, resize=64)
OPTIONS = TrainOptions('shufflenet_v2_x0_5', 'random', epochs=2, views=1)


@pytest.fixture(autouse=True)
def small_input(monkeypatch):
    spec = replace(zoo.MODELS['shufflenet_v2_x0_5'], transform=SMALL)
    monkeypatch.setitem(zoo.MODELS, 'shufflenet_v2_x0_5', spec)


@pytest.fixture
def data(tmp_path):
    photos = make_photos(tmp_path / 'colours', 18)
    labeled = [LabeledPhoto(path, number % 3) for number, path in enumerate(photos)]
    return DataSet(('blue', 'green', 'red'), tuple(labeled[:12]), tuple(labeled[12:]))


def weights_of(trained):
    return {
        name: part._weight_bias()[0].int_repr()
        for name, part in trained.model.network.named_modules()
        if isinstance(part, (torch.ao.nn.quantized.Conv2d, torch.ao.nn.quantized.Linear))
    }


def same(one, other):
    return all(torch.equal(one[name], other[name]) for name in one)


def test_the_result_is_an_int8_model_of_the_classes(data, tmp_path):
    from rpi_classifier.models.load import format_of

    trained = fine_tune(data, OPTIONS, Monitor())
    assert trained.model.labels == data.labels
    assert trained.photos == 6
    assert 'of at most 2 epochs' in trained.how
    written = format_of('mine.pt').write(trained.model, tmp_path / 'mine.pt', 'qnnpack')
    assert written.labels == data.labels


def test_the_same_seed_gives_the_same_weights(data):
    assert same(*(weights_of(fine_tune(data, OPTIONS, Monitor())) for _ in range(2)))


def test_the_backbone_is_trained_too(data):
    no_val = replace(data, val=())  # or the best might be what it began with
    one, two = (
        weights_of(fine_tune(no_val, replace(OPTIONS, epochs=epochs), Monitor()))
        for epochs in (1, 2)
    )
    assert not torch.equal(one['conv1.0'], two['conv1.0'])


def test_nothing_is_called_best_without_photos_for_validation(data):
    trained = fine_tune(replace(data, val=()), OPTIONS, Monitor())
    assert trained.how == (
        'fine-tuned from the int8 weights, 2 of 2 epochs; no photo was left for validation, so it '
        'is not known whether that is better than only a new last layer'
    )


def test_an_epoch_that_is_worse_is_not_kept(data, monkeypatch):
    losses = iter([1.0, 2.0, 3.0, 4.0])
    judge = module._judge
    monkeypatch.setattr(
        module, '_judge', lambda *args: replace(judge(*args), loss=next(losses, 9.0))
    )
    trained = fine_tune(data, OPTIONS, Monitor())
    assert 'best after 0 of at most 2 epochs' in trained.how


def test_a_wish_to_stop_keeps_the_best_so_far(data):
    asked = []

    def stopped():
        asked.append(1)
        return len(asked) > 200

    trained = fine_tune(data, replace(OPTIONS, epochs=500), Monitor(stopped=stopped))
    assert trained.model.labels == data.labels


def test_a_photo_that_cannot_be_read_is_left_out(data):
    data.train[0].path.write_bytes(b'no photo')
    told = []
    fine_tune(data, OPTIONS, Monitor(tell=told.append))
    assert len([line for line in told if 'cannot be read' in line]) == 1


def test_weights_that_cannot_be_downloaded_are_told(data, monkeypatch):
    def unreachable(*_):
        raise module.WeightsError('nothing can be downloaded')

    frozen = module.train_head(data, OPTIONS, Monitor())
    monkeypatch.setattr(module, 'published_float', unreachable)
    told = []
    trained_weights = replace(OPTIONS, weights='default')
    _, _, origin = module._start(frozen, trained_weights, 3, Monitor(tell=told.append))
    assert origin == 'from the int8 weights'
    assert told == ['begins with the int8 weights as floats, because nothing can be downloaded']
