# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What the classifier kept is read, and what is damaged or missing is told."""

import json

import pytest
from support.kept import keep

from rpi_classifier.collect.kept import Guess, KeptPhoto, read_kept_photos
from rpi_classifier.errors import DataSetError


def test_photos_have_the_three_best_guesses_of_their_records(tmp_path):
    classes = [('cup', 0.5), ('mug', 0.25), ('bowl', 0.125), ('hat', 0.1)]
    paths = keep(tmp_path, classes, [('dog', 1.0)])
    photos, notes = read_kept_photos(tmp_path)
    guesses = (Guess('cup', 0.5), Guess('mug', 0.25), Guess('bowl', 0.125))
    assert photos == [
        KeptPhoto(paths[0], guesses, 'unsure'),
        KeptPhoto(paths[1], (Guess('dog', 1.0),), 'unsure'),
    ]
    assert notes == []


def test_records_may_stand_together_in_one_file(tmp_path):
    keep(tmp_path, [('cup', 0.5)], [('dog', 0.75)])
    lines = [path.read_text() for path in sorted(tmp_path.glob('*.json'))]
    for path in tmp_path.glob('*.json'):
        path.unlink()
    (tmp_path / 'index.jsonl').write_text('\n'.join(lines))
    photos, notes = read_kept_photos(tmp_path)
    assert [photo.guesses[0].label for photo in photos] == ['cup', 'dog']
    assert notes == []


def test_photos_without_records_are_told_and_have_no_guess(tmp_path):
    keep(tmp_path, [('cup', 0.5)], [('dog', 0.75)])[0].with_suffix('.json').unlink()
    photos, notes = read_kept_photos(tmp_path)
    assert [len(photo.guesses) for photo in photos] == [0, 1]
    assert notes == [f'{tmp_path}: 1 of 2 photos have no record of a guess']


@pytest.mark.parametrize(
    ('line', 'said'),
    [
        ('{"image": "kept', 'Unterminated string'),
        ('[]', 'it is not a record with image and results'),
        ('7', 'it is not a record with image and results'),
        ('{"image": "x.jpg"}', 'it is not a record with image and results'),
        ('{"image": 7, "results": []}', 'it is not a record with image and results'),
        ('{"image": "x.jpg", "results": 7}', 'it is not a record with image and results'),
        ('{"image": "x.jpg", "results": [7]}', 'it is not a record with image and results'),
        ('{"image": "x.jpg", "results": [{"label": 1, "score": 1}]}', 'a result is not a label'),
        ('{"image": "x.jpg", "results": [{"label": "a", "score": 9}]}', 'a result is not'),
        ('{"image": "x.jpg", "results": [{"label": "a", "score": NaN}]}', 'NaN is not a number'),
        ('[' * 100_000, 'nested too deeply'),
        ('\udcff', 'it is not UTF-8'),
    ],
)
def test_damaged_lines_are_counted_and_the_first_one_is_told(tmp_path, line, said):
    path = keep(tmp_path, [('cup', 0.5)])[0].with_suffix('.json')
    path.write_bytes(f'{line}\n'.encode(errors='surrogateescape') + path.read_bytes())
    photos, notes = read_kept_photos(tmp_path)
    assert [photo.guesses for photo in photos] == [(Guess('cup', 0.5),)]
    (note,) = notes
    assert note.startswith('1 damaged lines of records, the first: ')
    assert f'{path}, line 1: ' in note
    assert said in note


def test_unknown_is_no_guess_and_a_record_names_photos_of_its_folder_only(tmp_path):
    (path,) = keep(tmp_path, [('cup', 0.5)])
    results = [{'index': -1, 'label': 'unknown', 'score': 0.9},
               {'index': 4, 'label': 'cup', 'score': 0.1}]  # fmt: skip
    record = {'image': f'/etc/{path.name}', 'results': results}
    path.with_suffix('.json').write_text(json.dumps(record))
    photos, _ = read_kept_photos(tmp_path)
    assert photos == [KeptPhoto(path, (Guess('cup', 0.1),), '')]


def test_a_folder_that_is_missing_or_without_photos_is_one_sentence(tmp_path):
    for folder, said in [(tmp_path, 'has no photo'), (tmp_path / 'no', 'cannot be read')]:
        with pytest.raises(DataSetError, match=f'--from: .*{said}'):
            read_kept_photos(folder)
