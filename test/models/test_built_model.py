# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Models of the zoo are built once, elsewhere, and loaded from a file later."""

from dataclasses import replace
import json
import os
import subprocess
import sys

import numpy as np
import psutil
import pytest
from support.watched import until

from rpi_classifier.config import ClassifierConfig
from rpi_classifier.errors import ModelError, WeightsError
from rpi_classifier.inference.classifier import Classifier
from rpi_classifier.models import built_model
from rpi_classifier.models.build_cache import build_cache_folder, kept_builds
from rpi_classifier.models.built_model import build_in_own_process, load_built

SMALL = ClassifierConfig(model='shufflenet_v2_x0_5', weights='random')


@pytest.fixture(scope='module')
def content():
    """Return a built model; building takes seconds."""
    return build_in_own_process(SMALL)


@pytest.fixture
def cache(content, tmp_path, monkeypatch):
    """Return the folder of a cache that holds the small model only."""
    monkeypatch.setenv('XDG_CACHE_HOME', str(tmp_path / 'cache'))
    entry = built_model._entry_of(SMALL, 'random')
    assert entry
    assert entry.keep(content)
    return build_cache_folder()


@pytest.fixture
def builds(content, monkeypatch):
    """Count the builds, which give the model of ``content`` at once."""
    counted = []
    monkeypatch.setattr(
        built_model, 'build_in_own_process', lambda config: counted.append(config) or content
    )
    return counted


def file_of(folder):
    ((path, _),) = kept_builds(folder)
    return path


def test_first_start_builds_and_the_second_loads_the_same_file(tmp_path, monkeypatch, image):
    monkeypatch.setenv('XDG_CACHE_HOME', str(tmp_path))
    told = []
    first = Classifier.load(SMALL, told.append)
    path = file_of(build_cache_folder())
    assert told == [
        'building shufflenet_v2_x0_5 in a process of its own',
        f'shufflenet_v2_x0_5 is kept as {path} for the next start',
    ]
    second = Classifier.load(SMALL, told.append)
    assert told[2:] == [f'shufflenet_v2_x0_5 is loaded from {path}']
    eager = Classifier.load(replace(SMALL, jit=False), told.append)
    assert told[3:] == []
    expected = first.classify(image).probabilities.copy()
    assert np.array_equal(second.classify(image).probabilities, expected)
    np.testing.assert_allclose(eager.classify(image).probabilities, expected, atol=1e-5)
    assert (first.runtime.info.mode, eager.runtime.info.mode) == ('jit', 'eager')
    assert 'passed' in second.runtime.info.known_answer
    assert first.labels == second.labels == eager.labels


def test_second_start_needs_no_torchvision(cache):
    program = (
        'import sys\n'
        'sys.modules["torchvision"] = None\n'
        'from rpi_classifier.inference.classifier import Classifier\n'
        'from rpi_classifier.config import ClassifierConfig\n'
        f'Classifier.load({SMALL!r}, print)\n'
    )
    done = subprocess.run(
        [sys.executable, '-c', program], timeout=120, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, '')
    assert 'is loaded from' in done.stdout


@pytest.mark.parametrize('damage', [lambda data: data[:1000], lambda data: b'', lambda data: b'x'])
def test_damaged_file_is_built_again(cache, builds, content, damage):
    path, told = file_of(cache), []
    path.write_bytes(damage(content))
    load_built(SMALL, told.append)
    assert told[0].endswith('building it again')
    assert str(path) in told[0]
    assert len(builds) == 1
    assert path.read_bytes() == content


def test_flipped_bit_is_found(cache, builds, content):
    path, data = file_of(cache), bytearray(content)
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    load_built(SMALL, str)
    assert (len(builds), path.read_bytes()) == (1, content)


def test_without_a_cache_nothing_is_read_or_kept(cache, builds):
    file_of(cache).write_bytes(b'damaged')
    told = []
    model = load_built(replace(SMALL, cache=False), told.append)
    assert told == ['building shufflenet_v2_x0_5 in a process of its own']
    assert file_of(cache).read_bytes() == b'damaged'
    assert model.runtime.info.caution == ''


