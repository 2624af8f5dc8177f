# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The classes and groups that are shown of all that a model knows."""

import numpy as np
import pytest

from rpi_classifier.errors import ConfigError
from rpi_classifier.inference.class_selection import select_classes

LABELS = ('tabby', 'tiger cat', 'pug', 'Egyptian cat', 'crane', 'crane', 'große, rote Tür')
PROBABILITIES = np.array([0.1, 0.2, 0.3, 0.05, 0.15, 0.12, 0.08], np.float32)
CAT = {'cat': ('Egyptian cat', 'tabby', '1')}


def choose(classes=(), groups=None):
    return select_classes('net', LABELS, classes, groups or {})


def shown(selection):
    """Return the index and the probability of everything that is shown."""
    probabilities = selection.select(PROBABILITIES).tolist()
    return {
        label: (index, round(probability, 5))
        for label, index, probability in zip(selection.labels, selection.indices, probabilities)
    }


def test_nothing_is_to_do_if_nothing_is_chosen():
    assert choose() is None


@pytest.mark.parametrize(
    'classes',
    [('pug', 'tiger cat'), ('1', '2'), ('Tiger-Cat', '2', 'pug'), ('tiger cat', 'tiger cat', '2')],
)
def test_chosen_classes_keep_their_probabilities_and_indices(classes):
    selection = choose(classes)
    assert shown(selection) == {'tiger cat': (1, 0.2), 'pug': (2, 0.3)}
    assert selection.labels == ('tiger cat', 'pug')


def test_name_that_two_classes_have_chooses_both():
    assert choose(('crane',)).indices == (4, 5)


def test_name_may_have_commas_and_any_letters():
    assert choose(('große, rote Tür',)).indices == (6,)


def test_group_adds_its_members_and_has_the_index_of_the_first():
    assert shown(choose(groups=CAT)) == {
        'pug': (2, 0.3),
        'cat': (3, 0.35),
        'crane': (5, 0.12),
        'große, rote Tür': (6, 0.08),
    }
    assert shown(choose(groups={'Ente, 鸭': ('crane',)}))['Ente, 鸭'] == (4, 0.27)


def test_groups_may_be_chosen_with_classes():
    assert shown(choose(('cat', 'pug'), CAT)) == {'pug': (2, 0.3), 'cat': (3, 0.35)}


def test_group_may_have_the_name_of_a_member():
    assert shown(choose(('pug',), {'pug': ('tabby', 'pug')})) == {'pug': (0, 0.4)}


def test_group_of_independent_classes_is_at_most_certain():
    selection = choose(groups={'cat': ('0', '1')})
    assert selection.select(np.full(7, 0.9, np.float32))[0] == 1.0


def test_probabilities_of_all_classes_are_left_as_they_are():
    before = PROBABILITIES.copy()
    choose(('pug',), CAT).select(PROBABILITIES)
    assert np.array_equal(PROBABILITIES, before)


@pytest.mark.parametrize(
    ('classes', 'groups', 'sentence'),
    [
        (
            ('tabi',), {},
            "classes: 'tabi' is no class of net; did you mean tabby?",
        ),
        (
            ('cat',), {},
            "classes: 'cat' is no class of net; did you mean tiger cat or Egyptian cat?",
        ),
        (('zzz',), {}, "classes: 'zzz' is no class of net; label_info names all"),
        (('7',), {}, 'classes: 7 is no class of net; its indices are 0 to 6'),
        (('9' * 400,), {}, 'classes: 999999999 is no class of net; its indices are 0 to 6'),
        (('-1',), {}, "classes: '-1' is no class of net; label_info names all"),
        (
            ('tabby',), CAT,
            "classes: 'tabby' is in the group 'cat' of class_aliases; write the name of the group",
        ),
        (('cats',), CAT, "classes: 'cats' is no class of net; did you mean cat?"),
        (
            (), {'dog': ('pugg',)},
            "class_aliases: 'dog': 'pugg' is no class of net; did you mean pug?",
        ),
        (
            (), {'cat': ('tabby',), 'pet': ('pug', '0')},
            "class_aliases: 'tabby' is in the groups 'cat' and 'pet'; leave it in one of them",
        ),
        (
            (), {'pug': ('tabby',)},
            "class_aliases: 'pug' is a class of net that is not in the group of this name; "
            'add it, or give the group another name',
        ),
    ],
)  # fmt: skip
def test_what_the_model_does_not_have_is_refused(classes, groups, sentence):
    with pytest.raises(ConfigError) as error:
        choose(classes, groups)
    assert str(error.value) == sentence
