# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Model files are read and written as a whole."""

import hashlib

import pytest
from support.disks import full_after

from rpi_classifier.errors import ModelError
from rpi_classifier.models.files import file_sha256, read_model_file, write_model_file


def test_file_comes_back_if_it_has_the_digest(tmp_path):
    path = tmp_path / 'm.pt'
    write_model_file(b'content', path)
    digest = hashlib.sha256(b'content').hexdigest()
    assert file_sha256(b'content') == digest
    assert read_model_file(str(path), digest.upper()) == (path, b'content')
    with pytest.raises(ModelError, match=digest):
        read_model_file(str(path), '0' * 64)


def test_file_that_cannot_be_written_leaves_nothing_behind(tmp_path):
    folder = tmp_path / 'm.pt'
    folder.mkdir()
    with pytest.raises(ModelError, match=r'm\.pt cannot be written: Is a directory'):
        write_model_file(b'content', folder)
    assert list(tmp_path.iterdir()) == [folder]


def test_older_file_stays_until_the_new_one_is_complete(tmp_path):
    path = tmp_path / 'm.pt'
    write_model_file(b'old', path)
    with full_after(4096), pytest.raises(ModelError, match='File too large'):
        write_model_file(bytes(10000), path)
    assert path.read_bytes() == b'old'
    assert list(tmp_path.iterdir()) == [path]
