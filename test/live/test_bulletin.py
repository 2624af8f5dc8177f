# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The sections of the page as events."""

import asyncio

import pytest

from rpi_classifier.live.bulletin import Bulletin, encode_event


def test_an_event_is_one_line_whatever_is_in_it():
    assert encode_event('top', ['a\nb', '\u2028', '猫']) == (
        b'event: top\ndata: ["a\\nb", "\\u2028", "\\u732b"]\n\n'
    )


def test_what_no_browser_reads_is_refused():
    with pytest.raises(ValueError, match='JSON'):
        encode_event('top', float('nan'))


def test_a_section_that_stays_the_same_is_no_news():
    bulletin = Bulletin()
    bulletin.post('stable', 'cat')
    bulletin.post('stable', 'cat')
    number, events = asyncio.run(bulletin.news.newer(0, 0.0))
    assert number == 1
    assert events == {'stable': b'event: stable\ndata: "cat"\n\n'}
