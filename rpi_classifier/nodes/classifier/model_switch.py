# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Lets the running model follow the parameters."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rclpy.parameter import Parameter

from rpi_classifier.config import ClassifierConfig
from rpi_classifier.errors import ConfigError, ModelError
from rpi_classifier.inference.classifier import Classifier
from rpi_classifier.models.load import check_model_exists
from rpi_classifier.nodes.classifier import diagnostics
from rpi_classifier.nodes.classifier.model_loader import (
    is_same_model,
    ModelLoader,
    ModelSlot,
    RESTORED,
    shows_same_classes,
)
from rpi_classifier.nodes.common.managed_node import ManagedNode


class ModelSwitch:
    """Compares the parameters with the model that runs, and replaces it if another is wanted."""

    def __init__(
        self,
        node: ManagedNode[ClassifierConfig],
        slot: ModelSlot,
        followers: Sequence[Callable[[Classifier], None]],
    ) -> None:
        """
        Start the thread that loads models.

        :param node: provides the parameters and the log; fails if the thread does.
        :param slot: has the classifier that runs.
        :param followers: are called with each other classifier, in this order, between the last
            image of the old one and the first of the new one.
        """
        self.slot = slot
        self._node = node
        self._followers = followers
        self.loader = ModelLoader(slot, self._exchange, node.fail, node.get_logger().info)

    def stop(self) -> None:
        """Load no more models; waits for the load that cannot be stopped."""
        self.loader.stop()

    def check(self, config: ClassifierConfig) -> None:
        """
        Check what is known of the model that a config asks for.

        :raises ConfigError: if its file is missing, or the running one has another hash or lacks
            a class.
        """
        running, wanted = self.slot.classifier.sha256, config.model_sha256.lower()
        if not is_same_model(config, self.slot.config):
            try:
                check_model_exists(config)
            except ModelError as error:
                raise ConfigError(str(error)) from error
        elif wanted and wanted != running:
            raise ConfigError(
                f'model_sha256: {wanted!r} is not that of {config.model}, {running!r}'
            )
        else:
            self.slot.classifier.with_classes(config)

    def describe(self, config: ClassifierConfig) -> str:
        """Say that another model is loaded for a config, or no longer; nothing if neither."""
        if is_same_model(config, self._node.config):
            return ''
        running = self.slot.classifier.name
        if is_same_model(config, self.slot.config):
            return f'{running} goes on'
        return f'{config.model} is loaded in the background; {running} goes on until it is ready'

    def follow(self) -> None:
        """Load the model that is wanted now, or show other classes of the one that runs."""
        config, slot = self._node.config, self.slot
        if slot.config is config:
            return
        if is_same_model(config, slot.config):
            self.loader.cancel()
            with slot.lock:
                if is_same_model(config, slot.config):  # and not exchanged meanwhile
                    self._show(config)
        elif self.loader.refuses(config):
            self._restore(self.loader.refused)
        else:
            self.loader.request(config)

    def _show(self, config: ClassifierConfig) -> None:
        slot = self.slot
        same_classes = shows_same_classes(config, slot.config)
        if same_classes and config.unknown_below == slot.config.unknown_below:
            slot.config = config
            return
        try:
            classifier = slot.classifier.with_classes(config)
        except ConfigError as error:  # they were chosen while another model ran
            self._restore(str(error))
            return
        if same_classes:  # nobody has to follow
            slot.config, slot.classifier = config, classifier
        else:
            self._replace(config, classifier)

    def _restore(self, why: str) -> None:
        """Return the parameters to those of the model that runs."""
        self._node.get_logger().error(f'{why}; {self.slot.classifier.name} goes on')
        self._node.set_parameters_atomically(
            [Parameter(name, value=getattr(self.slot.config, name)) for name in RESTORED]
        )

    def _exchange(self, config: ClassifierConfig, classifier: Classifier) -> None:
        """Let another model go on between two images; called on the thread that loaded it."""
        with self.slot.lock:
            self._replace(config, classifier)
        diagnostics.log_model(self._node.get_logger(), classifier)

    def _replace(self, config: ClassifierConfig, classifier: Classifier) -> None:
        self.slot.config = config  # first: followers set a parameter, and that is followed
        for follow in self._followers:
            follow(classifier)
        self.slot.classifier = classifier
