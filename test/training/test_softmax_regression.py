# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Softmax regression on stored features."""

from __future__ import annotations

import numpy as np
import torch

from rpi_classifier.training.softmax_regression import balanced_samples, fit_head, untrained_head


def blobs(counts, views=1, seed=0):
    """Return stored features of classes around points of their own, and their labels."""
    chance = np.random.default_rng(seed)
    centres = np.random.default_rng(9).integers(60, 190, (len(counts), 8))
    labels = np.repeat(np.arange(len(counts)), counts)
    steps = centres[labels][:, None] + chance.normal(0, 12, (len(labels), views, 8))
    return steps.round().clip(0, 255).astype(np.uint8), labels


def fitted(steps, labels, penalty=0.01, **options):
    samples = balanced_samples(steps, labels, int(labels.max()) + 1)
    return fit_head(samples, untrained_head(samples), penalty, **{'epochs': 100, **options})


def answers(head, steps):
    return head.logits(torch.from_numpy(steps[:, 0])).argmax(dim=1).numpy()


def test_classes_are_learned_and_found_in_other_samples():
    head = fitted(*blobs([20, 20, 20], views=3))
    steps, labels = blobs([50, 50, 50], seed=1)
    assert (answers(head, steps) == labels).mean() > 0.95


def test_result_is_the_same_in_every_run():
    first, second = (fitted(*blobs([9, 9, 9])) for _ in range(2))
    assert torch.equal(first.weight, second.weight)
    assert torch.equal(first.bias, second.bias)


def test_chunks_of_samples_change_nothing(monkeypatch):
    whole = fitted(*blobs([9, 9]))
    monkeypatch.setattr('rpi_classifier.training.softmax_regression._CHUNK', 5)
    assert torch.allclose(fitted(*blobs([9, 9])).weight, whole.weight, atol=1e-3)


def test_classes_count_the_same_however_many_photos_they_have():
    samples = balanced_samples(*blobs([3, 30], views=2), 2)
    assert np.isclose(samples.weights.sum(), 1)
    assert np.isclose(samples.weights[samples.labels == 0].sum(), 0.5)


def test_stronger_penalty_gives_smaller_weights():
    norms = [fitted(*blobs([9, 9]), penalty).weight.norm() for penalty in (0.001, 0.1, 10)]
    assert norms[0] > norms[1] > norms[2]


def test_weights_are_given_for_real_features():
    steps, labels = blobs([9, 9, 9])
    head = fitted(steps, labels)
    weight, bias = head.for_real_features(0.05, 7)
    real = 0.05 * (steps[:, 0].astype(np.float32) - 7)
    expected = head.logits(torch.from_numpy(steps[:, 0])).numpy()
    assert np.allclose(real @ weight.T + bias, expected, atol=1e-3)


def test_fitting_that_is_stopped_gives_the_best_so_far():
    calls = iter([False] * 4 + [True])
    steps, labels = blobs([9, 9, 9])
    early = fitted(steps, labels, stopped=lambda: next(calls))
    assert 0 < early.weight.norm() < fitted(steps, labels).weight.norm()
    assert fitted(steps, labels, stopped=lambda: True).weight.norm() == 0
