# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Another model while the classifier runs: loaded in the background, exchanged between images."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
import json
import os
import threading
from typing import Any

from rpi_classifier.config import ClassifierConfig
from rpi_classifier.config.model import DESCRIPTION
from rpi_classifier.errors import ModelError, RpiClassifierError
from rpi_classifier.inference.classifier import Classifier
from rpi_classifier.latest import Latest
from rpi_classifier.models.files import file_sha256, read_model_file
from rpi_classifier.nodes.classifier.proven_models import ProvenModels
from rpi_classifier.nodes.common.worker import WorkerThread
from rpi_classifier.probes.run_probe import run_probe

# The parameters that say which model runs; all others have no part in it or are fixed.
MODEL_PARAMETERS = ('model', 'runtime', 'weights', *DESCRIPTION)

_SELECTION = ('classes', 'class_aliases')  # which of its classes are shown; and 'unknown'

RESTORED = (
    *MODEL_PARAMETERS,
    *_SELECTION,
    'unknown_below',
    'model_sha256',
)  # what is undone if the model is refused
BACKLOG = 10  # images that wait while Python stands still: 0.33 s at 30 fps
_LIMIT_S = 600.0  # a Raspberry Pi builds a large network in minutes


def is_same_model(one: ClassifierConfig, other: ClassifierConfig) -> bool:
    """Return True if two configs ask for the same model."""
    return all(getattr(one, name) == getattr(other, name) for name in MODEL_PARAMETERS)


def shows_same_classes(one: ClassifierConfig, other: ClassifierConfig) -> bool:
    """Return True if two configs ask for the same classes of the same model."""
    names = (*MODEL_PARAMETERS, *_SELECTION)
    same = all(getattr(one, name) == getattr(other, name) for name in names)
    return same and bool(one.unknown_below) == bool(other.unknown_below)


class ModelSlot:
    """
    The classifier that runs, and the config that it was loaded for.

    Whoever uses or replaces the classifier holds ``lock``: it is replaced between two images. The
    parameter that announces another one changes under it, and calls back on the same thread.
    ``images`` is where the images come from, while there are any.
    """

    def __init__(self, classifier: Classifier, config: ClassifierConfig) -> None:
        """Hold the first classifier."""
        self.lock = threading.RLock()
        self.classifier = classifier
        self.config = config
        self.images: Latest[Any] | None = None

    def let_images_wait(self, wanted: bool) -> None:
        """
        Let up to ``BACKLOG`` images wait; False: only the newest again.

        Torch holds Python's lock twice when it loads a model, on a PC for about 0.1 s each: no
        thread runs, and few images are classified in between.
        """
        if images := self.images:
            images.depth = BACKLOG if wanted else 1


class ModelLoader:
    """
    Loads models on a thread of its own; the newest request replaces those before.

    Each model is loaded in a process of its own first, because loading may kill the process,
    unless this process has loaded the same file before. ``refused`` says why the last one was not
    taken; it is empty otherwise.
    """

    def __init__(
        self,
        slot: ModelSlot,
        ready: Callable[[ClassifierConfig, Classifier], None],
        failed: Callable[[BaseException], None],
        tell: Callable[[str], None],
    ) -> None:
        """
        Start the thread.

        :param slot: has the model that runs, to which the next may return.
        :param ready: gets each model that works, on the thread, unless a newer one is requested.
        :param failed: gets what ended the thread.
        :param tell: is told what takes time.
        """
        self._ready = ready
        self._slot = slot
        self._tell = tell
        self._proven = ProvenModels()
        self._proven.add(slot.config, slot.classifier.sha256)
        self._requests: Latest[ClassifierConfig] = Latest()
        self._lock = threading.Lock()  # of the following; those who request have several threads
        self._newest: ClassifierConfig | None = None
        self._cancelled = threading.Event()
        self._thread = WorkerThread('load', self._requests, self._load, failed)
        self.refused = ''
        self._thread.start()

    @property
    def running(self) -> str:
        """Return the parameter model of the one that runs."""
        return self._slot.config.model

    @property
    def loading(self) -> str:
        """Return the model that is being loaded; empty if none is."""
        newest = self._newest
        return newest.model if newest and not self.refused else ''

    def request(self, config: ClassifierConfig) -> None:
        """Load the model of a config in the background, unless that is being done."""
        with self._lock:
            if not self.refused and self._asks_for_newest(config):
                return
            self._newest, self.refused = config, ''
            self._cancelled.set()
            self._requests.put(config)

    def refuses(self, config: ClassifierConfig) -> bool:
        """Return True if the newest request was for the model of this config and it failed."""
        with self._lock:
            return bool(self.refused) and self._asks_for_newest(config)

    def _asks_for_newest(self, config: ClassifierConfig) -> bool:
        newest = self._newest
        return (
            newest is not None
            and shows_same_classes(newest, config)
            and newest.model_sha256 == config.model_sha256
        )

    def cancel(self) -> None:
        """Forget what was requested."""
        with self._lock:
            self._newest = None
            self._cancelled.set()

    def stop(self) -> None:
        """Forget what was requested and end the thread, after the load that cannot be stopped."""
        self.cancel()
        self._requests.close()
        self._thread.join()
        del self._ready  # of the owner, who has this object: a circle that would keep the model

    def _load(self, config: ClassifierConfig) -> None:
        with self._lock:
            if config is not self._newest:
                return
            self._cancelled = cancelled = threading.Event()
        try:
            pinned = self._try(config, cancelled)
            if cancelled.is_set():
                return
            self._slot.let_images_wait(True)
            classifier = Classifier.load(pinned, self._tell)
            self._proven.add(config, classifier.sha256)
        except RpiClassifierError as error:
            self._refuse(config, str(error))
        except Exception as error:  # no memory, for example; the model that runs goes on
            self._refuse(config, f'{type(error).__name__}: {error}')
        else:
            self._hand_over(config, classifier)
        finally:
            self._slot.let_images_wait(False)

    def _hand_over(self, config: ClassifierConfig, classifier: Classifier) -> None:
        """Switch to a model, unless another one was requested meanwhile."""
        if config is not self._newest:
            return
        self._ready(config, classifier)
        with self._lock:
            if config is self._newest:
                self._newest = None

    def _try(self, config: ClassifierConfig, cancelled: threading.Event) -> ClassifierConfig:
        """Prove that the process survives a model; return the config, pinned to what was tried."""
        digest = file_sha256(read_model_file(config.model)[1]) if config.is_file else ''
        # What was tried is what is loaded, even if another file takes its place meanwhile.
        pinned = replace(config, model_sha256=config.model_sha256 or digest)
        if not self._proven.has(config, digest):
            try_to_load(pinned, cancelled)
        return pinned

    def _refuse(self, config: ClassifierConfig, reason: str) -> None:
        with self._lock:
            if config is self._newest:
                self.refused = f'{config.model} was refused: {reason}'


def try_to_load(config: ClassifierConfig, cancelled: threading.Event) -> None:
    """
    Load the model of a config in a process of its own.

    :param cancelled: ends the process.
    :raises ModelError: if the model is refused there, or the process dies.
    """
    result = run_probe(
        '-m',
        'rpi_classifier.probes.load_probe',
        json.dumps(asdict(config)),
        str(os.getpid()),
        limit_s=_LIMIT_S,
        cancelled=cancelled,
    )
    if 'refusal' in result.values:
        raise ModelError(str(result.values['refusal']))
    if result.failure:
        raise ModelError(f'the process in which it was tried {result.failure}')
