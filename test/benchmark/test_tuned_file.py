# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The parameter file that tune writes."""

from dataclasses import replace
from pathlib import Path

import pytest
from support.trials import chooser, made_up
import yaml

from rpi_classifier.benchmark.choose import Choice
from rpi_classifier.benchmark.tuned_file import refuse_overwriting, write_tuned
from rpi_classifier.config import ClassifierConfig
from rpi_classifier.errors import ConfigError
from rpi_classifier.models.files import file_sha256


def write(tmp_path, trial, **values):
    """Write a file, and return its text and its parameters."""
    request = replace(chooser().request, **values)
    output = tmp_path / 'tuned.yaml'
    write_tuned(output, request, Choice(trial, ('It is the fastest.',)), 'a board, 4 cores')
    text = output.read_text()
    return text, yaml.safe_load(text)['/**/classifier']['ros__parameters']


def test_model_is_copied_beside_the_file_that_names_it(tmp_path):
    (tmp_path / 'm.onnx').write_bytes(b'a model')
    text, parameters = write(tmp_path, made_up(model=str(tmp_path / 'm.onnx'), threads=2))
    assert parameters == {
        'model': str(tmp_path / 'tuned.onnx'),
        'model_sha256': file_sha256(b'a model'),
        'runtime': 'onnx',
        'engine': 'auto',
        'kernels': 'auto',
        'num_threads': 2,
    }
    assert ClassifierConfig(**parameters).is_file
    assert (tmp_path / 'tuned.onnx').read_bytes() == b'a model'
    assert not list(tmp_path.glob('*.part'))
    assert text.startswith('# Written by tune: a board, 4 cores\n# It is the fastest.\n')
    assert max(map(len, text.splitlines())) < 200


def test_file_says_how_to_use_it_and_keep_the_cameras_settings(tmp_path):
    (tmp_path / 'm.onnx').write_bytes(b'a model')
    text, _ = write(tmp_path, made_up(model=str(tmp_path / 'm.onnx')))
    path = tmp_path / 'tuned.yaml'
    assert f'#   ros2 launch rpi_classifier classifier.launch.py params_file:={path}\n' in text
    assert f'#   --ros-args --params-file YOURS --params-file {path}\n' in text
    words = ' '.join(text.replace('#', '').split())
    assert "with the camera's settings, copy the lines below ros__parameters" in words


def test_file_of_the_user_stays_where_it_is_with_what_describes_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path('names.txt').write_text('a\nb\n')
    model = str(tmp_path / 'own.onnx')
    Path(model).write_bytes(b'')
    given = {'labels': 'names.txt', 'input_size': 32, 'input_mean': ClassifierConfig.input_mean}
    _, parameters = write(tmp_path, made_up(model=model), model=model, model_options=given)
    assert (parameters['model'], parameters['model_sha256']) == (model, '')
    assert parameters['labels'] == str(tmp_path / 'names.txt')
    assert parameters['input_size'] == 32
    assert 'input_mean' not in parameters
    assert not Path('tuned.onnx').exists()


def test_earlier_results_are_not_overwritten(tmp_path):
    request = chooser().request
    refuse_overwriting(tmp_path / 'tuned.yaml', request)
    (tmp_path / 'tuned.pt').touch()
    with pytest.raises(ConfigError, match=r'tuned.pt exists; use another name, or --force'):
        refuse_overwriting(tmp_path / 'tuned.yaml', request)
    refuse_overwriting(tmp_path / 'tuned.yaml', replace(request, model='own.pt'))
