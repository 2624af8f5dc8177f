# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Words for choices."""

import pytest

from rpi_classifier.config.choices import choose, find_choice, suggest_choice
from rpi_classifier.errors import ConfigError

CHOICES = ('auto', 'GREY', 'best_effort')


@pytest.mark.parametrize(
    ('word', 'means'),
    [
        ('auto', 'auto'),
        (' Auto ', 'auto'),
        ('grey', 'GREY'),
        ('best effort', 'best_effort'),
        ('Best-Effort', 'best_effort'),
        ('BESTEFFORT', 'best_effort'),
        ('Mono-8', 'GREY'),
        ('gray', None),
        ('', None),
    ],
)
def test_case_blanks_hyphens_and_underscores_do_not_matter(word, means):
    assert find_choice(word, CHOICES, {'mono8': 'GREY'}) == means


def test_a_choice_comes_before_an_alias():
    assert find_choice('auto', CHOICES, {'auto': 'GREY'}) == 'auto'


def test_the_nearest_choice_is_suggested_also_by_its_other_names():
    assert suggest_choice('gery', CHOICES) == '; did you mean GREY?'
    assert suggest_choice('mono', CHOICES, {'mono8': 'GREY'}) == '; did you mean GREY?'
    assert suggest_choice('x' * 10**6, CHOICES) == ''


def test_another_word_is_refused_with_the_choices():
    with pytest.raises(ConfigError, match="^mode: 'atuo' is not one of auto, GREY, best_effort; "):
        choose('mode', 'atuo', CHOICES)
    with pytest.raises(ConfigError, match=r"^mode: 'x{80}'\.\.\. \(99 characters\) is not one"):
        choose('mode', 'x' * 99, CHOICES)
