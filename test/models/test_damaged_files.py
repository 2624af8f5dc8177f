# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Exported files with damage anywhere: they are refused in one sentence, or they are sound."""

from pathlib import Path
import random

import pytest
from support.refusals import outcome

from rpi_classifier.models.file_kind import identify
from rpi_classifier.models.pte_file import split_pte
from rpi_classifier.models.torchscript_archive import unpack_torchscript

FILES = Path(__file__).resolve().parent.parent / 'fixtures' / 'v0.1'


def damaged(content, generator):
    """Return a copy with bits flipped, bytes replaced, or an end or a middle missing."""
    result = bytearray(content)
    for _ in range(generator.choice([1, 1, 1, 2, 8])):
        start = generator.randrange(len(result) - 4)
        kind = generator.randrange(6)
        if kind < 3:
            result[start] ^= 1 << generator.randrange(8)
        elif kind == 3:
            result[start : start + 4] = generator.randbytes(4)
        elif kind == 4:
            del result[start : min(start + generator.randrange(200), len(result) - 8)]
        else:
            del result[start + 8 :]
    return bytes(result)


def in_bookkeeping(content, generator):
    """Return a copy with bits flipped where a zip file says what it holds."""
    marks = [at for at in range(len(content)) if content[at : at + 2] == b'PK']
    result = bytearray(content)
    for _ in range(generator.choice([1, 2])):
        at = generator.choice(marks) + generator.randrange(60)
        result[min(at, len(result) - 1)] ^= 1 << generator.randrange(8)
    return bytes(result)


@pytest.mark.parametrize(
    ('name', 'read'), [('colours.pt', unpack_torchscript), ('colours.pte', split_pte)]
)
@pytest.mark.parametrize('damage', [damaged, in_bookkeeping])
def test_damage_raises_nothing_but_a_sentence(name, read, damage):
    content, generator = (FILES / name).read_bytes(), random.Random(7)
    refused = 0
    for _ in range(1300):
        variant = damage(content, generator)
        assert identify(variant).advice
        _, refusal = outcome(read, variant, Path('m'))
        assert '\n' not in refusal
        assert refusal.startswith('model m') or not refusal
        refused += bool(refusal)
    assert refused > 500
