# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Runs a TorchScript file that others made, where it may die: torch ends some processes with it.

usage: python -m rpi_classifier.probes.foreign_model_probe REQUEST

REQUEST is JSON: model, sha256, size, resize, mean, std, engine, reference_engine, classes. Prints
a line of JSON after each step that succeeds: first what the network answers as it is, on
``reference_engine``, then whether it runs on ``engine`` when it is compiled. What is refused, and
what torch or the network raises, are lines too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
import json
import sys
from typing import Any

import numpy as np
from numpy.typing import NDArray
import torch
from torch import nn, Tensor

from rpi_classifier.errors import ModelError
from rpi_classifier.input_spec import Transform
from rpi_classifier.models.files import read_model_file
from rpi_classifier.models.outputs import check_repeatable, check_scores, choose_output
from rpi_classifier.models.script_graph import last_operation
from rpi_classifier.runtime.known_answer import known_images, plain_images
from rpi_classifier.runtime.preprocess import Preprocessor
from rpi_classifier.runtime.torch_input import input_tensor
from rpi_classifier.runtime.torch_warnings import suppress_torch_warnings, torch_reason
from rpi_classifier.runtime.torchscript import compile_network, load_network

_COMPILED_RUNS = 3  # TorchScript profiles two runs and compiles in the third
_Run = Callable[[NDArray[np.uint8]], Any]


def main() -> None:
    """Take the steps; networks may raise anything."""
    request = json.loads(sys.argv[1])
    try:
        with suppress_torch_warnings():
            _try(request)
    except ModelError as error:
        _tell(refusal=str(error))
    except Exception as error:
        _tell(raised=torch_reason(error))


def _try(request: Mapping[str, Any]) -> None:
    data = read_model_file(request['model'], request['sha256'])[1]
    transform = Transform(
        request['size'], request['resize'], tuple(request['mean']), tuple(request['std'])
    )
    network = load_network(data, request['reference_engine'])
    _tell(loaded=True)
    _tell_answers(network, _runner(network, transform), transform.size, request['classes'])
    network = load_network(data, request['engine'])
    try:
        run = _runner(compile_network(network), transform)
        for _ in range(_COMPILED_RUNS):
            run(known_images(transform.size)[0])
        _tell(compiled=True)
    except Exception as error:
        _tell(compiled=False, reason=torch_reason(error))


def _runner(network: nn.Module, transform: Transform) -> _Run:
    """Return a function that runs a network on an image, [size, size, 3] BGR."""
    tensor, buffer = input_tensor(transform.size, None)
    preprocess = Preprocessor(transform)

    def run(image: NDArray[np.uint8]) -> Any:
        preprocess(image, buffer)
        with torch.inference_mode():
            return _as_arrays(network(tensor))

    return run


def _as_arrays(returned: Any) -> Any:
    """Turn the tensors of what a network returns into arrays; they are copies."""
    if isinstance(returned, Tensor):
        if returned.is_quantized or returned.dtype == torch.bfloat16:
            returned = returned.dequantize()
        return returned.numpy().copy()
    if isinstance(returned, Mapping):
        return {key: _as_arrays(value) for key, value in returned.items()}
    if isinstance(returned, (tuple, list)):
        return [_as_arrays(value) for value in returned]
    return returned


def _tell_answers(network: nn.Module, run: _Run, size: int, classes: int) -> None:
    images = known_images(size)
    choice = choose_output(run(images[0]), classes)
    answers = [check_scores(choice.take(run(image))) for image in images]
    again = [check_scores(choice.take(run(image))) for image in images]
    check_repeatable(answers, again)
    more = [check_scores(choice.take(run(image))) for image in plain_images(size)]
    _tell(
        path=choice.path,
        classes=choice.classes,
        answers=[answer.tolist() for answer in answers],
        more_answers=[answer.tolist() for answer in more],
        last_operation=last_operation(network, choice.path),
    )


def _tell(**values: Any) -> None:
    print(json.dumps(values), flush=True)


if __name__ == '__main__':
    main()
