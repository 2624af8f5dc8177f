# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The choice of a font for labels in any language."""

import shutil

import pytest

from rpi_classifier.images.font import find_font

NOWHERE = '\U0010fffd'  # no font has this character of private use

needs_fontconfig = pytest.mark.skipif(
    shutil.which('fc-match') is None, reason='fontconfig is not installed'
)


@needs_fontconfig
def test_font_with_the_characters_of_the_labels_is_found():
    assert find_font(['Egyptian cat', 'épée']).missing == ''


@needs_fontconfig
def test_characters_that_no_font_has_are_named_once():
    assert find_font([f'cat {NOWHERE}', NOWHERE]).missing == NOWHERE


@pytest.mark.parametrize('labels', [[], [''], ['cat'], [NOWHERE]])
def test_text_can_be_drawn_whatever_the_labels_are(labels):
    font = find_font(labels).of_size(20)
    assert font.getlength('cat') > 0


def test_computer_without_fontconfig_has_a_font_all_the_same(monkeypatch, tmp_path):
    monkeypatch.setenv('PATH', str(tmp_path))
    assert find_font(['cat']).of_size(20).getlength('cat') > 0
