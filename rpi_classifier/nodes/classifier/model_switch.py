# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Lets the running model follow the parameters."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from rclpy.parameter import Parameter

from rpi_classifier.config import ClassifierConfig
from rpi_classifier.errors import ConfigError, ModelError
from rpi_classifier.inference.classifier import Classifier
from rpi_classifier.models.files import file_sha256, read_model_file
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

        :raises ConfigError: if its file is missing or has another hash, or the running one lacks
            a class.
        """
        if self._runs(config):
            self.slot.classifier.with_classes(config)
            return
        try:
            check_model_exists(config)  # the running one's file may have been replaced
        except ModelError as error:
            raise ConfigError(str(error)) from error

    def describe(self, config: ClassifierConfig, changed: Collection[str]) -> str:
        """
        Say that another model is loaded for a config, or no longer; nothing if neither.

        :param changed: the parameters that are set.
        """
        running, present = self.slot.classifier.name, self._node.config
        if is_same_model(config, present) and config.model_sha256 == present.model_sha256:
            return self._explain_replaced(config) if 'model' in changed else ''
        if self._runs(config):
            return f'{running} goes on'
        return f'{config.model} is loaded in the background; {running} goes on until it is ready'

    def _explain_replaced(self, config: ClassifierConfig) -> str:
        """Say that the file of the running model has another content now; or nothing."""
        if not (config.is_file and self._runs(config)):
            return ''
        digest = file_sha256(read_model_file(config.model)[1])
        if digest == self.slot.classifier.sha256:
            return ''
        return (
            f'{self.slot.classifier.name} goes on, though {config.model} has changed since it was '
            f'loaded; to load it, set model_sha256 to {digest}'
        )

    def _runs(self, config: ClassifierConfig) -> bool:
        """Return True if the running model is the one that a config asks for."""
        pinned = config.model_sha256.lower()
        same = is_same_model(config, self.slot.config)
        return same and pinned in ('', self.slot.classifier.sha256)

    def follow(self, *, restore: bool = False) -> None:
        """
        Load the model that is wanted now, or show other classes of the one that runs.

        :param restore: return parameters that were refused to those of the model that runs. Not
            while parameters are set: rclpy stores the values that are being set afterwards.
        """
        config, slot = self._node.config, self.slot
        if slot.config is config:
            return
        if self._runs(config):
            self.loader.cancel()
            with slot.lock:
                if self._runs(config):  # and not exchanged meanwhile
                    self._show(config, restore)
        elif not self.loader.refuses(config):
            self.loader.request(config)
        elif restore:
            self._restore(self.loader.refused)

    def _show(self, config: ClassifierConfig, restore: bool) -> None:
        slot = self.slot
        same_classes = shows_same_classes(config, slot.config)
        if same_classes and config.unknown_below == slot.config.unknown_below:
            slot.config = config
            return
        try:
            classifier = slot.classifier.with_classes(config)
        except ConfigError as error:  # they were chosen while another model ran
            if restore:
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
        diagnostics.log_model(self._node.get_logger(), classifier, config.region)

    def _replace(self, config: ClassifierConfig, classifier: Classifier) -> None:
        self.slot.config = config  # first: followers set a parameter, and that is followed
        for follow in self._followers:
            follow(classifier)
        self.slot.classifier = classifier
