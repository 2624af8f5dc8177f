# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""collect: take photos of one class, or sort those that the classifier kept."""

from __future__ import annotations

import argparse
from collections.abc import Generator, Sequence
from contextlib import closing
from pathlib import Path
import sys
from typing import cast

from rpi_classifier.cli.collect_kept import sort_kept_photos
from rpi_classifier.cli.collect_options import arguments, check_options, LIVE
from rpi_classifier.cli.collect_summary import print_classes, tell
from rpi_classifier.cli.command import run_command
from rpi_classifier.cli.graph import graph_listener
from rpi_classifier.cli.progress import progress
from rpi_classifier.collect.class_folders import find_classes, photos_of_class
from rpi_classifier.collect.collector import collect_photos, Tally
from rpi_classifier.collect.filter import PhotoFilter
from rpi_classifier.collect.folder import (
    check_class_name,
    check_output_folder,
    ClassFolder,
)
from rpi_classifier.collect.sources import (
    camera_pictures,
    photo_pictures,
    video_pictures,
)
from rpi_classifier.config import CameraConfig
from rpi_classifier.config.choices import find_choice
from rpi_classifier.files.paths import describe_path
from rpi_classifier.images.picture import Picture
from rpi_classifier.wording import printable_path

_MANY = 100  # photos take seconds to read


def collect(words: Sequence[str] | None) -> None:
    """
    Do what the command line asks for, and print what the folder has then, however it ends.

    :raises RpiClassifierError: if options are wrong, the source gives nothing, or a photo cannot
        be written.
    """
    options = arguments(words)
    source = check_options(options)
    check_output_folder(options.output)
    if source == '--from':
        sort_kept_photos(options)
    else:
        _collect_class(options, source)


def _collect_class(options: argparse.Namespace, source: str) -> None:
    name = check_class_name(options.class_)
    _tell_of_other_spelling(name, options.output)
    folder, tally = ClassFolder(options.output, name), Tally()
    try:
        with closing(_pictures(options, source)) as pictures:
            choice = PhotoFilter(options.difference, options.blur)
            _learn(choice, folder)
            with progress('collect', options.count) as advance:
                collect_photos(
                    pictures,
                    folder,
                    choice,
                    tally,
                    count=options.count,
                    patience_s=options.patience if source in LIVE else float('inf'),
                    advance=advance,
                )
    finally:
        if tally.seen:
            print(f'{describe_path(folder.path)}: {tally}')
            print_classes(options.output)


def _pictures(options: argparse.Namespace, source: str) -> Generator[Picture, None, None]:
    """Return what yields the pictures; nothing is opened before the first one is asked for."""
    if source == 'a topic':
        listener = graph_listener('--topic needs')
        found = listener.sample_images(options.topic, options.every, options.wait, tell)
    elif source == 'a video':
        found = video_pictures(options.device, options.every, tell)
    elif source == 'photos':
        found = photo_pictures(Path(options.device), tell)
    else:
        width, height = options.size
        config = CameraConfig(
            device=options.device,
            width=width,
            height=height,
            pixel_format=options.pixel_format,
        )
        found = camera_pictures(config, options.every, options.wait, tell)
    return cast('Generator[Picture, None, None]', found)


def _learn(choice: PhotoFilter, folder: ClassFolder) -> None:
    """Make the filter skip what resembles a photo of the folder."""
    photos = photos_of_class(folder.path)
    if len(photos) > _MANY:
        tell(f'comparing with the {len(photos)} photos of {describe_path(folder.path)} ...')
    if damaged := choice.learn(photos):
        tell(
            f'{damaged} of the {len(photos)} photos of {describe_path(folder.path)} cannot be '
            'decoded, and nothing is compared with them'
        )


def _tell_of_other_spelling(name: str, folder: Path) -> None:
    classes = find_classes(folder)
    other = find_choice(name, classes)
    if name not in classes and other:
        tell(f'{printable_path(name)} is a new class; {describe_path(folder)} has {other}, too')


def main(words: Sequence[str] | None = None) -> int:
    """
    Run the command.

    :returns: the exit status: 2 for a bad option, 3 if nothing came or nothing new, 1 if the
        camera or the folder fails, 130 for Ctrl-C; what was taken stays in all cases.
    """
    return run_command('collect', collect, words)


if __name__ == '__main__':
    sys.exit(main())
