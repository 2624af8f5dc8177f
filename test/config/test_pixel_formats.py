# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Pixel formats and their other names."""

from rpi_classifier.config.choices import find_choice
from rpi_classifier.config.pixel_formats import ALIASES, CHOICES, USABLE


def test_every_usable_format_can_be_requested():
    assert {choice.ljust(4) for choice in CHOICES} == {'auto', *USABLE}


def test_every_other_name_means_a_choice_and_no_two_of_them():
    assert set(ALIASES.values()) <= set(CHOICES)
    for word, choice in ALIASES.items():
        assert find_choice(word, CHOICES, ALIASES) == choice
        assert find_choice(word, CHOICES) is None
