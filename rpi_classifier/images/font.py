# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""A font that has the characters of a model's labels, found by fontconfig."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
import subprocess

import PIL.ImageFont

AnyFont = PIL.ImageFont.FreeTypeFont | PIL.ImageFont.ImageFont

_COMMON = 'DejaVuSans.ttf'  # Pillow finds it by its name where Debian and Ubuntu install it
_TIMEOUT_S = 10.0  # fontconfig may have to build its cache first


@dataclass(frozen=True)
class FontFile:
    """The file of a font, and the characters that it was asked for and lacks, in order."""

    path: str
    missing: str = ''

    @lru_cache(maxsize=8)  # noqa: B019, there are few instances
    def of_size(self, pixels: int) -> AnyFont:
        """Return the font; Pillow's own, which has Latin letters only, if the file is missing."""
        try:
            return PIL.ImageFont.truetype(self.path, pixels)
        except OSError:
            return PIL.ImageFont.load_default(pixels)


def find_font(texts: Iterable[str]) -> FontFile:
    """Return the font of this computer that has the most characters of these texts."""
    wanted = sorted({ord(character) for text in texts for character in text if character > ' '})
    pattern = 'sans:charset=' + ' '.join(f'{code:x}' for code in wanted)
    command = ['fc-match', '--format=%{file}\n%{charset}', pattern]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=_TIMEOUT_S)
    except (OSError, subprocess.SubprocessError):  # there is no fontconfig
        return FontFile(_COMMON)
    path, _, charset = answer.stdout.partition('\n')
    ranges = [_range_of(word) for word in charset.split()]
    missing = [code for code in wanted if not any(code in one for one in ranges)]
    return FontFile(path or _COMMON, ''.join(map(chr, missing)) if ranges else '')


def _range_of(word: str) -> range:
    first, _, last = word.partition('-')
    return range(int(first, 16), int(last or first, 16) + 1)
