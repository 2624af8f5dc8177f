# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Torch's int8 networks, compiled by TorchScript: the default runtime."""

from __future__ import annotations

from collections.abc import Callable
import ctypes
import io
import time
from typing import Any

import numpy as np
from numpy.typing import NDArray
import torch
from torch import nn, Tensor

from rpi_classifier.errors import ModelError
from rpi_classifier.input_spec import InputMemory, Quantization, Transform
from rpi_classifier.runtime import kernels, known_answer, RuntimeInfo
from rpi_classifier.runtime.engines import choose_engine, move_to_engine
from rpi_classifier.runtime.preprocess import Preprocessor
from rpi_classifier.runtime.torch_warnings import quiet

_CORES = torch.get_num_threads()
# One thread that needs less than a third of a camera's frame is left alone: another one would be
# woken for every frame, and that takes what it saves.
_ENOUGH_NS = 10_000_000
_TIMED_RUNS, _TIMED_NS = 5, 200_000_000  # whichever comes first
_WARM_UP_RUNS = 3  # TorchScript profiles its first two runs and compiles in the third


def set_num_threads(num_threads: int) -> None:
    """Let torch use that many threads, on this thread and those started later; 0: all cores."""
    torch.set_num_threads(num_threads or _CORES)


class Compiled:
    """A network with its input tensor, as all runtimes of torch have it."""

    info: RuntimeInfo

    def __init__(
        self, network: nn.Module, transform: Transform, quantization: Quantization | None
    ) -> None:
        """
        Make the input.

        :param network: [1, 3, size, size] channels-last -> [1, classes] logits.
        :param quantization: of the input; None for float32.
        """
        self.default_threads = self._made_for = _CORES
        self._network = network
        self._transform = transform
        self._take_input(quantization)

    def _take_input(self, quantization: Quantization | None) -> None:
        self.quantization = quantization
        self._input, self.buffer = _input_tensor(self._transform.size, quantization)
        self._prepare = Preprocessor(self._transform, quantization)

    def run(self) -> NDArray[np.float32]:
        """Return the logits, [classes] float32, of what lies in ``buffer``."""
        with torch.inference_mode():
            self._logits: Tensor = self._network(self._input)[0]
        return self._logits.numpy()  # type: ignore[no-any-return]

    def top(self, k: int) -> tuple[list[int], list[float]]:
        """
        Return the k best classes of the last run, best first, and their probabilities.

        Only the winners are sorted: sorting all thousand costs as much as a small network.
        """
        with torch.inference_mode():
            scores, best = torch.softmax(self._logits, 0).topk(min(k, len(self._logits)))
        return best.tolist(), scores.tolist()

    def set_num_threads(self, num_threads: int) -> None:
        """
        Use that many threads; 0: as ``warm_up`` decided. Call it on the thread that runs.

        Engine qnnpack has threads of its own, as many as were set when it was first used in the
        process: for it only loading in a new process changes their number.
        """
        wanted = num_threads or self.default_threads
        set_num_threads(wanted)
        if wanted != self._made_for:
            self._renew()

    def answers(self) -> list[NDArray[np.float32]]:
        """Return the logits of the images of the known-answer check."""
        answers = []
        for image in known_answer.images(self._transform.size):
            self._prepare(image, self.buffer)
            answers.append(self.run().copy())
        return answers

    def warm_up(self) -> None:
        """
        Let TorchScript compile before anybody waits, and see whether one thread is enough.

        For engine qnnpack one thread means that OpenMP's do not disturb qnnpack's own.
        """
        self._compile_by_running()
        before = self._made_for = torch.get_num_threads()
        together_ns = self.fastest_ns()
        self.set_num_threads(1)
        alone_ns = self.fastest_ns()
        self.default_threads = 1 if alone_ns <= max(_ENOUGH_NS, together_ns) else _CORES
        self.set_num_threads(before)

    def _compile_by_running(self) -> None:
        for _ in range(_WARM_UP_RUNS):
            self.run()

    def _renew(self) -> None:
        """
        Make a network anew for the number of threads of now.

        Torch keeps oneDNN's kernels for the number at the first run; with another it seeks them
        in every run, which took a third more time.
        """
        self._made_for = torch.get_num_threads()
        if torch.backends.quantized.engine == 'qnnpack' or not isinstance(
            self._network, torch.jit.ScriptModule
        ):
            return
        stream = io.BytesIO()
        with quiet():
            torch.jit.save(self._network, stream)
            stream.seek(0)
            del self._network  # two large ones may not fit
            self._network = torch.jit.load(stream)
        self._compile_by_running()

    def choose_kernels(self, wanted: str, engine: str) -> tuple[str, str]:
        """
        Rewrite the network for XNNPACK's kernels where that is wanted and works.

        Which kernels are faster depends on the processor, so ``auto`` times both.

        :param wanted: auto, qnnpack or xnnpack.
        :returns: the kernels in use, and why; the reason is empty where there was no choice.
        :raises ModelError: if XNNPACK's are asked for and do not work.
        """
        if not kernels.wants_xnnpack(wanted, engine):
            return engine, ''
        plain, references, plain_ns = self.quantization, self.answers(), self.fastest_ns()
        try:
            if plain is None:
                raise ModelError('the network has a float input')
            kernels.to_qint8(self._network)
        except ModelError as error:
            return _without_xnnpack(wanted, error)
        try:
            self._take_input(kernels.signed(plain))
            verdict = kernels.compare(self.answers(), references)
        except (RuntimeError, ModelError) as error:
            self._back_to_quint8(plain)
            return _without_xnnpack(wanted, error)
        share = self.fastest_ns() / plain_ns
        if wanted == 'auto' and share > 1:
            self._back_to_quint8(plain)
            return 'qnnpack', f"XNNPACK's take {share:.2f} of their time on this processor"
        return 'xnnpack', f"{verdict}, {share:.2f} of the time of qnnpack's"

    def fastest_ns(self) -> int:
        """Return the time of the fastest of some runs: the one least disturbed by others."""
        times_ns: list[int] = []
        while len(times_ns) < _TIMED_RUNS and sum(times_ns) < _TIMED_NS:
            times_ns.append(_time_ns(self.run))
        return min(times_ns)

    def _back_to_quint8(self, quantization: Quantization) -> None:
        kernels.to_quint8(self._network)
        self._take_input(quantization)

    def compile(self) -> None:
        """Script and freeze the network; it cannot be rewritten from then on."""
        self._network = compiled(self._network)


