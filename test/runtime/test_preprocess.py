# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""From a camera image to the model's input."""

import cv2
from hypothesis import given, settings
from hypothesis import strategies as st
import numpy as np
import PIL.Image
import pytest

from rpi_classifier.errors import ImageError
from rpi_classifier.input_spec import Quantization, Transform
from rpi_classifier.runtime.preprocess import fit, normalization_table, Preprocessor

TRANSFORM = Transform()
QUANTIZATION = Quantization(0.01865844801068306, 114)


def reference(image):
    """Return what torchvision's ToTensor and Normalize give, quantized by torch: [S, S, 3]."""
    import torch
    from torchvision.transforms import v2

    tensor = torch.from_numpy(image[..., ::-1].copy()).permute(2, 0, 1)
    tensor = v2.functional.to_dtype(tensor, torch.float32, scale=True)
    return v2.functional.normalize(tensor, TRANSFORM.mean, TRANSFORM.std).permute(1, 2, 0)


def quantized(values):
    import torch

    args = (QUANTIZATION.scale, QUANTIZATION.zero_point, torch.quint8)
    return torch.quantize_per_tensor(values, *args).int_repr().numpy()


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_table_equals_the_float_path_within_one_quantization_step(seed):
    image = np.random.default_rng(seed).integers(0, 256, (224, 224, 3), np.uint8)
    out = np.empty((224, 224, 3), np.uint8)
    Preprocessor(TRANSFORM, QUANTIZATION)(image, out)
    difference = np.abs(out.astype(int) - quantized(reference(image)).astype(int))
    assert difference.max() <= 1
    assert (difference > 0).mean() < 0.01


def test_signed_table_is_the_unsigned_one_less_128():
    unsigned = normalization_table(TRANSFORM, QUANTIZATION)
    signed = Quantization(QUANTIZATION.scale, QUANTIZATION.zero_point - 128, signed=True)
    table = normalization_table(TRANSFORM, signed)
    assert table.dtype == np.int8
    assert (table.astype(int) == unsigned.astype(int) - 128).all()


def test_float_path_equals_torchvisions_transforms():
    image = np.random.default_rng(3).integers(0, 256, (224, 224, 3), np.uint8)
    out = np.empty((224, 224, 3), np.float32)
    Preprocessor(TRANSFORM)(image, out)
    np.testing.assert_allclose(out, reference(image).numpy(), atol=1e-5)


@pytest.mark.parametrize('size', [(224, 224), (100, 150), (300, 400), (900, 700)])
def test_a_part_of_an_image_counts_as_a_copy_of_it_does(size):
    image = np.random.default_rng(3).integers(0, 256, (1000, 800, 3), np.uint8)
    part = image[50 : 50 + size[0], 70 : 70 + size[1]]
    outs = [np.empty((224, 224, 3), np.float32) for _ in range(2)]
    preprocess = Preprocessor(TRANSFORM)
    for given_image, out in zip((part, part.copy()), outs):
        preprocess(given_image, out)
    assert (outs[0] == outs[1]).all()


def test_image_of_the_models_size_is_not_touched():
    image = np.zeros((224, 224, 3), np.uint8)
    assert fit(image, TRANSFORM) is image


@pytest.mark.parametrize(
    'shape', [(1, 1), (1, 900), (180, 320), (224, 225), (480, 640), (640, 480), (2000, 1500)]
)
def test_any_size_and_aspect_is_fitted(shape):
    image = np.full((*shape, 3), (10, 20, 30), np.uint8)
    fitted = fit(image, TRANSFORM)
    assert fitted.shape == (224, 224, 3)
    assert (fitted == (10, 20, 30)).all()


def test_the_centre_is_kept_and_the_rim_is_cut():
    image = np.zeros((256, 512, 3), np.uint8)
    image[16:240, 144:368] = 255
    assert (fit(image, TRANSFORM) == 255).all()


def test_large_reductions_average_instead_of_leaving_out_pixels():
    stripes = np.zeros((2048, 2048, 3), np.uint8)
    stripes[:, ::8] = 255
    fitted = fit(stripes, TRANSFORM)
    assert fitted.std() < 25
    assert fitted.mean() == pytest.approx(255 / 8, abs=4)


@pytest.mark.parametrize('shape', [(480, 640), (375, 500), (300, 400), (257, 300), (1080, 1920)])
def test_every_column_of_the_centre_counts_alike(shape):
    weights = []
    for column in range(shape[1] // 2 - 20, shape[1] // 2 + 20):
        line = np.zeros((*shape, 3), np.uint8)
        line[:, column] = 240
        weights.append(fit(line, TRANSFORM).sum())
    assert min(weights) > 0.8 * max(weights)


@pytest.mark.parametrize(
    'shape',
    [(480, 640), (640, 480), (375, 500), (300, 400), (257, 300), (1080, 1920), (100, 130)],
)
def test_picture_is_at_the_place_where_torchvision_puts_it(shape):
    transforms = pytest.importorskip('torchvision', reason='compared with').transforms
    noise = np.random.default_rng(0).integers(0, 256, (*shape, 3), np.uint8)
    smooth = cv2.normalize(cv2.GaussianBlur(noise, (0, 0), 3), None, 0, 255, cv2.NORM_MINMAX)
    presets = transforms.Compose([transforms.Resize(256), transforms.CenterCrop(224)])
    theirs = np.asarray(presets(PIL.Image.fromarray(smooth))).astype(int)
    assert np.abs(fit(smooth, TRANSFORM) - theirs).mean() < 2.5  # a pixel beside it: 5


def test_scratch_memory_of_an_earlier_image_leaves_no_trace():
    rng = np.random.default_rng(1)
    preprocess, out = Preprocessor(TRANSFORM, QUANTIZATION), np.empty((224, 224, 3), np.uint8)
    for shape in ((480, 640), (300, 300), (200, 100), (480, 640), (900, 600)):
        image, alone = rng.integers(0, 256, (*shape, 3), np.uint8), np.empty_like(out)
        preprocess(image, out)
        Preprocessor(TRANSFORM, QUANTIZATION)(image, alone)
        assert (out == alone).all()


def test_noncontiguous_images_are_taken():
    image = cv2.resize(np.arange(48, dtype=np.uint8).reshape(4, 4, 3), (448, 448))
    out, other = np.empty((2, 224, 224, 3), np.uint8)
    preprocess = Preprocessor(TRANSFORM, QUANTIZATION)
    preprocess(image[::2, ::2], out)
    preprocess(image[::2, ::2].copy(), other)
    assert (out == other).all()


@pytest.mark.parametrize(
    'image',
    [
        np.zeros((10, 10), np.uint8),
        np.zeros((10, 10, 4), np.uint8),
        np.zeros((0, 10, 3), np.uint8),
        np.zeros((10, 10, 3), np.float32),
    ],
)
def test_other_arrays_are_refused_with_their_shape(image):
    with pytest.raises(ImageError, match=r'\[H, W, 3\]'):
        Preprocessor(TRANSFORM)(image, np.empty((224, 224, 3), np.float32))
