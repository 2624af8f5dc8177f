# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Cached weights are those that their name promises, or said to be somebody's own."""

import hashlib

import pytest
import torch

from rpi_classifier.errors import WeightsError
from rpi_classifier.models.cached_weights import check_cached_weights

WEIGHTS = {'fc.weight': torch.arange(1000.0)}


@pytest.fixture
def cached(tmp_path):
    """Return a file of weights whose name promises its sha256."""
    written = tmp_path / 'written'
    torch.save(WEIGHTS, written)
    digest = hashlib.sha256(written.read_bytes()).hexdigest()
    return written.rename(tmp_path / f'resnet50_fbgemm-{digest[:8]}.pth')


def change(path):
    """Invert 200 bytes of the weights."""
    content = bytearray(path.read_bytes())
    start = content.index(WEIGHTS['fc.weight'].numpy().tobytes())
    for at in range(start + 100, start + 300):
        content[at] ^= 0xFF
    path.write_bytes(content)


def own_digest(path):
    """Write what sha256sum prints beside a file."""
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    path.with_name(f'{path.name}.sha256').write_text(f'{digest}  {path.name}\n')


def test_weights_of_the_promised_digest_are_taken(cached):
    assert check_cached_weights(cached) == ''
    change(cached)
    unnamed = cached.rename(cached.with_name('weights.pth'))
    assert check_cached_weights(unnamed) == ''


def test_changed_bytes_are_refused_with_both_digests(cached):
    promised = cached.stem.split('-')[1]
    change(cached)
    digest = hashlib.sha256(cached.read_bytes()).hexdigest()
    with pytest.raises(WeightsError, match='delete the file') as caught:
        check_cached_weights(cached)
    assert promised in str(caught.value)
    assert digest[:12] in str(caught.value)
    assert '\n' not in str(caught.value)


def test_changed_weights_of_the_old_format_are_refused(cached):
    torch.save(WEIGHTS, cached, _use_new_zipfile_serialization=False)
    with pytest.raises(WeightsError, match='cannot be loaded'):
        check_cached_weights(cached)


def test_own_weights_are_taken_with_a_word_until_their_digest_is_beside_them(cached):
    torch.save({'fc.weight': torch.zeros(7)}, cached)
    caution = check_cached_weights(cached)
    assert f'sha256sum {cached.name} > {cached.name}.sha256' in caution
    own_digest(cached)
    assert check_cached_weights(cached) == ''


@pytest.mark.parametrize('content', ['', '\n', '0' * 64, '\xff\xfe'])
def test_weights_that_differ_from_the_digest_beside_them_are_refused(cached, content):
    cached.with_name(f'{cached.name}.sha256').write_text(content)
    with pytest.raises(WeightsError, match=r'not the one in .*\.sha256'):
        check_cached_weights(cached)


def test_own_weights_that_change_are_refused(cached):
    own_digest(cached)
    change(cached)
    with pytest.raises(WeightsError, match='restore the file'):
        check_cached_weights(cached)
