# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""A bounded folder of photos, on real file systems that are full, read-only or no folder."""

import json
import os
from pathlib import Path
import subprocess

import pytest

from rpi_classifier.errors import ImageError
from rpi_classifier.files import kept_folder
from rpi_classifier.files.kept_folder import KeptFolder, list_photos

PHOTO = memoryview(b'\xff\xd8' + bytes(996) + b'\xff\xd9')  # 1000 bytes
PLENTY = 10**9


@pytest.fixture
def tmpfs(tmp_path):
    """Return a mounter of small file systems in memory."""
    if os.geteuid() != 0:
        pytest.skip('only root may mount a file system')
    mounted = []

    def mount(options):
        path = tmp_path / f'mounted{len(mounted)}'
        path.mkdir()
        command = ['mount', '-t', 'tmpfs', '-o', options, 'none', str(path)]
        if subprocess.run(command, capture_output=True).returncode:
            pytest.skip('mounting is not allowed here')
        mounted.append(path)
        return path

    yield mount
    for path in mounted:
        subprocess.run(['umount', str(path)], check=True)


def names(path: Path, suffix: str = '') -> list[str]:
    return sorted(entry.name for entry in path.iterdir() if entry.name.endswith(suffix))


def numbers(path: Path) -> list[int]:
    return [int(name.split('_')[1]) for name in names(path, '.jpg')]


def fill(folder: KeptFolder, count: int, limit_bytes: int = PLENTY) -> None:
    for index in range(count):
        folder.write(PHOTO, {'index': index}, limit_bytes)


def test_photo_and_record_stand_side_by_side_for_their_owner_only(tmp_path):
    folder = KeptFolder(tmp_path / 'kept')
    folder.write(PHOTO, {'stamp_ns': 12, 'model': 'Übung'}, PLENTY)
    record, photo = sorted(folder.path.iterdir(), key=lambda path: path.suffix, reverse=True)
    assert photo.read_bytes() == PHOTO
    (line,) = record.read_text().splitlines()
    assert json.loads(line) == {'image': photo.name, 'stamp_ns': 12, 'model': 'Übung'}
    assert record.stem == photo.stem
    assert {path.stat().st_mode & 0o777 for path in (photo, record)} == {0o600}
    assert folder.path.stat().st_mode & 0o777 == 0o700
    assert folder.bytes == photo.stat().st_size + record.stat().st_size


def test_the_oldest_go_first_and_the_bound_holds(tmp_path):
    folder = KeptFolder(tmp_path)
    for index in range(10):
        folder.write(PHOTO, {'index': index}, 3500)
        sizes = [path.stat().st_size for path in tmp_path.iterdir()]
        assert sum(sizes) == folder.bytes <= 3500
    assert numbers(tmp_path) == [8, 9, 10]
    assert names(tmp_path, '.json') == [f'{name[:-4]}.json' for name in names(tmp_path, '.jpg')]
    assert folder.evicted == 7


def test_photos_of_earlier_runs_count_and_numbers_go_on(tmp_path):
    fill(KeptFolder(tmp_path), 3)
    folder = KeptFolder(tmp_path)
    folder.write(PHOTO, {}, 3500)
    assert numbers(tmp_path) == [2, 3, 4]
    assert folder.bytes == sum(path.stat().st_size for path in tmp_path.iterdir())


def test_names_sort_by_time_when_the_clock_goes_back(tmp_path, monkeypatch):
    fill(KeptFolder(tmp_path), 1)
    now = kept_folder.datetime(1970, 1, 1, tzinfo=kept_folder.timezone.utc)

    class Clock:
        now = staticmethod(lambda _: now)

    monkeypatch.setattr(kept_folder, 'datetime', Clock)
    fill(KeptFolder(tmp_path), 1)
    assert names(tmp_path, '.jpg')[1] == 'kept_00000002_19700101T000000000.jpg'


def test_what_others_put_there_stays_and_does_not_count(tmp_path):
    (tmp_path / 'cat.jpg').write_bytes(bytes(5000))
    (tmp_path / 'kept_1_mine.jpg').write_bytes(bytes(5000))
    (tmp_path / 'kept_00000001_20260101T000000000.jpg').mkdir()
    (tmp_path / 'kept_00000002_20260101T000000000.jpg').symlink_to(tmp_path / 'cat.jpg')
    (tmp_path / 'notes.part').write_text('mine')
    before = set(names(tmp_path))
    folder = KeptFolder(tmp_path)
    fill(folder, 3, 2500)
    assert before < set(names(tmp_path))
    assert folder.bytes < 2500