def test_cache_that_cannot_be_used_is_one_caution(tmp_path, builds, monkeypatch):
    (tmp_path / 'file').write_text('')
    monkeypatch.setenv('XDG_CACHE_HOME', str(tmp_path / 'file'))
    caution = load_built(SMALL, str).runtime.info.caution
    assert caution.startswith('every start builds the model again, because ')
    assert 'Not a directory; set XDG_CACHE_HOME' in caution
    assert caution.count('because') == 1


@pytest.mark.parametrize('features', [{'fma'}, set()])
def test_everything_that_decides_has_a_file_of_its_own(monkeypatch, features):
    def name(config=SMALL, digest='random'):
        return built_model._entry_of(config, digest).path.name

    found = [name(), name(digest='0' * 64), name(replace(SMALL, engine='qnnpack'))]
    monkeypatch.setattr(built_model, 'cpu_features', lambda: features)
    found.append(name())
    monkeypatch.setattr(built_model, 'versions', lambda *names: {'torch': '9.9'})
    found.append(name())
    monkeypatch.setattr(built_model, '_source_sha256', lambda: 'changed')
    found.append(name())
    assert len(set(found)) == len(found)
    assert name(replace(SMALL, num_threads=3, kernels='qnnpack', top_k=1)) == found[-1]


@pytest.mark.parametrize(
    ('name', 'advice'),
    [
        ('SIGSEGV', 'run: ros2 run rpi_classifier doctor'),
        (
            'SIGKILL',
            'free some memory, or run export_model on a larger machine and set model: '
            '/path/FILE.pt',
        ),
    ],
)
def test_process_that_dies_is_told_in_one_sentence(tmp_path, monkeypatch, name, advice):
    dying = tmp_path / 'python'
    dying.write_text(f'#!/bin/sh\nkill -{name[3:]} $$\n')
    dying.chmod(0o755)
    monkeypatch.setattr(sys, 'executable', str(dying))
    with pytest.raises(ModelError) as caught:
        build_in_own_process(SMALL)
    said = f'the process that builds shufflenet_v2_x0_5 died with {name}; {advice}'
    assert str(caught.value) == said


def test_missing_weights_are_told_as_where_they_are_built(tmp_path, monkeypatch):
    monkeypatch.setenv('TORCH_HOME', str(tmp_path))
    for name in ('https_proxy', 'HTTPS_PROXY'):
        monkeypatch.setenv(name, 'http://127.0.0.1:9')
    with pytest.raises(WeightsError, match='mobilenet_v2_qnnpack_37f702c5.pth does not exist'):
        load_built(ClassifierConfig(), str)


def test_engine_that_is_not_there_is_refused(monkeypatch):
    request = {**SMALL.__dict__, 'engine': 'none_such', 'output': 1, 'parent': os.getpid()}
    done = subprocess.run(
        [sys.executable, '-m', 'rpi_classifier.probes.build_probe', json.dumps(request)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    answer = json.loads(done.stdout)
    assert answer['error'] == 'ModelError'
    assert answer['message'].startswith("engine 'none_such' is not in this torch")


def test_build_ends_with_whoever_wanted_it(tmp_path):
    program = (
        'import sys\n'
        'from rpi_classifier.config import ClassifierConfig\n'
        'from rpi_classifier.models.built_model import load_built\n'
        f'load_built({SMALL!r}, lambda said: print(said, flush=True))\n'
    )
    environment = {**os.environ, 'XDG_CACHE_HOME': str(tmp_path)}
    starter = subprocess.Popen(
        [sys.executable, '-c', program], stdout=subprocess.PIPE, text=True, env=environment
    )
    assert starter.stdout
    assert 'building' in starter.stdout.readline()
    process = psutil.Process(starter.pid)
    until(process.children, 'the build')
    (build,) = process.children()
    starter.kill()
    starter.wait()
    starter.stdout.close()
    until(lambda: not build.is_running() or build.status() == 'zombie', 'its end')
    assert not any(tmp_path.iterdir())
