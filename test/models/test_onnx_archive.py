# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The record in ONNX files: what comes back, and what is refused, without onnx and onnxruntime."""

from contextlib import suppress
from pathlib import Path
import subprocess
import sys

from hypothesis import given, strategies
import pytest
from support.records import METADATA

from rpi_classifier.errors import ModelError
from rpi_classifier.models import onnx_archive
from rpi_classifier.models.files import file_sha256
from rpi_classifier.models.onnx_archive import pack_onnx, read_onnx, unpack_onnx
from rpi_classifier.models.protobuf import write_field

GRAPH = write_field(7, write_field(2, b'a graph without nodes'))
NETWORK = b'\x08\x08' + GRAPH + write_field(14, write_field(1, b'author') + write_field(2, b'me'))
BYTES = strategies.integers(0, 255)


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
    assert content.contents.properties['author'] == 'me'


def test_file_without_a_record_has_none(path):
    assert unpack_onnx(NETWORK, path) is None


def test_changed_network_is_refused(path):
    data = pack_onnx(METADATA, NETWORK)
    assert 'weights or graph were changed' in refusal(data.replace(b'nodes', b'Nodes'), path)
    assert 'weights or graph were changed' in refusal(data + write_field(2, b'editor'), path)


def test_changed_labels_are_refused(path):
    data = pack_onnx(METADATA, NETWORK).replace(b'green', b'Green')
    assert 'labels or other parts of its record were changed' in refusal(data, path)


@pytest.mark.parametrize(
    ('data', 'words'),
    [
        (b'', 'is not an ONNX network but empty'),
        (b'<html>', 'is not an ONNX network but a web page; download the file itself'),
        (b'version https://git-lfs.github.com/spec/v1', 'run: git lfs pull'),
        (b'\x80\x04]\x94K\x01a.', 'a pickle of Python'),
    ],
)
def test_file_that_is_something_else_is_told_by_its_kind(data, words, path):
    assert words in refusal(data, path)


def test_cut_off_file_is_refused(path):
    data = pack_onnx(METADATA, NETWORK)
    for length in range(len(NETWORK) + 1, len(data)):
        assert 'an ONNX network that is cut off' in refusal(data[:length], path)


@given(strategies.data())
def test_any_damage_is_our_own_error_or_none(data):
    content = bytearray(pack_onnx(METADATA, NETWORK))
    for _ in range(data.draw(strategies.integers(1, 4))):
        content[data.draw(strategies.integers(0, len(content) - 1))] = data.draw(BYTES)
    with suppress(ModelError):
        read_onnx(bytes(content), Path('m.onnx'))


def test_record_that_is_too_long_is_refused_unread(path, monkeypatch):
    monkeypatch.setattr(onnx_archive, 'MOST_RECORD_BYTES', 100)
    assert 'its record has' in refusal(pack_onnx(METADATA, NETWORK), path)


def test_weights_in_other_files_are_refused(path):
    external = write_field(13, write_field(1, b'location') + write_field(2, b'../../etc/passwd'))
    data = b'\x08\x08' + write_field(7, write_field(5, external))
    assert 'weights in other files (external data)' in refusal(data, path)


def test_deep_nesting_is_refused(path):
    graph = b''
    for _ in range(2000):
        graph = write_field(1, write_field(5, write_field(6, graph)))
    assert 'is damaged' in refusal(b'\x08\x08' + write_field(7, graph), path)


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
