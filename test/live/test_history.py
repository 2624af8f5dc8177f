# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The history of the stable class."""

from rpi_classifier.live.history import History, KEPT_S


def test_a_class_lasts_until_another_or_none_is_stable():
    history = History()
    for label, now_s in (('cat', 1.0), ('cat', 2.0), ('dog', 3.0), ('', 5.0), ('', 6.0)):
        history.note(label, now_s)
    assert history.listed() == [['cat', 1.0, 3.0], ['dog', 3.0, 5.0]]


def test_what_is_older_than_the_page_shows_is_forgotten():
    history = History()
    history.note('cat', 0.0)
    history.note('dog', 1.0)
    history.note('', KEPT_S + 2.0)
    assert history.listed() == [['dog', 1.0, KEPT_S + 2.0]]


def test_a_class_that_flickers_takes_no_more_memory():
    history = History()
    for second in range(10_000):
        history.note(f'class {second % 2}', second / 1000)
    assert len(history.listed()) == 600
