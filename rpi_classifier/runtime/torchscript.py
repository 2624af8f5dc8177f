# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Torch's int8 networks, compiled by TorchScript: the default runtime."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
import io
from typing import Any, TypeAlias

import torch
from torch import nn, Tensor

from rpi_classifier.input_spec import Quantization, Transform
from rpi_classifier.runtime.base import Logits, RuntimeInfo
from rpi_classifier.runtime.engines import choose_engine, move_to_engine
from rpi_classifier.runtime.kernels import choose_kernels
from rpi_classifier.runtime.known_answer import check_known_answers, known_answers
from rpi_classifier.runtime.run_times import ENOUGH_NS, fastest_ns, paced_ns
from rpi_classifier.runtime.torch_input import input_tensor, take_off_stub
from rpi_classifier.runtime.torch_warnings import suppress_torch_warnings
from rpi_classifier.runtime.usual_spread import find_usual_spread

_CORES = torch.get_num_threads()
_WARM_UP_RUNS = 3  # TorchScript profiles its first two runs and compiles in the third

# Takes the scores, [classes] float32, out of what a network returns.
TakeScores: TypeAlias = 'Callable[[Any], Tensor]'


def first_row(returned: Any) -> Tensor:
    """Return the scores of a network that returns [1, classes]."""
    return returned[0]  # type: ignore[no-any-return]


def set_torch_threads(num_threads: int) -> None:
    """Let torch use that many threads, on this thread and those started later; 0: all cores."""
    torch.set_num_threads(num_threads or _CORES)


def torch_runtime(
    network: nn.Module,
    transform: Transform,
    *,
    engine: str = 'auto',
    jit: bool = True,
    weights_backend: str = 'qnnpack',
    kernels: str = 'auto',
) -> TorchRuntime:
    """
    Move an int8 network to an engine, compile it, and check that it still answers the same.

    The network loses its quantization stub: the preprocessor writes quantized values straight
    into the memory of the input tensor.

    :param network: int8 network as torchvision builds it, packed for torch's current engine;
        changed in place.
    :param engine: engine to run on.
    :param jit: False runs the network eagerly.
    :param weights_backend: engine for whose range of values the network was trained.
    :param kernels: of engine qnnpack: auto, qnnpack or xnnpack.
    :raises ModelError: if engine or kernels are missing or the known-answer check fails.
    """
    chosen = choose_engine(engine)
    quantization = take_off_stub(network)
    original = TorchRuntime(network, transform.size, quantization)
    references = known_answers(original, transform)
    usual_spread = find_usual_spread(network)
    caution = move_to_engine(network, chosen, weights_backend)
    runtime = prepare_runtime(
        network, transform, quantization, engine=chosen, jit=jit, kernels=kernels
    )
    answers = known_answers(runtime, transform)
    verdict = check_known_answers(answers, references, usual_spread=usual_spread)
    runtime.info = replace(runtime.info, known_answer=verdict, caution=caution)
    return runtime


def prepare_runtime(
    network: nn.Module,
    transform: Transform,
    quantization: Quantization | None,
    *,
    engine: str,
    kernels: str,
    jit: bool = True,
    take: TakeScores = first_row,
) -> TorchRuntime:
    """
    Choose kernels for a network, compile it, and warm it up; nothing checks its answers.

    :param network: [1, 3, size, size] channels-last -> what ``take`` takes the scores out of;
        packed for ``engine``.
    :param quantization: of the input; None for float32.
    :raises ModelError: if the kernels are missing.
    """
    most_threads = torch.get_num_threads()
    if engine != 'qnnpack':  # whose pool keeps the size of its first use
        set_torch_threads(1)  # which is enough for most, and then nothing is loaded twice
    trial = partial(_answers_and_ns, network, transform)
    choice = choose_kernels(network, quantization, trial, wanted=kernels, engine=engine)
    runtime = TorchRuntime(network, transform.size, choice.quantization, take)
    if jit:
        # Frozen int8 networks that raise an error may end the process, so let it be raised here.
        runtime.run()
        runtime.compile()
    runtime.warm_up(most_threads)
    runtime.info = RuntimeInfo(
        'torchscript',
        engine,
        'jit' if jit else 'eager',
        'not checked',
        kernels=choice.kernels,
        kernels_reason=choice.reason,
    )
    return runtime


