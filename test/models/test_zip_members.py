# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Zip files of others: sizes are read before data, and damage is one sentence."""

import io
import random
import zipfile

import pytest
from support.refusals import outcome

from rpi_classifier.errors import ModelError
from rpi_classifier.models.zip_members import open_zip, read_member


def zipped(method=zipfile.ZIP_STORED, **members):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, 'w', method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def read_all(data):
    archive = open_zip(data, 'model m.pt')
    return {name: read_member(archive, name) for name in archive.namelist()}


def test_members_come_back():
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        assert read_all(zipped(method, a=b'x' * 999, b=b'')) == {'a': b'x' * 999, 'b': b''}


def test_gigabytes_of_zeros_are_refused_by_what_they_announce():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, 'w', zipfile.ZIP_DEFLATED) as archive:
        for index in range(20):
            archive.writestr(f'{index}', bytes(10 << 20))
    with pytest.raises(ModelError, match='model m.pt announces 209715200 bytes of content'):
        open_zip(stream.getvalue(), 'model m.pt')


def test_member_has_a_limit_of_its_own():
    archive = open_zip(zipped(a=b'x' * 100), 'model m.pt')
    assert len(read_member(archive, 'a', 100)) == 100
    with pytest.raises(ModelError, match="model m.pt: 'a' has 100 bytes, more than the 99"):
        read_member(archive, 'a', 99)


@pytest.mark.parametrize(
    ('data', 'said'),
    [
        (b'', 'is damaged'),
        (zipped(a=b'x' * 99)[:50], 'is cut off after 50 bytes'),
        (zipped(zipfile.ZIP_LZMA, a=b'x'), 'compressed unusually'),
        (zipped(a=b'xyz').replace(b'xyz', b'xyy'), 'is damaged .Bad CRC-32'),
    ],
)
def test_damage_is_one_sentence_with_the_files_name(data, said):
    with pytest.raises(ModelError, match=f'^model m.pt.*{said}') as caught:
        read_all(data)
    assert '\n' not in str(caught.value)


def test_missing_member_is_refused():
    with pytest.raises(ModelError, match='model m.pt is damaged'):
        read_member(open_zip(zipped(a=b'x'), 'model m.pt'), 'b')


def test_encrypted_member_is_refused():
    data = bytearray(zipped(a=b'x'))
    data[6] |= 1
    data[data.index(b'PK\1\2') + 8] |= 1
    with pytest.raises(ModelError, match='encrypted'):
        read_all(bytes(data))


def test_any_damage_to_the_bookkeeping_is_one_sentence():
    data = zipped(zipfile.ZIP_DEFLATED, **{'top/a': b'x' * 50, 'top/ä': b'y' * 50})
    generator = random.Random(5)
    for _ in range(3000):
        damaged = bytearray(data)
        for _ in range(generator.randrange(1, 4)):
            damaged[generator.randrange(len(data))] = generator.randrange(256)
        _, refusal = outcome(read_all, bytes(damaged[: generator.randrange(1, 2 * len(data))]))
        assert '\n' not in refusal
