# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Tries step by step whether torch works here; doctor runs it as a process.

usage: python -m rpi_classifier.probes.torch_probe

Prints a line of JSON after each step that it survived: torch, torchvision, int8, fp32.
"""

from __future__ import annotations

import json
import time
from typing import Any


def main() -> None:
    """Import torch and torchvision, then compute in int8 and in fp32."""
    start = time.monotonic()
    import torch

    _tell(torch=torch.__version__, seconds=time.monotonic() - start)
    import torchvision

    _tell(torchvision=torchvision.__version__)
    from rpi_classifier.runtime.engines import choose_engine
    from rpi_classifier.runtime.torch_warnings import suppress_torch_warnings

    engine = torch.backends.quantized.engine = choose_engine('auto')
    images, kernels = torch.rand(1, 3, 8, 8), torch.rand(4, 3, 3, 3)
    with suppress_torch_warnings():
        layer = torch.ao.nn.quantized.Conv2d(3, 4, 3)
        layer.set_weight_bias(torch.quantize_per_tensor(kernels, 0.01, 0, torch.qint8), None)
        layer(torch.quantize_per_tensor(images, 0.01, 0, torch.quint8))
    engines = [name for name in torch.backends.quantized.supported_engines if name != 'none']
    _tell(engine=engine, engines=engines)
    torch.nn.functional.conv2d(images, kernels)
    torch.rand(64, 64) @ torch.rand(64, 64)
    _tell(fp32=True)


def _tell(**values: Any) -> None:
    print(json.dumps(values), flush=True)


if __name__ == '__main__':
    main()
