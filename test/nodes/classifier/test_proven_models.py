# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Which models need not be tried again."""

from dataclasses import replace

import pytest

from rpi_classifier.config import ClassifierConfig
from rpi_classifier.nodes.classifier.proven_models import ProvenModels

CONFIG = ClassifierConfig(model='/robot/cats.onnx')
SHA256 = 64 * 'a'


def test_model_that_was_loaded_is_known_whatever_does_not_decide_how_it_is_loaded():
    proven = ProvenModels()
    proven.add(CONFIG, SHA256)
    assert proven.has(CONFIG, SHA256)
    assert proven.has(replace(CONFIG, top_k=1, model_sha256=SHA256), SHA256)


@pytest.mark.parametrize(
    ('sha256', 'change'),
    [
        (64 * 'b', {}),
        (SHA256, {'model': '/robot/cats.pt'}),
        (SHA256, {'labels': ('cat', 'dog')}),
        (SHA256, {'input_size': 32}),
        (SHA256, {'num_threads': 2}),
    ],
)
def test_other_content_or_another_way_to_load_it_is_not_known(sha256, change):
    proven = ProvenModels()
    proven.add(CONFIG, SHA256)
    assert not proven.has(replace(CONFIG, **change), sha256)


def test_model_without_a_file_is_never_known():
    proven = ProvenModels()
    proven.add(ClassifierConfig(), '')
    assert not proven.has(ClassifierConfig(), '')


def test_only_the_newest_are_remembered():
    proven = ProvenModels()
    for number in range(1000):
        proven.add(CONFIG, f'{number:064x}')
    known = [number for number in range(1000) if proven.has(CONFIG, f'{number:064x}')]
    assert known == list(range(984, 1000))
