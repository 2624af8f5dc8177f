# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The confusion matrix as a picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
import warnings

import numpy as np

from rpi_classifier.benchmark.plot import figure_png
from rpi_classifier.images.font import find_font
from rpi_classifier.training.accuracy import Counts

MOST = 100  # classes in a picture
_WITH_COUNTS = 40  # classes up to which each cell has its number
_FEW = 12  # classes up to which letters are larger
_PALEST = -0.25  # below 0: one mistake among many photos is to be seen, too
_LONGEST = 28  # letters of a label


def draw_confusion(counts: Counts, labels: Sequence[str], title: str) -> tuple[bytes, str]:
    """
    Draw what the photos of each class, a row, were taken for: right ones blue, others red.

    :param counts: [classes, classes]; of more than ``MOST`` classes, those with mistakes are
        drawn, at most as many.
    :returns: the content of a PNG file, and the characters that no font here has.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    chosen = _most_mistaken(counts)
    if len(chosen) < len(labels):
        title = f'{title}\n{len(chosen)} of {len(labels)} classes: those with the most mistakes'
    counts, labels = counts[np.ix_(chosen, chosen)], [labels[index] for index in chosen]
    side = max(4.0, 0.24 * len(labels) if len(labels) > _WITH_COUNTS else 0.45 * len(labels))
    figure = Figure(figsize=(side + 2.5, side + 2.0), layout='constrained')
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    families, missing = _families([*labels, title])
    _draw_cells(axes, counts)
    _write(axes, labels, title, families)
    with warnings.catch_warnings():
        warnings.filterwarnings('ignore', 'Glyph .* missing from')  # the caller is told
        return figure_png(figure), missing


def _most_mistaken(counts: Counts) -> list[int]:
    """Return the indices of the classes to draw, in their order."""
    if len(counts) <= MOST:
        return list(range(len(counts)))
    mistakes = counts.sum(axis=0) + counts.sum(axis=1) - 2 * counts.diagonal()
    chosen = np.argsort(-mistakes, kind='stable')[:MOST]
    return sorted(chosen[mistakes[chosen] > 0].tolist()) or [0]


def _draw_cells(axes: Any, counts: Counts) -> None:
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)  # of a row
    diagonal = np.eye(len(counts), dtype=bool)
    for hidden, colours in ((~diagonal, 'Blues'), (diagonal | (counts == 0), 'Reds')):
        axes.imshow(np.ma.masked_where(hidden, shares), cmap=colours, vmin=_PALEST, vmax=1)
    if len(counts) > _WITH_COUNTS:
        return
    for row, column in zip(*np.nonzero(counts)):
        axes.text(
            column,
            row,
            str(counts[row, column]),
            ha='center',
            va='center',
            fontsize=10 if len(counts) <= _FEW else 8,
            color='white' if shares[row, column] > 0.5 else 'black',
        )


def _write(axes: Any, labels: Sequence[str], title: str, families: list[str]) -> None:
    size = 10 if len(labels) <= _FEW else 8 if len(labels) <= _WITH_COUNTS else 6
    names = [one if len(one) <= _LONGEST else f'{one[: _LONGEST - 1]}…' for one in labels]
    # A dollar sign in a label begins no formula.
    style = {'fontsize': size, 'family': families, 'parse_math': False}
    axes.set_xticks(range(len(labels)), names, rotation=90, **style)
    axes.set_yticks(range(len(labels)), names, **style)
    borders = np.arange(1, len(labels)) - 0.5
    for draw in (axes.hlines, axes.vlines):
        draw(borders, -0.5, len(labels) - 0.5, color='0.85', linewidth=0.4)
    axes.set_xlabel('taken for')
    axes.set_ylabel('class of the photo')
    axes.set_title(title, fontsize=10, family=families, parse_math=False)


def _families(texts: Sequence[str]) -> tuple[list[str], str]:
    """Return the fonts to look for each letter in, and what none of them has."""
    from matplotlib import font_manager

    found = find_font(texts)
    try:
        font_manager.fontManager.addfont(found.path)
        name = font_manager.FontProperties(fname=found.path).get_name()
    except (OSError, RuntimeError):  # no such file, or a kind of font that matplotlib cannot read
        return ['DejaVu Sans'], found.missing
    return ['DejaVu Sans', name], found.missing
