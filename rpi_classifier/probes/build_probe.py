# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Builds a model of the zoo and writes it as an exported file; torch never frees what it scripts.

usage: python -m rpi_classifier.probes.build_probe REQUEST

REQUEST is JSON: model, weights, engine, num_threads, output, which is an open file's descriptor,
and parent, a process id. Prints a line of JSON: built, or the error and its message.
"""

from __future__ import annotations

from collections.abc import Mapping
import json
import os
import signal
import sys
from typing import Any

from rpi_classifier.bringup.parent_death import end_with_parent
from rpi_classifier.errors import ModelError


def main() -> None:
    """Build what the command line asks for."""
    request = json.loads(sys.argv[1])
    end_with_parent(signal.SIGKILL, request['parent'])
    try:
        content = _build(request)
    except ModelError as error:
        _tell(error=type(error).__name__, message=str(error))
        return
    with os.fdopen(request['output'], 'wb') as file:
        file.write(content)
    _tell(built=True)


def _build(request: Mapping[str, Any]) -> bytes:
    from rpi_classifier.models.export_torchscript import script_model
    from rpi_classifier.models.torchscript_archive import pack_torchscript
    from rpi_classifier.models.zoo import build_model
    from rpi_classifier.runtime.torchscript import set_torch_threads

    set_torch_threads(request['num_threads'])
    model = build_model(request['model'], request['weights'])
    return pack_torchscript(*script_model(model, request['engine']))


def _tell(**values: Any) -> None:
    print(json.dumps(values), flush=True)


if __name__ == '__main__':
    main()
