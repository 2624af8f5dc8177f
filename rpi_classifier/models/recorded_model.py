# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What files with a record have in common, whatever their format."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from rpi_classifier.errors import ModelError
from rpi_classifier.models.model import LoadedModel
from rpi_classifier.models.record import ModelMetadata
from rpi_classifier.runtime.base import Runtime
from rpi_classifier.runtime.known_answer import check_known_answers, known_answers


def recorded_model(runtime: Runtime, metadata: ModelMetadata, sha256: str = '') -> LoadedModel:
    """
    Compare a runtime's answers with the recorded ones, and join it with its record.

    :param sha256: of the file, as far as it is known here.
    :raises ModelError: if the answers differ by more than the known-answer check allows.
    """
    answers = known_answers(runtime, metadata.transform)
    verdict = check_known_answers(answers, metadata.answers, usual_spread=metadata.usual_spread)
    caution = '; '.join(filter(None, (metadata.caution, runtime.info.caution)))
    runtime.info = replace(runtime.info, known_answer=verdict, caution=caution)
    return LoadedModel(
        metadata.name,
        runtime,
        metadata.transform,
        metadata.labels,
        metadata.weights_backend,
        sha256,
        metadata.output_kind,
        metadata.temperature,
        metadata.region,
    )


def refuse_record(path: Path, metadata: ModelMetadata | None) -> None:
    """
    Check that a file to be packed has no record yet.

    :raises ModelError: if it has one.
    """
    if metadata:
        raise ModelError(
            f'model {path} has a record already, with {len(metadata.labels)} labels, so a node '
            'takes it as it is; to describe it in another way, pack the file that it was made of'
        )
