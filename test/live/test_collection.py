# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Pictures for own classes, asked for over HTTP; the files are real."""

from __future__ import annotations

import json
from pathlib import Path
import stat

import pytest

pytest.importorskip('aiohttp', reason='aiohttp is not installed')

from support.disks import full_after
from support.live import jpeg, serving

from rpi_classifier.config import LiveViewConfig
from rpi_classifier.errors import ConfigError
from rpi_classifier.files.kept_folder import KeptFolder
from rpi_classifier.live import collection

TOKEN = 'f3a1c0ffee5b7d92'


@pytest.fixture(autouse=True)
def without_pauses(monkeypatch):
    monkeypatch.setattr(collection, '_SHORTEST_S', 1e-9)


def collecting(folder, **values):
    """Serve a page that collects pictures."""
    return serving(object(), controls=True, collect_folder=str(folder), **values)


@pytest.fixture
def server(tmp_path):
    """Return a page that collects pictures, and shows one."""
    with collecting(tmp_path / 'own') as server:
        server.page.pictures.put(jpeg())
        yield server


@pytest.fixture
def kept(tmp_path):
    """Return a folder with three pictures that the classifier kept, of rising brightness."""
    folder = KeptFolder(tmp_path / 'kept')
    for number in range(3):
        results = [{'index': 0, 'label': f'cup {number}', 'score': 0.4}]
        record = {'reason': 'unsure', 'results': results}
        folder.write(memoryview(jpeg(40 * number)), record, 10**9)
    return folder.path


def section(server, name='collection'):
    """Return a section of the page."""
    event = server.page.bulletin.news._newest[1][name].decode()
    return json.loads(event.splitlines()[1].removeprefix('data: '))


def refresh(server, wait_until):
    """Let the server look at the folders, and return what the page shows."""
    server.page.bulletin.post('collection', 'old')
    server.thread.submit(server.page.collection.refresh())
    wait_until(lambda: section(server) != 'old')
    return section(server)


def files(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob('*') if path.is_file())


def test_the_picture_that_is_shown_becomes_one_of_a_class_and_nothing_is_overwritten(
    server, tmp_path
):
    (tmp_path / 'own' / 'cup').mkdir(parents=True)
    (tmp_path / 'own' / 'cup' / 'photo_00007.jpg').write_bytes(b'mine')
    status, text = server.control(**{'do': 'collect', 'class': ' cup '})
    assert (status, json.loads(text)) == (200, {'done': 'kept as cup/photo_00008.jpg'})
    assert server.control(**{'do': 'collect', 'class': 'Tasse, groß'})[0] == 200
    assert files(tmp_path / 'own') == [
        'Tasse, groß/photo_00001.jpg', 'cup/photo_00007.jpg', 'cup/photo_00008.jpg',
    ]  # fmt: skip
    assert (tmp_path / 'own/cup/photo_00007.jpg').read_bytes() == b'mine'
    assert (tmp_path / 'own/cup/photo_00008.jpg').read_bytes() == jpeg()
    assert section(server)['counts'] == [['Tasse, groß', 1], ['cup', 2]]


@pytest.mark.parametrize(
    'name', ['..', '.', 'a/b', '../../x', '.hidden', 'a\\b', 'x\ny', '\0', ' ']
)
def test_a_name_that_is_no_folder_is_refused_in_one_sentence(server, tmp_path, name):
    status, text = server.control(**{'do': 'collect', 'class': name})
    assert status == 409
    assert json.loads(text)['refused'].startswith('class: ')
    assert not (tmp_path / 'own').exists()
    assert files(tmp_path) == []


@pytest.mark.parametrize('deed', [{}, {'class': ''}, {'class': 5}, {'class': ['cup']}])
def test_a_class_that_is_no_text_is_refused(server, deed):
    assert server.control(do='collect', **deed)[0] == 400


def test_a_full_disk_is_said_and_leaves_nothing_half_written(server, tmp_path):
    with full_after(100):
        status, text = server.control(**{'do': 'collect', 'class': 'cup'})
    assert status == 409
    assert 'own cannot be written: File too large; free some room, or set another' in text
    assert files(tmp_path) == []


def test_a_file_in_place_of_the_folder_is_said(server, tmp_path):
    (tmp_path / 'own').write_text('')
    status, text = server.control(**{'do': 'collect', 'class': 'cup'})
    assert status == 409
    assert f'collect_folder: {tmp_path / "own"} is not a folder; set another one' in text


def test_a_folder_that_is_divided_takes_no_classes(server, tmp_path):
    (tmp_path / 'own' / 'train' / 'cup').mkdir(parents=True)
    status, text = server.control(**{'do': 'collect', 'class': 'cup'})
    assert status == 409
    assert f'own has its classes in train/; give {tmp_path / "own" / "train"}' in text
    assert files(tmp_path) == []


