# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Batches of photos for a network in training."""

from __future__ import annotations

import pytest
from support.own_classes import draw_classes
import torch

from rpi_classifier.input_spec import Transform
from rpi_classifier.training.batches import Batches
from rpi_classifier.training.data_set import read_data_set
from rpi_classifier.training.train_options import TrainOptions

SMALL = Transform(size=8, resize=9)


@pytest.fixture
def photos(tmp_path):
    return read_data_set(draw_classes(tmp_path, 5), held_out=0).train


def images_of(batches):
    """Return the images of all batches as bytes, in their order."""
    return [image.numpy().tobytes() for images, _ in batches for image in images]


def test_every_pass_without_views_has_the_photos_as_they_are(photos):
    batches = Batches(photos, SMALL, TrainOptions(views=0))
    plain = images_of(batches.plain())
    for epoch in (1, 2):
        assert sorted(images_of(batches.varied(epoch))) == sorted(plain)
    assert images_of(batches.varied(1)) != images_of(batches.varied(2))  # the order differs


def test_every_pass_with_views_has_another_one_of_each_photo(photos):
    batches = Batches(photos, SMALL, TrainOptions(views=1))
    passes = [set(images_of(found)) for found in (batches.plain(), *map(batches.varied, (1, 2)))]
    assert len(set.union(*passes)) == 3 * len(photos)


def test_labels_are_those_of_the_photos(photos):
    labels = torch.cat([labels for _, labels in Batches(photos, SMALL, TrainOptions()).plain()])
    assert labels.tolist() == [photo.label for photo in photos]
