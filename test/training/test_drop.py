# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Files that lose too much against their float or reference network are not written."""

from pathlib import Path
import shutil

import cv2
import numpy as np
import pytest
from support.colours import colour_image

from rpi_classifier.cli import export_model
from rpi_classifier.config import ClassifierConfig
from rpi_classifier.errors import ConfigError, DataSetError, ModelError
from rpi_classifier.inference.classifier import Classifier
from rpi_classifier.models.load import read_metadata
from rpi_classifier.training.drop import check_drop_options, measure_drop, write_checked

COLOURS = Path(__file__).resolve().parents[1] / 'fixtures' / 'v0.1' / 'colours.pt'
LABELS = ('red', 'green', 'blue')


def colours():
    return Classifier.load(ClassifierConfig(model=str(COLOURS)))


class Stubborn:
    """A classifier that takes everything for blue: what a bad quantization comes to."""

    labels = LABELS

    def classify(self, image):
        class Result:
            probabilities = np.array([0.1, 0.2, 0.7], np.float32)

        return Result


@pytest.fixture
def folder(tmp_path):
    """Return a folder with two photos of each colour, by class."""
    for index, name in enumerate(LABELS):
        (tmp_path / 'photos' / name).mkdir(parents=True)
        for number in range(2):
            path = tmp_path / 'photos' / name / f'{name}{number}.png'
            cv2.imwrite(str(path), colour_image(index))
    return tmp_path / 'photos'


@pytest.fixture
def flat(folder, tmp_path):
    """Return the same photos without classes."""
    (tmp_path / 'flat').mkdir()
    for photo in folder.rglob('*.png'):
        shutil.copy(photo, tmp_path / 'flat')
    return tmp_path / 'flat'


def test_accuracies_are_compared_where_classes_are_known(folder):
    drop = measure_drop(Stubborn, colours, folder)
    assert (drop.ours.right, drop.reference.right, drop.ours.photos) == (2, 6, 6)
    assert drop.points == pytest.approx(100 * 4 / 6)
    assert str(drop) == '2 of 6 photos are right, 6 by the float network'
    assert measure_drop(colours, Stubborn, folder).points < 0


def test_classes_are_compared_where_none_are_known(flat):
    drop = measure_drop(Stubborn, colours, flat)
    assert drop.points == pytest.approx(100 * 4 / 6)
    assert str(drop) == '2 of 6 photos have the class of the float network'
    assert measure_drop(colours, colours, flat).points == 0


def test_photos_that_cannot_be_read_count_for_neither(folder):
    (folder / 'red' / 'broken.png').write_bytes(b'no photo')
    assert measure_drop(Stubborn, colours, folder).ours.photos == 6


def test_folder_of_another_class_is_refused(folder):
    (folder / 'red').rename(folder / 'rot')
    with pytest.raises(DataSetError, match='rot is none of the 3 labels'):
        measure_drop(colours, colours, folder)


def write(path: Path):
    shutil.copy(COLOURS, path)
    return read_metadata(str(path))


def test_file_that_loses_too_much_does_not_appear(folder, tmp_path):
    output = tmp_path / 'out' / 'mine.pt'
    output.parent.mkdir()
    with pytest.raises(ModelError, match=r'mine\.pt was not written: it would lose 66\.7 percent'):
        write_checked(output, write, lambda path: measure_drop(Stubborn, colours, folder), 60)
    assert list(output.parent.iterdir()) == []


def test_older_file_stays_where_the_new_one_loses_too_much(folder, tmp_path):
    output = tmp_path / 'mine.pt'
    output.write_bytes(b'older')
    with pytest.raises(ModelError):
        write_checked(output, write, lambda path: measure_drop(Stubborn, colours, folder), 60)
    assert output.read_bytes() == b'older'


def test_file_that_loses_little_is_written_where_a_link_leads(folder, tmp_path):
    (tmp_path / 'real').mkdir()
    link = tmp_path / 'mine.pt'
    link.symlink_to(tmp_path / 'real' / 'there.pt')
    written, drop = write_checked(
        link, write, lambda path: measure_drop(Stubborn, colours, folder), 67
    )
    assert written.name == 'colours'
    assert drop.points == pytest.approx(66.67, abs=0.01)
    assert link.is_symlink()
    assert [one.name for one in (tmp_path / 'real').iterdir()] == ['there.pt']
    assert (tmp_path / 'real' / 'there.pt').read_bytes() == COLOURS.read_bytes()


@pytest.mark.parametrize('points', [-1.0, 101.0, float('nan')])
def test_points_out_of_range_are_refused(points, tmp_path):
    with pytest.raises(ConfigError, match=r'^max-drop: \S+ is not a number of percent points'):
        check_drop_options(points, [tmp_path])


def test_one_folder_is_needed(tmp_path):
    check_drop_options(None, [])
    check_drop_options(1.0, [tmp_path])
    for photos in ([], [tmp_path, tmp_path], [tmp_path / 'photo.jpg']):
        with pytest.raises(ConfigError, match='give one folder with photos'):
            check_drop_options(1.0, photos)


def exported(folder, output, *words):
    given = ['--model', 'shufflenet_v2_x0_5', '--weights', 'random', '--output', str(output)]
    return export_model.main([*given, '--photos', str(folder), *words])


def test_export_says_how_often_the_classes_agree(flat, tmp_path, capsys):
    assert exported(flat, tmp_path / 'm.pt', '--max-drop', '100') == 0
    assert 'of 6 photos have the class of the float network' in capsys.readouterr().out
    assert read_metadata(str(tmp_path / 'm.pt')).name == 'shufflenet_v2_x0_5'


def test_export_refuses_before_any_work(flat, tmp_path, capsys):
    assert exported(flat, tmp_path / 'm.pt', '--max-drop', '101') == 2
    assert exported(flat, tmp_path / 'm.pt') == 2  # photos are for max-drop here
    assert 'photos: ' in capsys.readouterr().err
    assert not (tmp_path / 'm.pt').exists()