class TorchRuntime:
    """A network of torch, eager or scripted, behind the Runtime protocol."""

    def __init__(
        self,
        network: nn.Module,
        size: int,
        quantization: Quantization | None = None,
        take: TakeScores = first_row,
    ) -> None:
        """
        Allocate the input.

        :param network: [1, 3, size, size] channels-last -> what ``take`` takes the scores out of.
        :param quantization: of the input; None for float32.
        """
        engine = torch.backends.quantized.engine
        self.info = RuntimeInfo('torchscript', engine, 'eager', 'not checked')
        self.default_threads, self._made_for = _CORES, torch.get_num_threads()
        self.quantization = quantization
        self._input, self.buffer = input_tensor(size, quantization)
        self._network = network
        self._take = take

    def run(self) -> Logits:
        """Return the scores of what lies in ``buffer``, [classes] float32."""
        with torch.inference_mode():
            scores = self._take(self._network(self._input))
        return scores.numpy()  # type: ignore[return-value]

    def set_num_threads(self, num_threads: int) -> None:
        """
        Use that many threads, 0: as ``warm_up`` decided; call it on the inferring thread.

        Engine qnnpack has threads of its own, as many as were set when the process first used it;
        only a new process can change that number.
        """
        wanted = num_threads or self.default_threads
        set_torch_threads(wanted)
        if wanted != self._made_for:
            self._renew()

    def compile(self) -> None:
        """Script and freeze the network; nothing can rewrite it from then on."""
        self._network = compile_network(self._network)

    def warm_up(self, most_threads: int) -> None:
        """
        Let TorchScript compile before anybody waits, and decide whether one thread is enough.

        :param most_threads: to be tried.
        """
        self._compile_by_running()
        self._made_for = torch.get_num_threads()
        if _CORES > 1:
            self.default_threads = self._fitting_threads(most_threads)
        self.set_num_threads(0)

    def _fitting_threads(self, most: int) -> int:
        """
        Return one, or all cores if they are needed and help at a camera's pace.

        More than one thread has to be woken for every frame. For engine qnnpack one thread means
        that OpenMP's threads do not disturb qnnpack's own.
        """
        self.set_num_threads(1)
        alone_ns = paced_ns(self.run)
        if alone_ns <= ENOUGH_NS:
            return 1
        if most == 1:
            return _CORES
        self.set_num_threads(most)
        return 1 if alone_ns <= paced_ns(self.run) else _CORES

    def _compile_by_running(self) -> None:
        for _ in range(_WARM_UP_RUNS):
            self.run()

    def _renew(self) -> None:
        """
        Load the network again, for the present number of threads.

        Torch keeps oneDNN's kernels for the number of threads at the first run. With another
        number it looks for them in every run, which takes a third more time.
        """
        self._made_for = torch.get_num_threads()
        if torch.backends.quantized.engine == 'qnnpack' or not isinstance(
            self._network, torch.jit.ScriptModule
        ):
            return
        stream = io.BytesIO()
        with suppress_torch_warnings():
            torch.jit.save(self._network, stream)
            stream.seek(0)
            del self._network  # two large ones may not fit
            self._network = torch.jit.load(stream)
        self._compile_by_running()


def compile_network(network: nn.Module) -> nn.Module:
    """Script a network, unless it is scripted already, and freeze its weights into the graph."""
    with suppress_torch_warnings():
        return torch.jit.freeze(torch.jit.script(network))  # type: ignore[no-any-return]


def load_network(data: bytes, engine: str) -> nn.Module:
    """
    Load the content of a TorchScript file and pack its int8 weights for an engine.

    :param engine: becomes torch's global engine.
    :raises RuntimeError: if torch cannot load it.
    """
    torch.backends.quantized.engine = engine
    with suppress_torch_warnings():
        # Torch announces the end of quantized tensors once. If loading makes the first one, that
        # comes from C++, past Python's filters.
        torch.quantize_per_tensor(torch.zeros(1), 1.0, 0, torch.quint8)
        return torch.jit.load(io.BytesIO(data), map_location='cpu').eval()  # type: ignore


def _answers_and_ns(
    network: nn.Module, transform: Transform, quantization: Quantization | None
) -> tuple[list[Logits], int]:
    """Run a network as it is now on such an input."""
    runtime = TorchRuntime(network, transform.size, quantization)
    return known_answers(runtime, transform), fastest_ns(runtime.run)
