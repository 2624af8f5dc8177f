# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Write a model of the zoo as a file, in a process that ends with its parent and may die."""

from __future__ import annotations

from dataclasses import asdict
import json
from pathlib import Path
import signal
import sys
from typing import Any

from rpi_classifier.bringup.parent_death import end_with_parent
from rpi_classifier.errors import RpiClassifierError
from rpi_classifier.models.file_format import ExportRequest
from rpi_classifier.models.load import format_of
from rpi_classifier.probes.run_probe import run_probe

_LIMIT_S = 1200.0  # an export to ExecuTorch takes two minutes on a PC


def build_file(request: ExportRequest) -> str:
    """Export a model in a process of its own; return why that failed, or an empty string."""
    words = json.dumps(asdict(request), default=str)
    return run_probe('-m', 'rpi_classifier.benchmark.build_file', words, limit_s=_LIMIT_S).failure


def _request_of(words: dict[str, Any]) -> ExportRequest:
    """Return a request whose paths were written as text."""
    paths = {'output': Path(words['output']), 'photos': tuple(map(Path, words['photos']))}
    return ExportRequest(**{**words, **paths})


def main() -> int:
    """Export what the command line describes; the last line on standard error is the reason."""
    end_with_parent(signal.SIGKILL)
    request = _request_of(json.loads(sys.argv[1]))
    try:
        format_of(str(request.output)).export(request)
    except RpiClassifierError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == '__main__':
    sys.exit(main())
