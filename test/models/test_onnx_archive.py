# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The record in ONNX files: what comes back, and what is refused, without onnx and onnxruntime."""

import subprocess
import sys

import numpy as np
import pytest

from rpi_classifier.errors import ModelError
from rpi_classifier.input_spec import Quantization, Transform
from rpi_classifier.models.files import file_sha256
from rpi_classifier.models.onnx_archive import pack_onnx, read_onnx, unpack_onnx
from rpi_classifier.models.protobuf import write_field
from rpi_classifier.models.record import ModelMetadata

GRAPH = write_field(7, write_field(2, b'a graph without nodes'))
NETWORK = b'\x08\x08' + GRAPH + write_field(14, write_field(1, b'author') + write_field(2, b'me'))
METADATA = ModelMetadata(
    'm',
    ('red', 'green'),
    Transform(size=32, resize=32),
    Quantization(0.5, 3),
    'cpu',
    'qnnpack',
    True,
    (np.ones(2, np.float32),) * 2,
)


@pytest.fixture
def path(tmp_path):
    return tmp_path / 'm.onnx'


def refusal(data, path):
    with pytest.raises(ModelError) as caught:
        unpack_onnx(data, path)
    assert str(path) in str(caught.value)
    assert '\n' not in str(caught.value)
    return str(caught.value)


def test_record_and_other_properties_come_back(path):
    content = read_onnx(pack_onnx(METADATA, NETWORK), path)
    assert content.metadata.labels == METADATA.labels
    assert content.metadata.quantization == METADATA.quantization
    assert content.metadata.network_sha256 == file_sha256(NETWORK)
    assert content.properties == {'author': 'me'}


def test_file_without_a_record_has_none(path):
    assert unpack_onnx(NETWORK, path) is None


def test_changed_network_is_refused(path):
    data = pack_onnx(METADATA, NETWORK)
    assert 'weights or graph were changed' in refusal(data.replace(b'nodes', b'Nodes'), path)
    assert 'weights or graph were changed' in refusal(data + write_field(2, b'editor'), path)


def test_changed_labels_are_refused(path):
    data = pack_onnx(METADATA, NETWORK).replace(b'green', b'Green')
    assert 'labels or other parts of its record were changed' in refusal(data, path)


@pytest.mark.parametrize('data', [b'', b'hello', b'\x80\x04]\x94K\x01a.', b'PK\x03\x04', GRAPH])
def test_file_that_is_something_else_is_refused(data, path):
    assert 'is not ONNX, cut off or damaged' in refusal(data, path)


def test_cut_off_file_has_no_record(path):
    data = pack_onnx(METADATA, NETWORK)
    for length in range(len(NETWORK) + 1, len(data)):
        assert 'is not ONNX, cut off or damaged' in refusal(data[:length], path)


@pytest.mark.parametrize('place', ['constant', 'attribute', 'branch'])
def test_weights_in_other_files_are_refused(place, path):
    external = write_field(13, write_field(1, b'location') + write_field(2, b'../../etc/passwd'))
    graph = {
        'constant': write_field(5, external),
        'attribute': write_field(1, write_field(5, write_field(5, external))),
        'branch': write_field(1, write_field(5, write_field(6, write_field(5, external)))),
    }[place]
    assert 'weights in other files' in refusal(b'\x08\x08' + write_field(7, graph), path)


def test_deep_nesting_is_refused(path):
    graph = b''
    for _ in range(2000):
        graph = write_field(1, write_field(5, write_field(6, graph)))
    assert 'is not ONNX, cut off or damaged' in refusal(b'\x08\x08' + write_field(7, graph), path)


def test_reading_a_record_imports_neither_onnx_nor_onnxruntime(path):
    path.write_bytes(pack_onnx(METADATA, NETWORK))
    program = (
        'import sys, pathlib\n'
        'from rpi_classifier.models.load import name_in_file\n'
        f'print(name_in_file({str(path)!r}))\n'
        'print({"torch", "onnx", "onnxruntime"} & set(sys.modules))\n'
    )
    done = subprocess.run(
        [sys.executable, '-c', program], check=True, timeout=60, capture_output=True, text=True
    )
    assert done.stdout == 'm\nset()\n'
