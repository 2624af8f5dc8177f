# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
ExecuTorch's XNNPACK kernels: the runtime of files that export_model --runtime executorch made.

The bindings are linked against libtorch_python and take tensors, so torch is imported here too.
They are taken from the module ``_C``, not from ``executorch.runtime``, which imports the whole
exporter with them: seconds and 220 MB more at every start.
"""

from __future__ import annotations

import importlib.metadata
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
import torch

from rpi_classifier.config import ClassifierConfig
from rpi_classifier.errors import ModelError
from rpi_classifier.input_spec import InputMemory, Quantization, Transform
from rpi_classifier.models import pte_file, record
from rpi_classifier.runtime import known_answer, Loaded, RuntimeInfo
from rpi_classifier.runtime.preprocess import Preprocessor

ENGINE = 'xnnpack'
INSTALL = 'run: scripts/setup --with-executorch, or see "ExecuTorch" in README.md'


class ExecuTorch:
    """
    A program of ExecuTorch behind the Runtime protocol.

    One in a process: the pool of threads is ExecuTorch's own, and is made anew when their number
    changes.
    """

    info: RuntimeInfo
    quantization: Quantization | None = None

    def __init__(self, program: bytes, transform: Transform, num_threads: int = 0) -> None:
        """
        Load a program that is known to be whole.

        :param program: [1, 3, size, size] float32 channels-last -> [1, classes] logits.
        :raises ModelError: if ExecuTorch is missing or cannot load it.
        """
        self._bindings = bindings()
        self._program = program  # read where it lies, for as long as it runs
        self.default_threads: int = self._bindings._threadpool_get_thread_count()
        self._method: Any = None
        self._size = size = transform.size
        memory = torch.zeros(1, size, size, 3)
        self.buffer: InputMemory = memory[0].numpy()
        self._inputs = [memory.permute(0, 3, 1, 2)]
        self._prepare = Preprocessor(transform)
        self.set_num_threads(num_threads)

    def run(self) -> NDArray[np.float32]:
        """Return the logits, [classes] float32, of what lies in ``buffer``."""
        # Set each time: the program uses the memory of its input for other layers later.
        self._method.set_inputs(self._inputs)
        self._method.execute()
        self._logits = self._method.get_outputs()[0][0].numpy()
        return self._logits  # type: ignore[no-any-return]

    def top(self, k: int) -> tuple[list[int], list[float]]:
        """Return the k best classes of the last run, best first, and their probabilities."""
        powers = np.exp(self._logits - self._logits.max())
        k = min(k, len(powers))
        best = np.argpartition(-powers, k - 1)[:k]
        best = best[np.argsort(-powers[best], kind='stable')]
        return best.tolist(), (powers[best] / powers.sum()).tolist()

    def set_num_threads(self, num_threads: int) -> None:
        """Use that many threads; 0: ExecuTorch's default. Call it on the thread that runs."""
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
                f'it cannot be loaded by executorch {_installed()} ({error})'
            ) from error

    def answers(self) -> list[NDArray[np.float32]]:
        """Return the logits of the images of the known-answer check."""
        answers = []
        for image in known_answer.images(self._size):
            self._prepare(image, self.buffer)
            answers.append(self.run().copy())
        return answers


def load(config: ClassifierConfig) -> Loaded:
    """
    Load the file that ``config.model`` names.

    :raises ModelError: if the file is not what it should be, or does not work here.
    """
    path, data = record.read_file(config.model, config.model_sha256)
    own, program = pte_file.read(data, path)
    check_version(own, path)
    try:
        runtime = ExecuTorch(program, own.transform, config.num_threads)
        verdict = known_answer.check(runtime.answers(), own.answers)
    except (RuntimeError, ModelError) as error:
        raise ModelError(f'model {path}: {error}') from error
    runtime.info = RuntimeInfo('executorch', ENGINE, False, verdict, kernels=ENGINE)
    digest = record.file_sha256(data)
    return Loaded(own.name, runtime, own.transform, own.labels, own.trained_for, digest)


def check_version(own: record.Record, path: Path) -> None:
    """
    Compare ExecuTorch with the one that exported a file.

    Other versions have other kernels: an int8 program of 1.5.1 died in 1.0.1 on a Pi's processor.

    :raises ModelError: if they differ or ExecuTorch is missing.
    """
    exported, here = own.versions.get('executorch', 'unknown'), _installed()
    if not here:
        raise ModelError(f'model {path} needs executorch {exported}, not here; {INSTALL}')
    if exported != here:
        raise ModelError(
            f'model {path} was exported by executorch {exported}, but {here} is installed; export '
            f'it again with {here}, or install {exported}'
        )


def bindings() -> Any:
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
            f'executorch {_installed()} does not work with torch {torch.__version__} ({error}); '
            f'install the versions that belong together; {INSTALL}'
        ) from error
    return _C


def _installed() -> str:
    try:
        return importlib.metadata.version('executorch')
    except importlib.metadata.PackageNotFoundError:
        return ''