class TorchScript(Compiled):
    """
    A quantized network of torchvision behind the Runtime protocol.

    Its quantization stub is taken off: the preprocessor writes quantized values straight into the
    memory of the input tensor.
    """

    def __init__(
        self,
        network: nn.Module,
        transform: Transform,
        *,
        engine: str = 'auto',
        jit: bool = True,
        trained_for: str = 'qnnpack',
        kernels: str = 'auto',
    ) -> None:
        """
        Move a network to an engine, compile it, and check that it still answers the same.

        :param network: int8 network as torchvision builds it, packed for torch's current engine.
        :param engine: engine to run on.
        :param jit: False runs the network eagerly.
        :param trained_for: engine whose range of values the network was made for.
        :param kernels: of engine qnnpack: auto, qnnpack or xnnpack.
        :raises ModelError: if engine or kernels are missing or the known-answer check fails.
        """
        chosen = choose_engine(engine)
        super().__init__(network, transform, _take_off_stub(network))
        references = self.answers()
        caution = move_to_engine(network, chosen, trained_for)
        in_use, reason = self.choose_kernels(kernels, chosen)
        if jit:
            self.compile()
        self.warm_up()
        verdict = known_answer.check(self.answers(), references)
        self.info = RuntimeInfo('torchscript', chosen, jit, verdict, caution, in_use, reason)


def _time_ns(run: Callable[[], object]) -> int:
    start = time.monotonic_ns()
    run()
    return time.monotonic_ns() - start


def _without_xnnpack(wanted: str, error: Exception) -> tuple[str, str]:
    why = f'XNNPACK does not run this model on torch {torch.__version__}: {first_line(error)}'
    if wanted == 'xnnpack':
        raise ModelError(f"kernels: 'xnnpack': {why}; set kernels: auto") from error
    return 'qnnpack', why


def first_line(error: Exception) -> str:
    """Return torch's own words without where it was in its code."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1] if lines else type(error).__name__


def _take_off_stub(network: nn.Module) -> Quantization:
    stub = getattr(network, 'quant', None)
    if stub is None or not hasattr(stub, 'scale'):
        raise ModelError('the network has no quantized input; give one converted to int8')
    network.quant = nn.Identity()
    return Quantization(float(stub.scale), int(stub.zero_point))


def _input_tensor(size: int, quantization: Quantization | None) -> tuple[Tensor, InputMemory]:
    """Make a channels-last [1, 3, size, size] tensor and an [size, size, 3] view of its memory."""
    if quantization is None:
        floats = torch.zeros(1, size, size, 3)
        return floats.permute(0, 3, 1, 2), floats[0].numpy()
    with quiet():
        tensor = torch._empty_affine_quantized(
            [1, 3, size, size],
            scale=quantization.scale,
            zero_point=quantization.zero_point,
            dtype=torch.qint8 if quantization.signed else torch.quint8,
            memory_format=torch.channels_last,
        )
    memory = (ctypes.c_uint8 * (size * size * 3)).from_address(tensor.data_ptr())
    stored: Any = np.ctypeslib.as_array(memory).view(quantization.dtype)
    return tensor, stored.reshape(size, size, 3)


def compiled(network: nn.Module) -> nn.Module:
    """Script a network, unless it is scripted already, and freeze its weights into the graph."""
    with quiet():
        return torch.jit.freeze(torch.jit.script(network))  # type: ignore[no-any-return]
