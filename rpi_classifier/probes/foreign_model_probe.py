# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Runs a TorchScript file that others made, where it may die: torch ends some processes with it.

usage: python -m rpi_classifier.probes.foreign_model_probe REQUEST

REQUEST is JSON: model, sha256, size, resize, mean, std, engine, reference_engine, classes, and
parent, a process id. Prints a line of JSON after each step that succeeds: first what the network
answers as it is, on ``reference_engine``, then whether it answers the same on ``engine`` when it
is compiled. What is refused, and what torch or the network raises, are lines too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
import json
import signal
import sys
from typing import Any

import numpy as np
import torch
from torch import nn

from rpi_classifier.bringup.parent_death import end_with_parent
from rpi_classifier.errors import ModelError
from rpi_classifier.input_spec import Image, Transform
from rpi_classifier.models.files import read_model_file
from rpi_classifier.models.outputs import check_scores, choose_output, OutputChoice
from rpi_classifier.models.script_graph import last_operation
from rpi_classifier.models.tensor_outputs import arrays_of_tensors
from rpi_classifier.runtime.base import Logits
from rpi_classifier.runtime.known_answer import (
    distance,
    known_images,
    largest_distance,
    plain_images,
    SAME_NETWORK,
)
from rpi_classifier.runtime.preprocess import Preprocessor
from rpi_classifier.runtime.torch_input import input_tensor
from rpi_classifier.runtime.torch_warnings import suppress_torch_warnings, torch_reason
from rpi_classifier.runtime.torchscript import compile_network, load_network

_SAME = 1e-3  # threads may add in another order
_REPEATS = 3  # dropout of a few scores may drop the same ones twice
_COMPILED_RUNS = 3  # TorchScript profiles two runs and compiles in the third
_Run = Callable[[Image], Any]


def main() -> None:
    """Take the steps; networks may raise anything."""
    request = json.loads(sys.argv[1])
    end_with_parent(signal.SIGKILL, request['parent'])
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
    run = _runner(network, transform)
    images = known_images(transform.size)
    output = choose_output(run(images[0]), request['classes'])
    _tell_answers(network, run, output, images)
    network = load_network(data, request['engine'])
    try:
        _compare_compiled(network, transform, output)
        _tell(compiled=True)
    except Exception as error:
        _tell(compiled=False, reason=torch_reason(error))


def _runner(network: nn.Module, transform: Transform) -> _Run:
    """Return a function that runs a network on an image, [size, size, 3] BGR."""
    tensor, buffer = input_tensor(transform.size, None)
    preprocess = Preprocessor(transform)

    def run(image: Image) -> Any:
        preprocess(image, buffer)
        with torch.inference_mode():
            return arrays_of_tensors(network(tensor))

    return run


def _tell_answers(
    network: nn.Module, run: _Run, output: OutputChoice, images: Sequence[Image]
) -> None:
    answers = _answers(run, output, images)
    for _ in range(_REPEATS):
        for again, answer in zip(_answers(run, output, images), answers):
            _require_same(again, answer)
    more = _answers(run, output, plain_images(len(images[0])))
    _tell(
        path=output.path,
        classes=output.classes,
        answers=[answer.tolist() for answer in answers],
        more_answers=[answer.tolist() for answer in more],
        last_operation=last_operation(network, output.path),
    )


def _require_same(again: Logits, answer: Logits) -> None:
    if distance(again, answer, float(np.abs(answer).max())) > _SAME:
        at = int(np.abs(again - answer).argmax())
        raise ModelError(
            f'it answers the same image differently, {answer[at]:.4g} and {again[at]:.4g} for '
            f'class {at}, as networks do that were traced in training mode; call network.eval() '
            'before it is traced'
        )


def _answers(run: _Run, output: OutputChoice, images: Sequence[Image]) -> list[Logits]:
    return [check_scores(output.take(run(image))) for image in images]


def _compare_compiled(network: nn.Module, transform: Transform, output: OutputChoice) -> None:
    """
    Compile a network and compare it with itself.

    :raises ModelError: if its answers differ then; torch raises more.
    """
    images = known_images(transform.size)
    references = _answers(_runner(network, transform), output, images)
    run = _runner(compile_network(network), transform)
    for _ in range(_COMPILED_RUNS):
        answers = _answers(run, output, images)
    worst = largest_distance(answers, references)
    if not worst <= SAME_NETWORK:
        raise ModelError(f'its answers would be off by {worst:.2f} of their spread')


def _tell(**values: Any) -> None:
    print(json.dumps(values), flush=True)


if __name__ == '__main__':
    main()
