# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The options of collect: which there are, and which go together."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
import re

from rpi_classifier.camera.open import source_kind
from rpi_classifier.cli.command import check_seconds, path_option
from rpi_classifier.collect.filter import BLUR, DIFFERENCE
from rpi_classifier.errors import ConfigError
from rpi_classifier.files.paths import expand_path

# The parser leaves None, so that check_options can tell which options were given.
_DEVICE = '/dev/video0'
_DEFAULTS: dict[str, object] = {
    'device': _DEVICE, 'count': 60, 'every': 0.5, 'size': (640, 480), 'pixel_format': 'auto',
    'difference': DIFFERENCE, 'blur': BLUR, 'wait': 10.0, 'patience': 60.0, 'least': 0.0,
}  # fmt: skip
_ALL = {'class_', 'count', 'difference', 'blur'}
_LIVE = _ALL | {'every', 'wait', 'patience'}
# The options that have an effect, by what the photos come from.
_USED = {
    'a camera': _LIVE | {'device', 'size', 'pixel_format'},
    'a topic': _LIVE | {'topic'},
    'a video': _ALL | {'device', 'every'},
    'photos': _ALL | {'device'},
    '--from': {'kept', 'yes', 'least'},
}
LIVE = ('a camera', 'a topic')  # the sources that never end
_MOST = 100_000


def arguments(words: Sequence[str] | None) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        prog='collect',
        description='Take photos of one class into FOLDER/CLASS, to train a model with: from a '
        'camera, a video, photos or a running image topic; or sort what the classifier kept.',
    )
    parser.add_argument('--class', dest='class_', metavar='NAME', help='what the photos show')
    parser.add_argument('--count', type=int, help='number of photos to keep (default: 60)')
    parser.add_argument(
        '--every',
        type=float,
        metavar='SECONDS',
        help='time between two pictures, that of the video if it is one (default: 0.5)',
    )
    parser.add_argument(
        '--output',
        type=path_option('--output'),
        default=Path('photos'),
        metavar='FOLDER',
        help='the folder with a folder for each class (default: photos)',
    )
    _add_source_options(parser)
    _add_choice_options(parser)
    _add_kept_options(parser)
    return parser.parse_args(words)


def _add_source_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group('where the pictures come from')
    group.add_argument(
        '--device',
        type=lambda text: expand_path(text, '--device'),
        help='camera (path, index or name), video file, photo or folder of photos (default: '
        '/dev/video0)',
    )
    group.add_argument(
        '--topic', help='a topic of images, raw or compressed, in place of a device'
    )
    group.add_argument(
        '--size', type=_size, metavar='WIDTHxHEIGHT', help='of a camera (default: 640x480)'
    )
    group.add_argument('--pixel-format', metavar='NAME', help='of a camera (default: auto)')
    group.add_argument(
        '--wait',
        type=float,
        metavar='SECONDS',
        help='longest wait for an image (default: 10); exit status 3 if none comes',
    )
    group.add_argument(
        '--patience',
        type=float,
        metavar='SECONDS',
        help='longest time in which images come and none is new and sharp (default: 60); exit '
        'status 3 then',
    )


def _add_choice_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group('what is kept')
    group.add_argument(
        '--difference',
        type=float,
        metavar='LEVELS',
        help='least difference from every photo of the class, in levels of 256 (default: '
        f'{DIFFERENCE:g}; 0: keep near-duplicates)',
    )
    group.add_argument(
        '--blur',
        type=float,
        metavar='PART',
        help='least sharpness as a part of that of the last pictures (default: '
        f'{BLUR:g}, and 0 for photos; 0: keep blurred ones)',
    )


def _add_kept_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group('sorting what the classifier kept')
    group.add_argument(
        '--from',
        dest='kept',
        type=path_option('--from'),
        metavar='KEPT',
        help="the classifier's keep_folder: shows its guess for each image and asks for the class",
    )
    group.add_argument(
        '--yes', action='store_true', default=None, help='take every guess, without asking'
    )
    group.add_argument(
        '--least',
        type=float,
        metavar='SCORE',
        help='with --yes: least score of a guess (default: 0)',
    )


def check_options(options: argparse.Namespace) -> str:
    """
    Check that options go together, and give those that are missing their defaults.

    :returns: what the photos come from: ``a camera``, ``a topic``, ``a video``, ``photos`` or
        ``--from``.
    :raises ConfigError: if an option would have no effect, or a value is not allowed.
    """
    source = _source_of(options)
    for name, value in vars(options).items():
        if value is not None and name not in {*_USED[source], 'output'}:
            raise ConfigError(f'{_option(name)} has no effect with {source}; leave it out')
    if options.least is not None and not options.yes:
        raise ConfigError(f'--least: {options.least:g} is for --yes only; add it')
    if source != '--from' and options.class_ is None:
        raise ConfigError('name the class of the photos, as in --class cup, or give --from KEPT')
    defaults = {**_DEFAULTS, 'blur': 0.0} if source == 'photos' else _DEFAULTS
    for name, value in defaults.items():
        if getattr(options, name) is None:
            setattr(options, name, value)
    _check_numbers(options)
    return source


def _source_of(options: argparse.Namespace) -> str:
    if options.kept is not None:
        return '--from'
    if options.topic is not None:
        return 'a topic'
    kind = source_kind(_DEVICE if options.device is None else options.device)
    return {'photos': 'photos', 'video': 'a video'}.get(kind, 'a camera')


def _option(name: str) -> str:
    return {'class_': '--class', 'kept': '--from'}.get(name, f'--{name.replace("_", "-")}')


def _check_numbers(options: argparse.Namespace) -> None:
    if not 1 <= options.count <= _MOST:
        raise ConfigError(f'--count: {options.count} is not a number of photos from 1 to {_MOST}')
    for name in ('every', 'wait', 'patience'):
        check_seconds(f'--{name}', getattr(options, name))
    for name, most in (('difference', 255), ('blur', 1), ('least', 1)):
        value = getattr(options, name)
        if not 0 <= value <= most:
            raise ConfigError(f'--{name}: {value:g} is not a number from 0 to {most}')


def _size(text: str) -> tuple[int, int]:
    found = re.fullmatch(r'(\d{1,5})[xX](\d{1,5})', text.strip())
    if not found:
        raise argparse.ArgumentTypeError(f'{text!r} is not a size; write it as 640x480')
    return int(found[1]), int(found[2])
