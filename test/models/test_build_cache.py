# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The cache of built models: bounded, private, and no harm where it cannot be."""

import os
from pathlib import Path
import subprocess
import sys

import pytest

from rpi_classifier.models import build_cache
from rpi_classifier.models.build_cache import build_cache_folder, CachedBuild, kept_builds


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Return the folder of an empty cache, which does not exist yet."""
    monkeypatch.setenv('XDG_CACHE_HOME', str(tmp_path / 'cache'))
    return build_cache_folder()


def names(folder):
    return {path.name for path, _ in kept_builds(folder)}


def age(path, seconds):
    """Let a file look as if it had not been used for some time."""
    info = path.stat()
    os.utime(path, (info.st_atime - seconds, info.st_mtime - seconds))


def test_what_is_kept_is_read_again(folder):
    entry = CachedBuild('a.pt')
    assert entry.read() is None
    assert entry.keep(b'network')
    assert CachedBuild('a.pt').read() == b'network'
    assert (entry.trouble, names(folder)) == ('', {'a.pt'})
    assert folder.stat().st_mode & 0o077 == 0


def test_files_that_were_not_used_for_longest_go_first(folder, monkeypatch):
    monkeypatch.setattr(build_cache, '_MOST_FILES', 2)
    for days, name in enumerate(('a.pt', 'b.pt')):
        CachedBuild(name).keep(b'network')
        age(folder / name, 1000 - days)
    CachedBuild('a.pt').read()
    CachedBuild('c.pt').keep(b'network')
    assert names(folder) == {'a.pt', 'c.pt'}


def test_bytes_are_bounded_but_the_newest_file_stays(folder, monkeypatch):
    monkeypatch.setattr(build_cache, '_MOST_BYTES', 100)
    CachedBuild('a.pt').keep(b'x' * 60)
    age(folder / 'a.pt', 10)
    CachedBuild('b.pt').keep(b'x' * 90)
    assert names(folder) == {'b.pt'}


def test_abandoned_files_are_deleted_but_not_those_being_written(folder):
    folder.mkdir(parents=True)
    for name, seconds in (('a.pt.1.part', 10000), ('b.pt.2.part', 1)):
        (folder / name).write_bytes(b'half')
        age(folder / name, seconds)
    CachedBuild('c.pt').keep(b'network')
    assert names(folder) == {'b.pt.2.part', 'c.pt'}


def test_folder_in_which_others_may_write_is_not_used(folder):
    entry = CachedBuild('a.pt')
    entry.keep(b'network')
    folder.chmod(0o777)
    again = CachedBuild('a.pt')
    assert again.read() is None
    assert not again.keep(b'other')
    assert again.trouble == f'{folder} can be written by other users'
    assert entry.path.read_bytes() == b'network'


def test_place_where_no_folder_can_be_made_is_told(tmp_path, monkeypatch):
    (tmp_path / 'file').write_text('')
    monkeypatch.setenv('XDG_CACHE_HOME', str(tmp_path / 'file'))
    entry = CachedBuild('a.pt')
    assert not entry.keep(b'network')
    assert entry.trouble.endswith('cannot be made: Not a directory')
    reading = CachedBuild('a.pt')
    assert reading.read() is None
    assert reading.trouble.endswith('cannot be read: Not a directory')


def test_full_disk_is_told_and_leaves_nothing_behind(folder, monkeypatch):
    def no_space(self, target):
        raise OSError(28, 'No space left on device')

    monkeypatch.setattr(Path, 'replace', no_space)
    entry = CachedBuild('a.pt')
    assert not entry.keep(b'network')
    assert 'No space left on device' in entry.trouble
    assert names(folder) == set()


def test_user_without_a_home_has_no_cache(monkeypatch):
    monkeypatch.delenv('XDG_CACHE_HOME')
    monkeypatch.setattr(os.path, 'expanduser', lambda path: path)
    entry = CachedBuild('a.pt')
    assert entry.read() is None
    assert entry.trouble == 'the user has no home; set HOME or XDG_CACHE_HOME'


def test_readers_never_see_a_half_written_file(folder):
    program = (
        'from rpi_classifier.models.build_cache import CachedBuild\n'
        'for _ in range(20): assert CachedBuild("a.pt").keep(b"x" * (1 << 22))\n'
    )
    writers = [subprocess.Popen([sys.executable, '-c', program]) for _ in range(2)]
    sizes = set()
    while any(writer.poll() is None for writer in writers):
        sizes.add(len(CachedBuild('a.pt').read() or b''))
    assert [writer.returncode for writer in writers] == [0, 0]
    assert sizes <= {0, 1 << 22}
    assert names(folder) == {'a.pt'}