@pytest.mark.parametrize('place', ['own', 'own/kept', 'link'])
def test_a_folder_that_has_kept_images_in_it_takes_no_classes(server, tmp_path, place):
    (tmp_path / 'own').mkdir()
    (tmp_path / 'link').symlink_to(tmp_path / 'own')
    server.page.collection.kept_folder = tmp_path / place
    status, text = server.control(**{'do': 'collect', 'class': 'cup'})
    assert status == 409
    assert f'{place}, which is keep_folder of the classifier, is in ' in text
    assert files(tmp_path) == []
    server.page.collection.kept_folder = tmp_path / 'owner'
    assert server.control(**{'do': 'collect', 'class': 'cup'})[0] == 200


def test_without_a_picture_nothing_is_kept(server, tmp_path, monkeypatch):
    monkeypatch.setattr('rpi_classifier.live.app._SNAPSHOT_S', 0.05)
    server.page.pictures.put(None)
    status, text = server.control(**{'do': 'collect', 'class': 'cup'})
    assert status == 409
    assert 'no picture came' in text
    assert files(tmp_path) == []


def test_only_a_few_pictures_a_second_are_kept(server, monkeypatch):
    monkeypatch.setattr(collection, '_SHORTEST_S', 1000.0)
    server.page.collection._newest_s = -1e9
    assert server.control(**{'do': 'collect', 'class': 'cup'})[0] == 200
    status, text = server.control(**{'do': 'collect', 'class': 'cup'})
    assert status == 409
    assert 'pictures a second are kept' in text


def test_pictures_of_all_classes_stay_within_their_limit(tmp_path):
    with collecting(tmp_path, collect_megabytes=1) as server:
        server.page.pictures.put(jpeg() + bytes(600_000))
        assert server.control(**{'do': 'collect', 'class': 'cup'})[0] == 200
        status, text = server.control(**{'do': 'collect', 'class': 'mug'})
        assert status == 409
        assert 'take 1 MB, and collect_megabytes is 1; raise it, or delete some' in text
        (tmp_path / 'cup' / 'photo_00001.jpg').unlink()
        assert server.control(**{'do': 'collect', 'class': 'mug'})[0] == 200


def test_kept_pictures_are_shown_newest_first_by_ids_that_are_no_paths(server, kept, wait_until):
    server.page.collection.kept_folder = kept
    server.page.collection.labels = {'cat', 'ant'}
    shown = refresh(server, wait_until)['kept']
    assert [one['guesses'] for one in shown] == [[[f'cup {n}', 0.4]] for n in (2, 1, 0)]
    assert {one['reason'] for one in shown} == {'unsure'}
    assert section(server, 'labels') == ['ant', 'cat']
    for one, path in zip(shown, sorted(kept.glob('*.jpg'), reverse=True)):
        assert one['id'].isdigit()
        assert one['id'] != path.stem
        status, headers, _ = server.ask(f'/kept/{one["id"]}.jpg')
        assert (status, headers['Content-Type']) == (200, 'image/jpeg')
        assert int(headers['Content-Length']) == path.stat().st_size


def test_a_confirmed_picture_is_copied_and_a_dismissed_one_stays_where_it_is(
    server, kept, tmp_path, wait_until
):
    server.page.collection.kept_folder = kept
    shown = refresh(server, wait_until)['kept']
    before = files(kept)
    status, text = server.control(**{'do': 'confirm', 'id': shown[0]['id'], 'class': 'cup'})
    newest = max(kept.glob('*.jpg'))
    assert (status, json.loads(text)['done']) == (200, f'copied to cup/{newest.name}')
    copy = tmp_path / 'own' / 'cup' / newest.name
    assert copy.read_bytes() == newest.read_bytes()
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert server.control(do='dismiss', id=shown[1]['id']) == (200, '{"done": "dismissed"}')
    assert files(kept) == before
    assert [one['id'] for one in section(server)['kept']] == [shown[2]['id']]
    for key in (shown[0]['id'], shown[1]['id']):
        assert server.control(do='dismiss', id=key)[0] == 409
        assert server.ask(f'/kept/{key}.jpg')[0] == 404


def test_what_was_sorted_or_dismissed_before_is_not_shown_after_a_restart(
    kept, tmp_path, wait_until
):
    for expected in (3, 1, 1):
        with collecting(tmp_path / 'own') as server:
            server.page.collection.kept_folder = kept
            shown = refresh(server, wait_until)['kept']
            assert len(shown) == expected
            if expected == 3:
                server.control(do='dismiss', id=shown[0]['id'])
                server.control(**{'do': 'confirm', 'id': shown[1]['id'], 'class': 'cup'})


