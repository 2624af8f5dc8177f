# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The ways of resizing that the documentation compares."""

import importlib.util
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from rpi_classifier.input_spec import Transform

SCRIPT = Path(__file__).resolve().parents[2] / 'dev/compare_resizing.py'


@pytest.fixture(scope='module')
def script():
    """Return the script as a module."""
    spec = importlib.util.spec_from_file_location('compare_resizing', SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize('shape', [(480, 640), (333, 257), (100, 90), (1999, 1501)])
def test_each_way_gives_the_models_size_and_one_is_torchvisions(script, shape):
    transforms = pytest.importorskip('torchvision', reason='compared with').transforms
    image = np.random.default_rng(0).integers(0, 256, (*shape, 3), np.uint8)
    for resize in script.WAYS.values():
        assert resize(image, Transform()).shape == (224, 224, 3)
    presets = transforms.Compose([transforms.Resize(256), transforms.CenterCrop(224)])
    theirs = np.asarray(presets(PIL.Image.fromarray(image)))
    assert (script.pil(image, Transform()) == theirs).all()
