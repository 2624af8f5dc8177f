# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The record of exported files."""

from dataclasses import replace
import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from rpi_classifier.errors import ModelError
from rpi_classifier.input_spec import Quantization, Transform
from rpi_classifier.models.record import metadata_from_json, metadata_to_json, ModelMetadata

PATH = Path('m.pt')
METADATA = ModelMetadata(
    name='colours',
    labels=('red', 'green'),
    transform=Transform(size=32, resize=40),
    quantization=Quantization(0.02, 114),
    engine='qnnpack',
    weights_backend='fbgemm',
    exact_products=False,
    answers=(np.array([1.5, 2.5], np.float32), np.array([0.1, 0.2], np.float32)),
    versions={'torch': '2.9.1'},
    network_sha256='0' * 64,
)


def signed_again(content):
    """Return a record whose digest is right."""
    del content['digest']
    digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    return json.dumps({**content, 'digest': digest})


def test_record_comes_back():
    text = metadata_to_json(METADATA)
    assert json.loads(text)['format'] == 2
    read = metadata_from_json(text, PATH)
    assert np.array_equal(read.answers, METADATA.answers)
    assert metadata_to_json(read) == text


def test_format_1_is_read_under_its_former_names():
    content = json.loads(metadata_to_json(METADATA))
    content['format'], content['trained_for'] = 1, content.pop('weights_backend')
    assert metadata_from_json(signed_again(content), PATH).weights_backend == 'fbgemm'


def test_record_of_format_2_before_there_were_temperatures_is_read():
    content = json.loads(metadata_to_json(replace(METADATA, temperature=2.5)))
    assert metadata_from_json(signed_again(dict(content)), PATH).temperature == 2.5
    del content['temperature']
    assert metadata_from_json(signed_again(content), PATH).temperature == 1.0


@pytest.mark.parametrize('written', [3, 99, 0, '2', None])
def test_unknown_format_is_one_sentence_with_what_is_read(written):
    content = json.loads(metadata_to_json(METADATA))
    content['format'] = written
    said = f'm.pt has format {written!r}, but this version reads only up to 2'
    with pytest.raises(ModelError, match=said):
        metadata_from_json(signed_again(content), PATH)


@pytest.mark.parametrize('text', ['', 'null', '[]', '{}', '{"digest": 1}', '{"format": []}'])
def test_unreadable_record_is_refused_by_the_path_of_its_file(text):
    with pytest.raises(ModelError, match=r'm\.pt: its record is unreadable'):
        metadata_from_json(text, PATH)
