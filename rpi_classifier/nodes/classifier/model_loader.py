# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Another model while the classifier runs: loaded in the background, exchanged between images."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
import json
import threading

from rpi_classifier.config import ClassifierConfig
from rpi_classifier.config.classifier import DESCRIPTION
from rpi_classifier.errors import ModelError, RpiClassifierError
from rpi_classifier.inference.classifier import Classifier
from rpi_classifier.latest import Latest
from rpi_classifier.nodes.common.worker import WorkerThread
from rpi_classifier.probes.run_probe import run_probe

# The parameters that say which model runs; all others have no part in it or are fixed.
MODEL_PARAMETERS = ('model', 'runtime', 'weights', *DESCRIPTION)

RESTORED = (*MODEL_PARAMETERS, 'model_sha256')  # what is undone if the model is refused
_LIMIT_S = 600.0  # a Raspberry Pi builds a large network in minutes


def is_same_model(one: ClassifierConfig, other: ClassifierConfig) -> bool:
    """Return True if two configs ask for the same model."""
    return all(getattr(one, name) == getattr(other, name) for name in MODEL_PARAMETERS)


class ModelSlot:
    """
    The classifier that runs, and the config that it was loaded for.

    Whoever uses or replaces the classifier holds ``lock``: it is replaced between two images.
    """

    def __init__(self, classifier: Classifier, config: ClassifierConfig) -> None:
        """Hold the first classifier."""
        self.lock = threading.Lock()
        self.classifier = classifier
        self.config = config


class ModelLoader:
    """
    Loads models on a thread of its own; the newest request replaces those before.

    Each model is loaded in a process of its own first, because loading may kill the process.
    ``loading`` names the model that is being loaded, ``refused`` says why the last one was not
    taken; both are empty otherwise.
    """

    def __init__(
        self,
        ready: Callable[[ClassifierConfig, Classifier], None],
        failed: Callable[[BaseException], None],
    ) -> None:
        """
        Start the thread.

        :param ready: gets each model that works, on the thread, unless a newer one is requested.
        :param failed: gets what ended the thread.
        """
        self._ready = ready
        self._requests: Latest[ClassifierConfig] = Latest()
        self._newest: ClassifierConfig | None = None
        self._cancelled = threading.Event()
        self._thread = WorkerThread('load', self._requests, self._load, failed)
        self.loading = self.refused = ''
        self._thread.start()

    def request(self, config: ClassifierConfig) -> None:
        """Load the model of a config in the background, unless that is being done."""
        if self._newest and self.loading and is_same_model(self._newest, config):
            return
        self._cancelled.set()
        self._newest, self.loading, self.refused = config, config.model, ''
        self._requests.put(config)

    def refuses(self, config: ClassifierConfig) -> bool:
        """Return True if the newest request was for the model of this config and it failed."""
        return bool(self.refused and self._newest and is_same_model(self._newest, config))

    def cancel(self) -> None:
        """Forget what was requested."""
        self._cancelled.set()
        self._newest, self.loading = None, ''

    def stop(self) -> None:
        """Forget what was requested and end the thread."""
        self.cancel()
        self._requests.close()
        self._thread.join()

    def _load(self, config: ClassifierConfig) -> None:
        self._cancelled = cancelled = threading.Event()
        if config is not self._newest:
            return
        try:
            try_to_load(config, cancelled)
            classifier = None if cancelled.is_set() else Classifier.load(config)
        except RpiClassifierError as error:
            if config is self._newest:
                self.refused, self.loading = f'{config.model} was refused: {error}', ''
            return
        if classifier and config is self._newest:
            self._ready(config, classifier)
            self.loading = ''


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
        limit_s=_LIMIT_S,
        cancelled=cancelled,
    )
    if 'refusal' in result.values:
        raise ModelError(str(result.values['refusal']))
    if result.failure:
        raise ModelError(f'the process in which it was tried {result.failure}')
