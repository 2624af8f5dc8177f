# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Both nodes, classify and doctor with FILE.onnx where torch is not installed at all."""

import json
import signal

import cv2
import numpy as np
import pytest
from support.onnx_models import colour_means, onnx
from support.torch_free import TorchFree

from rpi_classifier.cli import export_model

assert onnx  # it exports; the environment under test has none


@pytest.fixture(scope='module')
def without_torch(tmp_path_factory):
    """Return an environment that has onnxruntime and no torch."""
    environment = TorchFree(tmp_path_factory.mktemp('venv'))
    if not environment.has('cv2'):
        pytest.skip('OpenCV is not from PyPI here, so it cannot be put beside other packages')
    assert environment.has('onnxruntime')
    assert not any(map(environment.has, ('torch', 'torchvision', 'onnx')))
    return environment


@pytest.fixture(scope='module')
def model(tmp_path_factory):
    """Return a FILE.onnx with random weights, and a photo beside it."""
    folder = tmp_path_factory.mktemp('models')
    words = ['--model', 'shufflenet_v2_x0_5', '--weights', 'random']
    assert export_model.main([*words, '--output', str(folder / 'm.onnx')]) == 0
    cv2.imwrite(str(folder / 'photo.png'), np.full((60, 80, 3), (10, 200, 90), np.uint8))
    return folder / 'm.onnx'


def test_classify_runs(without_torch, model):
    words = ('-m', 'rpi_classifier.cli.classify', '--model', str(model), '--json', 'photo.png')
    done = without_torch.run(*words, cwd=model.parent)
    assert (done.returncode, done.stderr) == (0, '')
    assert json.loads(done.stdout)[0]['results'][0]['label'].startswith('random/')


def test_evaluate_runs(without_torch, tmp_path):
    onnx.save(colour_means(), str(tmp_path / 'colours.onnx'))
    (tmp_path / 'labels.txt').write_text('red\ngreen\nblue\n')
    for channel, name in enumerate(('blue', 'green', 'red')):
        (tmp_path / 'photos' / name).mkdir(parents=True)
        image = np.full((60, 80, 3), 40, np.uint8)
        image[..., channel] = 220
        cv2.imwrite(str(tmp_path / 'photos' / name / 'photo.png'), image)
    words = ('--model', './colours.onnx', '--labels', 'labels.txt', '--json', 'photos')
    done = without_torch.run('-m', 'rpi_classifier.cli.evaluate', *words, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)['accuracy']['right'] == 3


def test_model_of_the_zoo_is_refused_with_a_way_out(without_torch, model):
    done = without_torch.run('-m', 'rpi_classifier.cli.classify', 'photo.png', cwd=model.parent)
    assert done.returncode == 1
    assert done.stderr.count('\n') == 1
    assert 'torch is not installed; pip3 install torch==' in done.stderr
    assert 'run scripts/make_onnx mobilenet_v2 on a PC' in done.stderr
    assert 'model:=/path/mobilenet_v2.onnx' in done.stderr


def test_doctor_asks_for_no_torch(without_torch, model):
    words = ('-m', 'rpi_classifier.cli.doctor', '--json', '--model', str(model))
    done = without_torch.run(*words, '--skip', 'camera', 'csi', 'ros', 'board', 'system')
    found = {item['name']: item for item in json.loads(done.stdout)['findings']}
    assert found['torch.release']['severity'] == 'skipped'
    assert found['onnx.release']['severity'] == found['onnx.import']['severity'] == 'ok'
    assert found['model.weights']['severity'] == 'ok'
    assert 'shufflenet_v2_x0_5' in found['model.weights']['finding']


def test_doctor_without_a_file_says_what_is_missing(without_torch):
    words = ('-m', 'rpi_classifier.cli.doctor', '--json', '--skip', 'camera', 'csi', 'ros')
    done = without_torch.run(*words, 'board', 'system', 'model')
    found = {item['name']: item for item in json.loads(done.stdout)['findings']}
    assert found['torch.release']['severity'] == 'error'
    assert found['onnx.import']['severity'] == 'ok'


def test_tune_compares_numbers_of_threads(without_torch, model, photo_folder):
    output = photo_folder / 'tuned.yaml'
    words = ['--model', str(model), '--duration', '0.3', '--threads', '1,2']
    words += ['--photos', str(photo_folder), '--output', str(output)]
    done = without_torch.run('-m', 'rpi_classifier.cli.tune', *words)
    assert (done.returncode, done.stderr) == (0, '')
    assert '3 of 3 photos agree with onnx' in done.stdout
    assert f'model: "{model}"' in output.read_text()


def test_tune_of_the_zoo_is_refused_with_a_way_out(without_torch, tmp_path):
    done = without_torch.run('-m', 'rpi_classifier.cli.tune', '--output', str(tmp_path / 't.yaml'))
    assert (done.returncode, done.stderr.count('\n')) == (1, 1)
    assert 'run scripts/make_onnx mobilenet_v2 on a PC' in done.stderr


def test_both_nodes_run_and_end_well(without_torch, model, photo_folder):
    ros = pytest.importorskip('support.ros', reason='there is no ROS 2 here')
    parameters = {'device': photo_folder, 'model': model, 'always_on': 'true'}
    words = [word for name, value in parameters.items() for word in ('-p', f'{name}:={value}')]
    program = ros.program_of('camera_classifier')
    process = without_torch.start(
        '-c', program, '--ros-args', *words, RCUTILS_LOGGING_USE_STDOUT='1'
    )
    try:
        assert 'shufflenet_v2_x0_5 on onnx' in ros.wait_for(process, 'random/')
        process.send_signal(signal.SIGINT)
        output = process.communicate(timeout=60)[0]
        assert process.returncode == 0, output
    finally:
        process.kill()
        process.wait()
