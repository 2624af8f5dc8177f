# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""collect --from: shows the model's guess for each photo that was kept, and asks for the class."""

from __future__ import annotations

import argparse
from collections.abc import Callable
import sys

from rpi_classifier.cli.collect_summary import print_classes, tell
from rpi_classifier.collect.folder import check_class_name
from rpi_classifier.collect.kept import KeptPhoto, read_kept_photos
from rpi_classifier.collect.sort import sort_photos, SortedFolder, SortTally
from rpi_classifier.config.choices import find_choice, nearest_choice
from rpi_classifier.errors import ConfigError
from rpi_classifier.files.paths import describe_path
from rpi_classifier.wording import printable_path

_FIRST_CLASS = 4  # the numbers below are those of the guesses
_MOST_LISTED = 20


def sort_kept_photos(options: argparse.Namespace) -> None:
    """
    Sort the photos of ``options.kept`` into classes, and print what the folder has then.

    :raises RpiClassifierError: if there is no photo, nobody can answer, or one cannot be written.
    """
    if not options.yes and not sys.stdin.isatty():
        raise ConfigError(
            '--from asks for the class of each photo, and standard input is not a terminal; run '
            'it in one, or give --yes to take every guess'
        )
    photos, notes = read_kept_photos(options.kept)
    for note in notes:
        tell(note)
    folder, tally = SortedFolder(options.output), SortTally()
    decide = _taking_guesses(options.least) if options.yes else _Asking(folder).decide
    try:
        sort_photos(photos, folder, decide, tally, remember=not options.yes, tell=tell)
    finally:
        print(f'{describe_path(options.output)}: {tally}')
        print_classes(options.output)


def _taking_guesses(least: float) -> Callable[[KeptPhoto, str], str]:
    """Return a function that chooses the best guess if its score is high enough."""

    def decide(photo: KeptPhoto, _: str) -> str:
        if not photo.guesses or photo.guesses[0].score < least:
            return ''
        try:
            return check_class_name(photo.guesses[0].label)
        except ConfigError as error:
            tell(f'{printable_path(photo.path.name)}: {error} (skipped)')
            return ''

    return decide


class _Asking:
    """Asks a person at the terminal."""

    def __init__(self, folder: SortedFolder) -> None:
        self._folder = folder
        self._classes: list[str] = []  # a new one comes last, so that the numbers stay

    def decide(self, photo: KeptPhoto, place: str) -> str | None:
        """Return the class of a photo; empty to skip it, None to end."""
        self._classes = list(dict.fromkeys([*self._classes, *self._folder.classes()]))
        guesses = [guess.label for guess in photo.guesses]
        choices = {
            **dict(enumerate(guesses, 1)),
            **dict(enumerate(self._classes, _FIRST_CLASS)),
        }
        why = f' ({printable_path(photo.reason)})' if photo.reason else ''
        print(f'\n[{place}] {printable_path(photo.path)}{why}\n  {_listed(photo, choices)}')
        best = guesses[0] if guesses else ''
        enter = f'Enter = {printable_path(best)}, ' if best else ''
        while True:
            answer = _ask(f'class? {enter}number, name, s = skip, q = quit: ')
            if answer in (None, 'q'):
                return None
            if answer == 's':
                return ''
            if name := self._name_of(answer or best, choices):
                return name

    def _name_of(self, answer: str, choices: dict[int, str]) -> str:
        """Return the class that an answer means; empty to ask again."""
        if not answer:
            return ''
        names = list(choices.values())
        if answer.isdecimal() and answer not in names:
            if int(answer[:9]) not in choices:
                print(f'  there is no number {answer[:20]}')
                return ''
            answer = choices[int(answer[:9])]
        try:
            name = check_class_name(find_choice(answer, names) or answer)
        except ConfigError as error:
            print(f'  {error}')
            return ''
        return name if name in names else self._confirm_new(name, names)

    def _confirm_new(self, answer: str, names: list[str]) -> str:
        """Return the nearest class or the new one, as the person says; empty for neither."""
        near = nearest_choice(answer, names)
        if near and _ask(f'  did you mean {printable_path(near)}? Enter = yes, n = no: ') == '':
            return near
        shown = printable_path(answer)
        return answer if _ask(f'  make a new class {shown}? Enter = yes, n = no: ') == '' else ''


def _listed(photo: KeptPhoto, choices: dict[int, str]) -> str:
    scores = {number: f' {guess.score:.1%}' for number, guess in enumerate(photo.guesses, 1)}
    shown = [
        f'{number} {printable_path(name)}{scores.get(number, "")}'
        for number, name in list(choices.items())[:_MOST_LISTED]
    ]
    more = len(choices) - _MOST_LISTED
    return '   '.join([*shown, *[f'and {more} more classes'] * (more > 0)]) or 'no guess'


def _ask(question: str) -> str | None:
    """Return what a person types; None at the end of the input."""
    try:
        return input(question).strip()
    except EOFError:
        print()
        return None
    except UnicodeDecodeError:
        return '\ufeff'  # can be no name