def test_of_many_kept_pictures_the_newest_are_shown_and_those_that_vanish_are_not(
    server, kept, wait_until
):
    folder = KeptFolder(kept)
    for number in range(10):
        folder.write(memoryview(jpeg(100 + number)), {'results': []}, 10**9)
    server.page.collection.kept_folder = kept
    first = refresh(server, wait_until)
    assert (len(first['kept']), first['more']) == (8, 5)
    newest = max(kept.glob('*.jpg'))
    newest.unlink()
    key = first['kept'][0]['id']
    status, text = server.control(**{'do': 'confirm', 'id': key, 'class': 'cup'})
    assert status == 409
    assert 'is not here any more' in text
    second = refresh(server, wait_until)
    assert [one['id'] for one in second['kept'][:7]] == [one['id'] for one in first['kept'][1:]]
    assert second['more'] == 4


def test_other_files_and_links_of_the_folder_are_neither_shown_nor_read(
    server, tmp_path, wait_until
):
    folder = tmp_path / 'kept'
    folder.mkdir()
    (folder / 'secret.jpg').write_bytes(jpeg())
    (tmp_path / 'elsewhere.jpg').write_bytes(jpeg())
    (folder / 'kept_00000001_20260101T000000000.jpg').symlink_to(tmp_path / 'elsewhere.jpg')
    (folder / 'kept_00000002_20260101T000000000.jpg').write_bytes(jpeg(3))
    (folder / 'kept_00000002_20260101T000000000.json').write_text('{"image": "../elsewhere.jpg"')
    server.page.collection.kept_folder = folder
    (shown,) = refresh(server, wait_until)['kept']
    assert shown['guesses'] == []
    for path in ('/kept/0.jpg', '/kept/secret.jpg', '/kept/..%2fsecret.jpg', '/kept/-1.jpg'):
        assert server.ask(path)[0] == 404


@pytest.mark.parametrize('folder', [None, Path('/nowhere'), Path('/dev/null'), Path('')])
def test_without_kept_pictures_there_are_none(server, wait_until, folder):
    server.page.collection.kept_folder = folder
    assert refresh(server, wait_until)['kept'] == []


def test_a_damaged_picture_is_not_copied(server, tmp_path, wait_until):
    folder = tmp_path / 'kept'
    folder.mkdir()
    (folder / 'kept_00000001_20260101T000000000.jpg').write_bytes(jpeg()[:200])
    server.page.collection.kept_folder = folder
    (shown,) = refresh(server, wait_until)['kept']
    status, text = server.control(**{'do': 'confirm', 'id': shown['id'], 'class': 'cup'})
    assert status == 409
    assert 'kept_00000001' in text
    assert not (tmp_path / 'own').exists()


def test_without_the_parameter_nothing_is_collected():
    with serving(object(), controls=True) as server:
        for deed in (
            {'do': 'collect', 'class': 'cup'},
            {'do': 'confirm', 'id': '1', 'class': 'cup'},
            {'do': 'dismiss', 'id': '1'},
        ):
            status, text = server.control(**deed)
            assert status in (400, 409)
            assert 'set collect_folder of the live page' in text
        assert server.ask('/kept/1.jpg')[0] == 404


def test_viewers_who_change_nothing_collect_nothing():
    with pytest.raises(ConfigError) as caught:
        LiveViewConfig(collect_folder='/photos')
    assert str(caught.value) == (
        "collect_folder: '/photos' needs controls: true, because viewers write into it; set that "
        'too'
    )


@pytest.mark.parametrize(
    'deed', [{'do': 'collect', 'class': 'x'}, {'do': 'confirm', 'id': '1', 'class': 'x'}]
)
def test_neither_another_site_nor_a_stranger_puts_a_picture_anywhere(kept, tmp_path, deed):
    with collecting(tmp_path / 'own', token=TOKEN) as server:
        server.page.pictures.put(jpeg())
        server.page.collection.kept_folder = kept
        assert server.control(**deed)[0] == 401
        assert server.ask('/kept/1.jpg')[0] == 401
    with collecting(tmp_path / 'own') as server:
        server.page.pictures.put(jpeg())
        headers = {'X-Live-View': '1', 'Origin': 'http://evil.example'}
        assert server.ask('/control', 'POST', json=deed, headers=headers)[0] == 403
        headers = {'Content-Type': 'text/plain', 'Origin': server.url}
        answer = server.ask('/control', 'POST', data=json.dumps(deed), headers=headers)
        assert answer[0] == 415
        assert server.ask('/kept/1.jpg', headers={'Sec-Fetch-Site': 'cross-site'})[0] == 403
        assert server.ask('/kept/1.jpg', headers={'Host': 'evil.example'})[0] == 403
    assert not (tmp_path / 'own').exists()
