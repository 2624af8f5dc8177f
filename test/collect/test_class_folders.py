# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The folders of classes, read as they are."""

from rpi_classifier.collect.class_folders import count_photos, find_classes, thin_classes


def test_photos_of_each_class_are_counted_and_thin_classes_found(tmp_path):
    for name, count in {'dog': 100, 'cat': 24, 'bird': 25, 'cup': 19, 'empty': 0}.items():
        (tmp_path / name).mkdir()
        for number in range(count):
            (tmp_path / name / f'{number}.jpg').write_bytes(b'')
    (tmp_path / '.hidden').mkdir()
    counts = count_photos(tmp_path)
    assert counts == {'bird': 25, 'cat': 24, 'cup': 19, 'dog': 100, 'empty': 0}
    assert thin_classes(counts) == ['cat', 'cup', 'empty']
    assert thin_classes({}) == []
    assert count_photos(tmp_path / 'missing') == find_classes(tmp_path / 'missing') == {}
