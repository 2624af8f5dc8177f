# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Words for choices: however people write one, a single spelling reaches the rest of the code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
import difflib
import re

from rpi_classifier.errors import ConfigError
from rpi_classifier.wording import quote

_NONE: Mapping[str, str] = {}
_MOST = 3  # names that one question suggests
_SHORTEST = 3  # word that is looked for within names


def find_choice(
    text: str, choices: Iterable[str], aliases: Mapping[str, str] = _NONE
) -> str | None:
    """
    Return the choice that a word means; None if it means none.

    Case, blanks, hyphens and underscores do not matter.

    :param aliases: other words, and the choices that they mean.
    """
    return _by_word(choices, aliases).get(_plain(text))


def suggest_choice(text: str, choices: Iterable[str], aliases: Mapping[str, str] = _NONE) -> str:
    """Return a question for the end of a message: the choice most like a word; may be empty."""
    near = nearest_choice(text, choices, aliases)
    return f'; did you mean {near}?' if near else ''


def nearest_choice(text: str, choices: Iterable[str], aliases: Mapping[str, str] = _NONE) -> str:
    """Return the choice most like a word; empty if none is like it."""
    known = _by_word(choices, aliases)
    near = difflib.get_close_matches(_plain(text[:80]), list(known), 1)
    return known[near[0]] if near else ''


def suggest_names(text: str, names: Iterable[str]) -> str:
    """Return a question like ``suggest_choice``, with up to three names like a word or with it."""
    known, word = _by_word(names, _NONE), _plain(text[:80])
    within = [plain for plain in known if len(word) >= _SHORTEST and word in plain]
    near = dict.fromkeys([*difflib.get_close_matches(word, list(known), _MOST), *within])
    found = [known[plain] for plain in list(near)[:_MOST]]
    listed = ' or '.join(filter(None, (', '.join(found[:-1]), *found[-1:])))
    return f'; did you mean {listed}?' if found else ''


def choose(
    name: str, text: str, choices: Iterable[str], aliases: Mapping[str, str] = _NONE
) -> str:
    """
    Return the choice that a word means.

    :param name: what is chosen, for the message.
    :raises ConfigError: if the word means none of them.
    """
    names = list(choices)
    found = find_choice(text, names, aliases)
    if found is None:
        hint = suggest_choice(text, names, aliases)
        raise ConfigError(f'{name}: {quote(text)} is not one of {", ".join(names)}{hint}')
    return found


def _by_word(choices: Iterable[str], aliases: Mapping[str, str]) -> dict[str, str]:
    others = {_plain(word): choice for word, choice in aliases.items()}
    return {**others, **{_plain(choice): choice for choice in choices}}


def _plain(text: str) -> str:
    return re.sub(r'[\s_-]+', '', text).lower()
