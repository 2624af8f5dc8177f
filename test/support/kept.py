# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""A folder as the classifier keeps images in it."""

from __future__ import annotations

from pathlib import Path

from support.scenes import scene

from rpi_classifier.files.kept_folder import KeptFolder
from rpi_classifier.images.encode import encode_jpeg


def keep(folder: Path, *guesses: list[tuple[str, float]]) -> list[Path]:
    """Keep a photo with a record for each list of classes and scores; return their paths."""
    kept = KeptFolder(folder)
    for number, classes in enumerate(guesses):
        results = [
            {'index': index, 'label': label, 'score': score}
            for index, (label, score) in enumerate(classes)
        ]
        record = {'stamp_ns': 7, 'reason': 'unsure', 'model_sha256': '', 'results': results}
        kept.write(encode_jpeg(scene(number), 92), record, 10**9)
    return sorted(folder.glob('*.jpg'))
