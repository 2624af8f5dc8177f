# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What others send or name, made fit for one sentence: short, and printable anywhere."""

from __future__ import annotations

import os
from pathlib import Path

_MOST_CHARACTERS = 80
_LONGEST_SENTENCE = 400


def quote(text: str) -> str:
    """
    Return a text in quotes; a long one is shortened, and what cannot be printed is escaped.

    A message may carry an encoding of a megabyte; logs and diagnostics must not repeat it.
    """
    if len(text) > _MOST_CHARACTERS:
        return f'{text[:_MOST_CHARACTERS]!a}... ({len(text)} characters)'
    return ascii(text)


def shorten(sentence: str) -> str:
    """Return a sentence that may repeat what others sent, cut off if it is very long."""
    return sentence if len(sentence) <= _LONGEST_SENTENCE else f'{sentence[:_LONGEST_SENTENCE]}...'


def printable_path(path: Path | str) -> str:
    r"""Return a path as text; bytes that are not UTF-8 and control characters become \xNN."""
    text = os.fsencode(path).decode('utf-8', 'backslashreplace')
    return ''.join(
        char if char.isprintable() else char.encode('unicode_escape').decode() for char in text
    )
