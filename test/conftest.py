# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What tests share: a ROS domain of their own, photos, trained weights and their absence."""

from __future__ import annotations

import copy
import functools
import json
import os
from pathlib import Path

import cv2
import numpy as np
import pytest

ROOT = Path(__file__).resolve().parent.parent
PHOTOS = Path(os.environ.get('RPI_CLASSIFIER_PHOTOS', ROOT.parent / 'shared' / 'photos'))

# Before anything starts DDS: a domain per test process, seen by this machine only. That of the
# shell may have a robot's nodes.
os.environ['ROS_DOMAIN_ID'] = str(1 + os.getpid() % 100)
os.environ.setdefault('ROS_AUTOMATIC_DISCOVERY_RANGE', 'LOCALHOST')
# Tests share the cores with each other's nodes: threads that wait for cores only slow them down.
os.environ.setdefault('OMP_NUM_THREADS', '1')


def pytest_addoption(parser):
    parser.addoption(
        '--device', help='a real camera for `scripts/test test/vm`, as /dev/video0', metavar='PATH'
    )


def pytest_make_parametrize_id(val):
    """Name content by its length: a zip file holds a time, and parallel processes must agree."""
    return f'{len(val)} bytes' if isinstance(val, bytes) else None


@pytest.fixture(scope='session')
def photos() -> dict[Path, list[dict]]:
    """Return photos with the reference's top 5: {path: [{index, label, score}, ...]}."""
    if not (PHOTOS / 'expected_top5.json').exists():
        pytest.skip(f'{PHOTOS} has no photos with expected_top5.json')
    expected = json.loads((PHOTOS / 'expected_top5.json').read_text())
    return {PHOTOS / name: top5 for name, top5 in expected.items()}


@pytest.fixture(scope='session')
def weights() -> None:
    """Skip where the trained weights of mobilenet_v2 cannot be had."""
    from rpi_classifier.errors import WeightsError
    from rpi_classifier.models import zoo

    try:
        zoo.build_model('mobilenet_v2')
    except WeightsError as error:
        pytest.skip(str(error))


@pytest.fixture(scope='session', autouse=True)
def cache_of_this_run(tmp_path_factory):
    """Keep compiled models in a folder of this run; torch's cache, with weights, stays."""
    from rpi_classifier.models.files import user_cache_folder

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(
            'TORCH_HOME', os.environ.get('TORCH_HOME') or str(user_cache_folder() / 'torch')
        )
        patch.setenv('XDG_CACHE_HOME', str(tmp_path_factory.mktemp('cache')))
        yield


@pytest.fixture(scope='session', autouse=True)
def random_networks_are_built_once():
    """Spare the tests the seconds that each network of random weights takes."""
    from rpi_classifier.models import zoo

    build = functools.cache(zoo._random)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(zoo, '_random', lambda *args: copy.deepcopy(build(*args)))
        yield


@pytest.fixture(scope='session')
def random_network():
    """Return a builder of int8 MobileNetV2s with the same random weights."""
    from rpi_classifier.models import zoo

    return lambda: zoo.build_model('mobilenet_v2', 'random').network


@pytest.fixture
def image() -> np.ndarray:
    """Return a noisy [480, 640, 3] uint8 image."""
    return np.random.default_rng(7).integers(0, 256, (480, 640, 3), np.uint8)


@pytest.fixture
def photo_folder(tmp_path: Path) -> Path:
    """Return a folder with a blue, a green and a red photo, in this order."""
    for index, name in enumerate(('1_blue', '2_green', '3_red')):
        photo = np.zeros((60, 80, 3), np.uint8)
        photo[..., index] = 255
        cv2.imwrite(str(tmp_path / f'{name}.png'), photo)
    return tmp_path
