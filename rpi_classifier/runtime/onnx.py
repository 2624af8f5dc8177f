# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
ONNX Runtime: the runtime of FILE.onnx, which needs no torch.

onnxruntime is imported when the first session is made.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
import os
import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rpi_classifier.errors import ModelError
from rpi_classifier.input_spec import InputMemory, Quantization
from rpi_classifier.runtime.base import Logits, RuntimeInfo
from rpi_classifier.runtime.onnx_input import OnnxInput, read_onnx_input
from rpi_classifier.runtime.ort_releases import ORT_ADVICE, require_onnxruntime
from rpi_classifier.runtime.run_times import ENOUGH_NS, fastest_ns
from rpi_classifier.versions import installed

ChooseOutput = Callable[[Mapping[str, NDArray[Any]]], str]

ENGINE = 'cpu'  # what ONNX Runtime calls an execution provider
_ERRORS_ONLY = 3  # of its levels of logging: it warns of devices that a Pi does not have
_REMEDIES = {
    'IR version': 'save it for an older version of ONNX, or update onnxruntime',
    'opset': 'save it for an older operator set, or update onnxruntime',
    'not a registered function/op': 'operators outside ONNX are not supported',
}


def only_output(outputs: Mapping[str, NDArray[Any]]) -> str:
    """
    Return the name of a network's output.

    :raises ModelError: if there are several.
    """
    if len(outputs) != 1:
        raise ModelError(f'it has {len(outputs)} outputs, expected one')
    return next(iter(outputs))


class OnnxRuntime:
    """
    A network of ONNX behind the Runtime protocol.

    ``output_name`` is the name of the output that ``run`` returns.
    """

    def __init__(
        self,
        network: bytes,
        *,
        size: int = 0,
        quantization: Quantization | None = None,
        exact_products: bool = True,
        num_threads: int = 0,
        choose: ChooseOutput = only_output,
    ) -> None:
        """
        Make a session, its input and its output.

        :param network: content of an ONNX file.
        :param size: side of the input in pixels; 0: as the network has it.
        :param quantization: of an input that is uint8.
        :param exact_products: False allows kernels that saturate on x86 processors without VNNI,
            for weights that cannot.
        :param num_threads: 0: ``default_threads``.
        :param choose: looks at the outputs of a first run, by name, and names the one to return.
        :raises ModelError: if onnxruntime is missing, refuses the network, or cannot run it.
        """
        self.info = RuntimeInfo('onnx', ENGINE, 'exported', 'not checked', kernels='mlas')
        self.quantization = quantization
        self._network, self._exact_products = network, exact_products
        session = make_session(network, 1, exact_products)
        self._image = read_onnx_input(session, size)
        self._make_input(self._image)
        outputs = self._run_once(session)
        self.output_name = choose(outputs)
        self._output = np.zeros_like(outputs[self.output_name])
        self._scores: Logits = np.zeros(self._output.size, np.float32)
        self._is_float32 = self._output.dtype == np.float32
        if self._is_float32:
            self._scores = self._output.reshape(-1)
        self._bind(session, 1)
        alone_ns = fastest_ns(self.run)
        self.default_threads = 1 if alone_ns <= ENOUGH_NS else len(os.sched_getaffinity(0))
        self.set_num_threads(num_threads)

    def run(self) -> Logits:
        """Return the scores of what lies in ``buffer``, [classes] float32."""
        if self._planes is not None:
            np.copyto(self._planes, self.buffer.transpose(2, 0, 1)[None])
        self._session.run_with_iobinding(self._binding)
        if not self._is_float32:
            self._scores[:] = self._output.reshape(-1)
        return self._scores

    def set_num_threads(self, num_threads: int) -> None:
        """Use that many threads, 0: ``default_threads``; another number makes a new session."""
        wanted = num_threads or self.default_threads
        if wanted != self._num_threads:
            del self._session, self._binding  # two large ones may not fit
            self._bind(make_session(self._network, wanted, self._exact_products), wanted)

    def _make_input(self, image: OnnxInput) -> None:
        size, dtype = image.size, np.uint8 if image.stored_as_bytes else np.float32
        self.buffer: InputMemory = np.zeros((size, size, 3), dtype)  # type: ignore[assignment]
        # Only networks that others made want planes: one copy per frame.
        self._planes = None if image.channels_last else np.zeros((1, 3, size, size), dtype)
        self._input: NDArray[Any] = self.buffer[None] if self._planes is None else self._planes

    def _run_once(self, session: Any) -> dict[str, NDArray[Any]]:
        """Return all outputs for a black image, by name."""
        names = [one.name for one in session.get_outputs()]
        try:
            return dict(zip(names, session.run(names, {self._image.name: self._input})))
        except Exception as error:  # onnxruntime has a dozen of its own, all plain Exceptions
            raise ModelError(f'it cannot be run: {ort_reason(error)}') from error

    def _bind(self, session: Any, num_threads: int) -> None:
        """Let a session read and write the memory of input and output in place."""
        share, binding = import_onnxruntime().OrtValue.ortvalue_from_numpy, session.io_binding()
        binding.bind_ortvalue_input(self._image.name, share(self._input))
        binding.bind_ortvalue_output(self.output_name, share(self._output))
        self._session, self._binding, self._num_threads = session, binding, num_threads


def make_session(network: bytes, num_threads: int, exact_products: bool) -> Any:
    """
    Let ONNX Runtime load and optimize a network.

    :raises ModelError: if onnxruntime is missing or refuses the network.
    """
    onnxruntime = import_onnxruntime()
    options = onnxruntime.SessionOptions()
    options.log_severity_level = _ERRORS_ONLY
    options.intra_op_num_threads = num_threads  # 0 would tie threads to cores
    options.inter_op_num_threads = 1
    # At a camera's pace threads that sleep are faster than those that spin until the end of a run
    # (p95 0.85 times with two threads, 0.35 times beside a busy process), and take less CPU time.
    options.add_session_config_entry('session.intra_op.allow_spinning', '0')
    options.add_session_config_entry('session.x64quantprecision', str(int(exact_products)))
    try:
        return onnxruntime.InferenceSession(network, options, providers=['CPUExecutionProvider'])
    except Exception as error:  # onnxruntime has a dozen of its own, all plain Exceptions
        reason = ort_reason(error)
        remedy = next((words for key, words in _REMEDIES.items() if key in reason), '')
        raise ModelError(
            f'it cannot be loaded by onnxruntime {installed("onnxruntime")}: {reason}'
            + (f'; {remedy}' if remedy else '')
        ) from error


def import_onnxruntime() -> Any:
    """
    Import onnxruntime.

    :raises ModelError: if it is missing, or cannot be imported beside the installed NumPy.
    """
    require_onnxruntime()
    try:
        import onnxruntime
    except ImportError as error:
        raise ModelError(
            f'onnxruntime {installed("onnxruntime")} cannot be imported ({error}); {ORT_ADVICE}'
        ) from error
    return onnxruntime


def ort_reason(error: Exception) -> str:
    """Return ONNX Runtime's own sentence, without the code that precedes it."""
    text = ' '.join(str(error).split())
    return re.sub(r'^\[ONNXRuntimeError\] : \d+ : \w+ : ', '', text).rstrip('.')
