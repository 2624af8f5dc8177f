# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The classes that are shown: some of those that a model knows, and groups of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from rpi_classifier.config.choices import find_choice, suggest_names
from rpi_classifier.config.class_words import check_owner
from rpi_classifier.errors import ConfigError
from rpi_classifier.wording import quote


class ClassSelection:
    """
    Turns the probabilities of all classes into those of the classes and groups that are shown.

    ``labels`` are their names and ``indices`` their indices in the model, in rising order; a group
    has the index of its first member.
    """

    def __init__(self, members: Mapping[int, Sequence[int]], labels: Mapping[int, str]) -> None:
        """
        Precompute what a frame needs.

        :param members: the indices of the classes that are added, by the index that is shown.
        :param labels: the names, by the index that is shown.
        """
        self.indices = tuple(sorted(members))
        self.labels = tuple(labels[index] for index in self.indices)
        groups = [members[index] for index in self.indices]
        self._order = np.concatenate([np.asarray(group, np.intp) for group in groups])
        self._starts = np.cumsum([0, *map(len, groups[:-1])])
        self._members = np.empty(len(self._order), np.float32)
        self._shown = np.empty(len(groups), np.float32)

    def select(self, probabilities: NDArray[np.float32]) -> NDArray[np.float32]:
        """
        Return the probabilities of what is shown.

        Those of independent classes may add up to more than 1; a group gets at most 1.

        :param probabilities: [classes], of all classes.
        :returns: [shown], valid until the next call.
        """
        np.take(probabilities, self._order, out=self._members)
        np.add.reduceat(self._members, self._starts, out=self._shown)
        return np.minimum(self._shown, 1.0, out=self._shown)


def select_classes(
    model: str,
    labels: Sequence[str],
    classes: Sequence[str],
    groups: Mapping[str, Sequence[str]],
) -> ClassSelection | None:
    """
    Return what shows the chosen classes; None if all are shown as they are.

    :param model: its name, for messages.
    :param labels: the names of all its classes.
    :param classes: names of classes or groups, or indices; none stands for all.
    :param groups: the names or indices of the members, by the name of the group.
    :raises ConfigError: if the model has no such class, or groups and classes contradict.
    """
    if not classes and not groups:
        return None
    known = _KnownClasses(model, labels)
    found = {name: _find_group(name, words, known) for name, words in groups.items()}
    owners: dict[int, str] = {}
    for name, indices in found.items():
        for index in indices:
            check_owner(labels[index], name, owners.setdefault(index, name))
    alone = [index for index in range(len(labels)) if index not in owners]
    members = {index: [index] for index in alone} | {one[0]: one for one in found.values()}
    names = {index: labels[index] for index in alone} | {
        indices[0]: name for name, indices in found.items()
    }
    if classes:
        shown = {index for word in classes for index in _find_shown(word, found, owners, known)}
        members = {index: members[index] for index in shown}
    return ClassSelection(members, names)


class _KnownClasses:
    """Finds the classes of a model by name or index."""

    def __init__(self, model: str, labels: Sequence[str]) -> None:
        self.model = model
        self.labels = labels
        self._by_name: dict[str, list[int]] = {}
        for index, label in enumerate(labels):
            self._by_name.setdefault(label, []).append(index)

    def named(self, name: str) -> list[int]:
        """Return the indices of the classes with exactly this name: two may share one."""
        return self._by_name.get(name, [])

    def find(self, word: str, parameter: str, others: Sequence[str] = ()) -> list[int]:
        """
        Return the indices of the classes that a word means.

        :param parameter: where the word is from, for the message.
        :param others: names that would also do there, for the message.
        :raises ConfigError: if it means none.
        """
        if indices := self.named(word) or self.named(find_choice(word, self._by_name) or ''):
            return indices
        last = len(self.labels) - 1
        if not word.isdecimal():
            hint = suggest_names(word, [*others, *self._by_name]) or '; label_info names all'
            raise ConfigError(f'{parameter}: {quote(word)} is no class of {self.model}{hint}')
        if not 0 <= (index := int(word[:9])) <= last:
            raise ConfigError(
                f'{parameter}: {word[:9]} is no class of {self.model}; its indices are 0 to {last}'
            )
        return [index]


def _find_group(name: str, words: Sequence[str], known: _KnownClasses) -> list[int]:
    """Return the indices of the members of a group, in the order in which they were written."""
    parameter = f'class_aliases: {quote(name)}'
    indices = list(dict.fromkeys(it for word in words for it in known.find(word, parameter)))
    if not set(known.named(name)) <= set(indices):
        raise ConfigError(
            f'{parameter} is a class of {known.model} that is not in the group of this name; add '
            'it, or give the group another name'
        )
    return indices


def _find_shown(
    word: str, groups: Mapping[str, Sequence[int]], owners: Mapping[int, str], known: _KnownClasses
) -> list[int]:
    """Return the shown indices of the classes or the group that a word of ``classes`` means."""
    if group := groups.get(word):
        return [group[0]]
    indices = known.find(word, 'classes', list(groups))
    for index in indices:
        if owner := owners.get(index):
            raise ConfigError(
                f'classes: {quote(word)} is in the group {quote(owner)} of class_aliases; write '
                'the name of the group'
            )
    return indices
