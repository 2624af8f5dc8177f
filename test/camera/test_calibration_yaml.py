# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Calibrations: which texts are read, and what is said of the others."""

import cv2
import numpy as np
import pytest
from support.calibrations import TEXT
import yaml

from rpi_classifier.camera.calibration_yaml import Calibration, parse_calibration
from rpi_classifier.errors import CalibrationError

# As convert of ROS's camera_calibration_parsers writes it, shortened.
INI = """# oST version 5.0 parameters

[image]

width
640

[narrow_stereo]

camera matrix
500 0 320.5
"""


@pytest.fixture
def storage(tmp_path):
    """Return a writer of a calibration by OpenCV itself, as text."""

    def write(suffix='.yml', **more):
        path = tmp_path / f'opencv{suffix}'
        file = cv2.FileStorage(str(path), cv2.FILE_STORAGE_WRITE)
        content = yaml.safe_load(TEXT)
        for key in ('image_width', 'image_height'):
            file.write(key, content[key])
        for key, rows in (('camera_matrix', 3), ('distortion_coefficients', 1)):
            file.write(key, np.array(content[key]['data'], float).reshape(rows, -1))
        for key, value in more.items():
            file.write(key, value)
        file.release()
        return path.read_text()

    return write


def test_a_file_of_cameracalibrator_is_read():
    found = parse_calibration(TEXT, 'x.yaml')
    assert found == Calibration(
        name='narrow_stereo',
        width=640,
        height=480,
        distortion_model='plumb_bob',
        d=(0.1, -0.2, 0.001, 0.002, 0.0),
        k=(500.0, 0.0, 320.5, 0.0, 501.0, 240.5, 0.0, 0.0, 1.0),
        r=(1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0),
        p=(500.0, 0.0, 320.5, 0.0, 0.0, 501.0, 240.5, 0.0, 0.0, 0.0, 1.0, 0.0),
    )


@pytest.mark.parametrize(
    ('written', 'means'),
    [('1e-05', 1e-5), ('1.5e3', 1500), ('-.5', -0.5), ('+7', 7), ('010', 10), ('1E2', 100)],
)
def test_numbers_are_read_as_every_reader_of_yaml_1_2_does(written, means):
    assert parse_calibration(TEXT.replace('-0.2', written), 'x.yaml').d[1] == means


def test_a_calibration_without_distortion_needs_no_model():
    text = TEXT.replace('plumb_bob', "''").replace('[0.1, -0.2, 0.001, 0.002, 0]', '[]')
    found = parse_calibration(text, 'x.yaml')
    assert (found.distortion_model, found.d) == ('', ())


def test_a_file_without_a_model_is_older_than_the_entry():
    text = TEXT.replace('distortion_model: plumb_bob', '')
    assert parse_calibration(text, 'x.yaml').distortion_model == 'plumb_bob'


def test_an_empty_name_is_no_word():
    assert parse_calibration(TEXT.replace('narrow_stereo', ''), 'x.yaml').name == ''


@pytest.mark.parametrize(('fisheye', 'model'), [(0, 'plumb_bob'), (1, 'equidistant')])
def test_what_opencv_wrote_is_read_where_it_is_complete(storage, fisheye, model):
    text = storage(
        fisheye_model=fisheye, rectification_matrix=np.eye(3), projection_matrix=np.eye(3, 4)
    )
    found = parse_calibration(text, 'x.yml')
    assert (found.width, found.height, found.distortion_model) == (640, 480, model)
    assert found.k == (500.0, 0.0, 320.5, 0.0, 501.0, 240.5, 0.0, 0.0, 1.0)
    assert found.d == (0.1, -0.2, 0.001, 0.002, 0.0)
    assert found.p == (1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0)


def test_what_opencv_does_not_write_is_named_with_what_to_write(storage):
    with pytest.raises(CalibrationError, match='rectification_matrix: .*; for one camera, write'):
        parse_calibration(storage(), 'x.yml')


def test_other_formats_are_named_with_what_to_do(storage):
    with pytest.raises(CalibrationError, match='x.ini is an .ini file .* run: ros2 run camera_c'):
        parse_calibration(INI, 'x.ini')
    with pytest.raises(CalibrationError, match='x.xml is XML, .* let it write FILE.yaml'):
        parse_calibration(storage('.xml'), 'x.xml')


@pytest.mark.parametrize(
    ('old', 'new', 'words'),
    [
        ('image_width: 640', 'image_width: wide', "x.yaml: image_width is 'wide'"),
        ('image_height: 480', '', 'x.yaml: image_height is None'),
        ('501.,', '501., 7,', 'x.yaml: camera_matrix.*expected 9 numbers'),
        ('-0.2', '.nan', "x.yaml: distortion_coefficients: data: has '.nan'"),
        ('-0.2', 'true', 'x.yaml: distortion_coefficients: data: has True'),
        ('-0.2', '1e999', 'x.yaml: distortion_coefficients: data: has inf'),
        ('-0.2', '[[[1]]]', 'x.yaml: distortion_coefficients: data: has ...1'),
        ('model: plumb_bob', 'model:', 'x.yaml: distortion_model is empty; write plumb_bob'),
        ('plumb_bob', "''", 'x.yaml: distortion_model is empty; write plumb_bob'),
        ('plumb_bob', '[a]', r"x.yaml: distortion_model is \['a'\]; write plumb_bob"),
        ('640', '640.5', 'x.yaml: image_width is 640.5'),
        ('rectification_matrix', 'other', 'data: is None.*for one camera, write data: .1, 0, 0'),
        ('projection_matrix', 'other', 'data: is None.*a fourth column of zeros'),
        ('{rows', '[rows', 'x.yaml is not YAML: line 14: '),
        (TEXT, 'just words', 'x.yaml is not a camera calibration'),
    ],
)
def test_a_broken_file_is_refused_by_the_entry(old, new, words):
    with pytest.raises(CalibrationError, match=words):
        parse_calibration(TEXT.replace(old, new), 'x.yaml')
