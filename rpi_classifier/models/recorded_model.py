# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The last step of loading a file with a record, whatever its format."""

from __future__ import annotations

from dataclasses import replace

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
    verdict = check_known_answers(known_answers(runtime, metadata.transform), metadata.answers)
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
    )
