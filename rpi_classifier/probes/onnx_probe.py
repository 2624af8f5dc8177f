# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Imports onnxruntime, which may kill the process, and runs a network, which may take all memory.

usage: python -m rpi_classifier.probes.onnx_probe [FILE SHA256 SIZE]

SIZE is the side of the input in pixels; 0: as the network has it. Prints a line of JSON after each
step that succeeds, and why a network is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
import json
import signal
import sys
from typing import Any

from rpi_classifier.bringup.parent_death import end_with_parent
from rpi_classifier.errors import ModelError
from rpi_classifier.models.files import read_model_file
from rpi_classifier.runtime.onnx import import_onnxruntime, OnnxRuntime


def main() -> None:
    """Take the steps."""
    end_with_parent(signal.SIGKILL)
    try:
        _tell(onnxruntime=import_onnxruntime().__version__)
        if len(sys.argv) > 1:
            file, sha256, size = sys.argv[1:]
            _, data = read_model_file(file, sha256)
            OnnxRuntime(data, size=int(size), choose=_stop)
    except _Ran:
        _tell(runs=True)
    except ModelError as error:
        _tell(refusal=str(error))


class _Ran(Exception):
    """The network ran once; which of its outputs counts is decided elsewhere."""


def _stop(outputs: Mapping[str, Any]) -> str:
    raise _Ran


def _tell(**values: Any) -> None:
    print(json.dumps(values), flush=True)


if __name__ == '__main__':
    main()
