# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
ExecuTorch's XNNPACK kernels: the runtime of files that export_model --runtime executorch wrote.

The bindings are linked against libtorch_python and take tensors, so this module imports torch,
too. It takes them from the module ``_C``: ``executorch.runtime`` would import the whole exporter
as well, which costs seconds and 220 MB at every start.
"""

from __future__ import annotations

from typing import Any

import torch

from rpi_classifier.errors import ModelError
from rpi_classifier.input_spec import InputMemory, Quantization
from rpi_classifier.runtime.base import Logits, RuntimeInfo
from rpi_classifier.versions import installed

ENGINE = 'xnnpack'
INSTALL = 'run: scripts/setup --with-executorch, or see "ExecuTorch" in doc/models.md'


class ExecuTorchRuntime:
    """
    A program of ExecuTorch behind the Runtime protocol.

    One per process: ExecuTorch owns the pool of threads and makes a new one when their number
    changes.
    """

    quantization: Quantization | None = None

    def __init__(self, program: bytes, size: int, num_threads: int = 0) -> None:
        """
        Load a program that is known to be whole.

        :param program: [1, 3, size, size] float32 channels-last -> [1, classes] logits.
        :raises ModelError: if ExecuTorch is missing or cannot load it.
        """
        self.info = RuntimeInfo('executorch', ENGINE, 'exported', 'not checked', kernels=ENGINE)
        self._bindings = load_bindings()
        self._program = program  # the loaded method reads it in place
        self.default_threads: int = self._bindings._threadpool_get_thread_count()
        self._method: Any = None
        memory = torch.zeros(1, size, size, 3)
        self.buffer: InputMemory = memory[0].numpy()
        self._inputs = [memory.permute(0, 3, 1, 2)]
        self.set_num_threads(num_threads)

    def run(self) -> Logits:
        """Return the logits of what lies in ``buffer``, [classes] float32."""
        # Set each time: later layers of the program reuse the memory of its input.
        self._method.set_inputs(self._inputs)
        self._method.execute()
        return self._method.get_outputs()[0][0].numpy()  # type: ignore[no-any-return]

    def set_num_threads(self, num_threads: int) -> None:
        """Use that many threads, 0: ExecuTorch's default; call it on the inferring thread."""
        wanted = num_threads or self.default_threads
        if self._method and wanted == self._bindings._threadpool_get_thread_count():
            return
        self._method = None  # it holds the pool, which ends here
        self._bindings._unsafe_reset_threadpool(wanted)
        try:
            loaded = self._bindings._load_program_from_buffer(self._program)
            self._method = loaded.load_method('forward')
        except RuntimeError as error:
            raise ModelError(
                f'it cannot be loaded by executorch {installed("executorch")} ({error})'
            ) from error


def load_bindings() -> Any:
    """
    Import ExecuTorch.

    :raises ModelError: if it is missing or was built for another torch.
    """
    try:
        from executorch.extension.pybindings import _C
    except ModuleNotFoundError as error:
        raise ModelError(f'executorch is not installed; {INSTALL}') from error
    except ImportError as error:
        raise ModelError(
            f'executorch {installed("executorch")} does not work with torch {torch.__version__} '
            f'({error}); install the versions that belong together; {INSTALL}'
        ) from error
    return _C
