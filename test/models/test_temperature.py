# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The temperature of an exported file is written to its record, and the classifier applies it."""

from dataclasses import replace
import io
from pathlib import Path
import shutil
import zipfile

import numpy as np
import pytest
from support.colours import colour_image
from support.disks import full_after
from support.records import METADATA

from rpi_classifier.config import ClassifierConfig
from rpi_classifier.errors import ModelError
from rpi_classifier.inference.classifier import Classifier
from rpi_classifier.models.load import format_of, read_metadata
from rpi_classifier.models.onnx_archive import pack_onnx
from rpi_classifier.models.protobuf import write_field
from rpi_classifier.models.temperature import set_temperature
from rpi_classifier.models.torchscript_archive import MEMBER

FILES = Path(__file__).resolve().parent.parent / 'fixtures' / 'v0.1'
GRAPH = b'\x08\x08' + write_field(7, write_field(2, b'a graph without nodes'))


@pytest.fixture(params=['.pt', '.pte', '.onnx'])
def exported(request, tmp_path):
    """Return the path of a file with a record, one of each format."""
    path = tmp_path / f'colours{request.param}'
    if request.param == '.onnx':
        path.write_bytes(pack_onnx(METADATA, GRAPH))
    else:
        shutil.copy(FILES / path.name, path)
    return path


def members_before_the_record(data):
    """Return everything of a .pt file that lies before its record."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        record = next(one for one in archive.infolist() if one.filename.endswith(MEMBER))
        return data[: record.header_offset]


def test_temperature_is_written_and_everything_else_stays(exported):
    before = read_metadata(str(exported))
    set_temperature(exported, 1.75)
    after = read_metadata(str(exported))
    assert after.temperature == 1.75
    assert after.network_sha256 == before.network_sha256
    assert np.array_equal(after.answers, before.answers)
    assert replace(after, temperature=1.0, answers=()) == replace(before, answers=())


def test_file_does_not_grow_when_it_is_written_again_and_again(exported):
    set_temperature(exported, 1.25)
    first = exported.stat().st_size
    for value in (3.75, 0.05, 20, 1.25):
        set_temperature(exported, value)
    assert exported.stat().st_size == first
    assert [one.name for one in exported.parent.iterdir()] == [exported.name]


def test_weights_of_torchscript_keep_their_places(tmp_path):
    path = tmp_path / 'm.pt'
    shutil.copy(FILES / 'colours.pt', path)
    set_temperature(path, 2)
    before, after = (FILES / 'colours.pt').read_bytes(), path.read_bytes()
    assert members_before_the_record(after) == members_before_the_record(before)


def test_same_temperature_leaves_the_file_alone(exported):
    content = exported.read_bytes()
    set_temperature(exported, 1.0)
    assert exported.read_bytes() == content


@pytest.mark.parametrize('value', [0.0, 0.04, 20.5, -1.0, float('nan'), float('inf')])
def test_temperature_out_of_range_is_refused(exported, value):
    content = exported.read_bytes()
    with pytest.raises(ModelError, match=r'^temperature: \S+ is not a number from 0\.05 to 20$'):
        set_temperature(exported, value)
    assert exported.read_bytes() == content


def test_disk_that_is_full_leaves_the_file_as_it_was(exported):
    content = exported.read_bytes()
    with full_after(100), pytest.raises(ModelError, match='cannot be written'):
        set_temperature(exported, 2.0)
    assert exported.read_bytes() == content
    assert [one.name for one in exported.parent.iterdir()] == [exported.name]


def test_file_without_a_record_is_refused(tmp_path):
    path = tmp_path / 'others.onnx'
    path.write_bytes(GRAPH)
    with pytest.raises(ModelError, match=r'no record .*; export it with export_model first$'):
        set_temperature(path, 2.0)


def test_record_that_other_programs_have_moved_is_refused(tmp_path):
    path = tmp_path / 'm.pt'
    with zipfile.ZipFile(FILES / 'colours.pt') as old, zipfile.ZipFile(path, 'w') as new:
        for name in sorted(old.namelist(), key=lambda one: not one.endswith(MEMBER)):
            new.writestr(name, old.read(name))
    assert read_metadata(str(path)).name == 'colours'
    with pytest.raises(ModelError, match='not its last member; export it with export_model'):
        set_temperature(path, 2.0)


def test_missing_file_is_one_sentence(tmp_path):
    with pytest.raises(ModelError, match=r'none\.pt cannot be read: No such file'):
        set_temperature(tmp_path / 'none.pt', 2.0)


def test_classifier_divides_its_logits_by_the_temperature(tmp_path):
    path = tmp_path / 'colours.pt'
    shutil.copy(FILES / 'colours.pt', path)
    assert format_of(str(path)).suffix == '.pt'
    image, config = colour_image(1), ClassifierConfig(model=str(path))
    plain = Classifier.load(config)
    expected = plain.classify(image).probabilities.astype(float) ** (1 / 2.5)
    expected /= expected.sum()
    set_temperature(path, 2.5)
    calibrated = Classifier.load(config)
    assert calibrated.temperature == 2.5
    found = calibrated.classify(image).probabilities
    assert found == pytest.approx(expected, rel=1e-4)
    assert found.max() < plain.classify(image).probabilities.max()
