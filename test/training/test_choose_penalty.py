# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Cross-validation of the L2 penalty."""

from __future__ import annotations

import numpy as np

from rpi_classifier.training import choose_penalty as module
from rpi_classifier.training.choose_penalty import choose_penalty, PENALTIES, Penalty


def noisy(noise, count=12, seed=0):
    """Return stored features of two classes whose first input tells them apart, and labels."""
    chance = np.random.default_rng(seed)
    labels = np.arange(2 * count) % 2
    steps = chance.normal(128, 40, (2 * count, 2, 30))
    steps[:, :, 0] = 128 + 30 * (2 * labels[:, None] - 1) + chance.normal(0, noise, (2 * count, 2))
    return steps.clip(0, 255).astype(np.uint8), labels


def test_noise_asks_for_a_stronger_penalty_than_clear_classes():
    clear = np.where(np.arange(24)[:, None, None] % 2, 200, 50) * np.ones((24, 2, 30))
    clear = choose_penalty(clear.astype(np.uint8), np.arange(24) % 2, 2, epochs=50)
    assert clear.value < 0.01
    assert choose_penalty(*noisy(noise=60), 2, epochs=50).value > clear.value


def test_search_ends_when_weaker_penalties_are_worse():
    calls = []

    def count():
        calls.append(1)
        return False

    choose_penalty(*noisy(noise=60), 2, epochs=5, stopped=count)
    assert len(calls) < len(PENALTIES) * 5 * 5


def test_class_of_one_photo_is_never_left_out():
    steps, labels = noisy(noise=5, count=2)
    assert choose_penalty(steps[:3], labels[:3], 2, epochs=20).how == 'by cross-validation'


def test_usual_penalty_is_not_said_to_be_cross_validated():
    steps, labels = noisy(noise=5, count=2)
    found = choose_penalty(steps[:2], labels[:2], 2, epochs=20)
    usual = 'as usual, because no class has two photos to cross-validate'
    assert (found.value, found.how) == (0.1, usual)


def test_every_class_keeps_its_share_where_only_some_photos_are_cross_validated(monkeypatch):
    """Classes take turns, so every second photo is of one class only."""
    monkeypatch.setattr(module, '_MOST_PHOTOS', 40)
    steps, labels = noisy(noise=60, count=40)
    one_after_another = np.argsort(labels, kind='stable')
    by_class = choose_penalty(steps[one_after_another], labels[one_after_another], 2, epochs=50)
    assert choose_penalty(steps, labels, 2, epochs=50) == by_class
    assert by_class.value < PENALTIES[0]


def test_thin_class_is_cross_validated_beside_a_large_one(monkeypatch):
    """Of three photos among 83, twenty at equal distances have none."""
    monkeypatch.setattr(module, '_MOST_PHOTOS', 20)
    steps, labels = noisy(noise=5, count=80)
    order = [*np.flatnonzero(labels == 0), *np.flatnonzero(labels == 1)[:3]]
    assert choose_penalty(steps[order], labels[order], 2, epochs=50).value < PENALTIES[0]


def test_stopped_search_gives_the_best_so_far():
    found = choose_penalty(*noisy(noise=5), 2, epochs=5, stopped=lambda: True)
    assert found == Penalty(PENALTIES[0], 'by a cross-validation that was stopped')