def test_what_was_half_written_is_removed_at_the_next_start(tmp_path):
    fill(KeptFolder(tmp_path), 1)
    whole = set(names(tmp_path))
    for name in ('kept_00000002_20260101T000000000.jpg.part',
                 'kept_00000002_20260101T000000000.json.part',
                 'kept_00000003_20260101T000000000.json'):  # fmt: skip
        (tmp_path / name).write_bytes(b'half')
    folder = KeptFolder(tmp_path)
    fill(folder, 1)
    assert len(names(tmp_path)) == 4
    assert whole < set(names(tmp_path))
    assert not names(tmp_path, '.part')


def test_a_photo_that_was_taken_away_is_no_error(tmp_path):
    folder = KeptFolder(tmp_path)
    fill(folder, 3)
    for path in tmp_path.iterdir():
        path.unlink()
    fill(folder, 4, 3500)
    assert len(numbers(tmp_path)) == 3


def test_another_folder_in_its_place_is_read(tmp_path):
    folder = KeptFolder(tmp_path / 'kept')
    fill(folder, 3)
    folder.path.rename(tmp_path / 'away')
    fill(folder, 1)
    assert len(names(folder.path)) == 2
    assert folder.bytes == sum(path.stat().st_size for path in folder.path.iterdir())


def test_a_folder_is_read_once(tmp_path, monkeypatch):
    reads = []
    scan = os.scandir
    monkeypatch.setattr(kept_folder.os, 'scandir', lambda path: reads.append(path) or scan(path))
    fill(KeptFolder(tmp_path), 5)
    assert len(reads) == 1


def test_a_photo_larger_than_all_may_be_is_one_sentence_and_deletes_nothing(tmp_path):
    folder = KeptFolder(tmp_path)
    fill(folder, 2)
    with pytest.raises(ImageError, match='raise keep_megabytes'):
        folder.write(PHOTO, {}, 999)
    assert numbers(tmp_path) == [1, 2]


@pytest.mark.parametrize(
    ('path', 'error'),
    [
        ('missing/kept', FileNotFoundError),
        ('file', NotADirectoryError),
        ('file/kept', NotADirectoryError),
        ('pipe', NotADirectoryError),
    ],
)
def test_what_cannot_be_a_folder_is_an_error(tmp_path, path, error):
    (tmp_path / 'file').write_text('')
    os.mkfifo(tmp_path / 'pipe')
    with pytest.raises(error):
        KeptFolder(tmp_path / path).write(PHOTO, {}, PLENTY)
    assert names(tmp_path) == ['file', 'pipe']


def test_a_full_disk_has_no_half_photo_and_takes_the_next_one_that_fits(tmpfs):
    path = tmpfs('size=64k')
    folder = KeptFolder(path)
    with pytest.raises(OSError, match='No space left'):
        fill(folder, 100)
    assert not names(path, '.part')
    assert len(names(path, '.json')) == len(names(path, '.jpg')) > 2
    assert folder.bytes == sum(file.stat().st_size for file in path.iterdir())
    with pytest.raises(OSError, match='No space left'):
        folder.write(memoryview(bytes(50_000)), {}, PLENTY)
    assert not names(path, '.part')
    for name in names(path)[:4]:
        (path / name).unlink()
    fill(folder, 1)


def test_a_read_only_disk_is_an_error_and_photos_come_again_when_it_is_writable(tmpfs):
    path = tmpfs('size=1m')
    folder = KeptFolder(path)
    fill(folder, 1)
    subprocess.run(['mount', '-o', 'remount,ro', str(path)], check=True)
    with pytest.raises(OSError, match='Read-only'):
        fill(folder, 1)
    subprocess.run(['mount', '-o', 'remount,rw', str(path)], check=True)
    fill(folder, 1)
    assert len(numbers(path)) == 2


def test_a_rename_that_fails_leaves_neither_photo_nor_record(tmp_path, monkeypatch):
    rename = os.rename

    def fail(source, target):
        if target.suffix == '.jpg':
            raise OSError(5, 'Input/output error')
        rename(source, target)

    monkeypatch.setattr(kept_folder.os, 'rename', fail)
    with pytest.raises(OSError, match='Input/output'):
        fill(KeptFolder(tmp_path), 1)
    assert names(tmp_path) == []


def test_photos_are_listed_newest_first_and_nothing_else_is(tmp_path):
    folder = KeptFolder(tmp_path / 'kept')
    fill(folder, 3)
    (folder.path / 'mine.jpg').write_bytes(PHOTO)
    (folder.path / 'kept_00000009_20260101T000000000.jpg.part').write_bytes(PHOTO)
    (folder.path / 'kept_00000008_20260101T000000000.jpg').symlink_to(folder.path / 'mine.jpg')
    (folder.path / 'kept_00000007_20260101T000000000.jpg').mkdir()
    found = list_photos(folder.path)
    assert [int(path.name.split('_')[1]) for path in found] == [3, 2, 1]
    assert list_photos(tmp_path / 'missing') == []
