# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Imports onnxruntime, which may kill the process, and prints its version as JSON.

usage: python -m rpi_classifier.probes.onnx_probe
"""

from __future__ import annotations

import json


def main() -> None:
    """Print the version."""
    import onnxruntime

    print(json.dumps({'onnxruntime': onnxruntime.__version__}))


if __name__ == '__main__':
    main()
