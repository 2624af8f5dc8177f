# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What the live page shows of the health of camera and classifier."""

from __future__ import annotations

from dataclasses import astuple
import math
import time
from typing import Any

from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from rclpy.subscription import Subscription

from rpi_classifier.config import LiveViewConfig
from rpi_classifier.errors import ConfigError
from rpi_classifier.live.bulletin import Bulletin
from rpi_classifier.nodes.common import status
from rpi_classifier.nodes.common.managed_node import ManagedNode
from rpi_classifier.nodes.live_view import troubles
from rpi_classifier.nodes.live_view.pictures import PictureInput
from rpi_classifier.nodes.live_view.results import ResultInput
from rpi_classifier.region import parse_region
from rpi_classifier.stats import RESULT_STAGES

_BY_INDEX = {'index': True, 'name': False}  # the parameter class_id of the classifier
_OLD_S = 3.5  # nodes publish diagnostics every second
_MOST_STATUSES = 100
_STALE = 3  # as diagnostic_msgs has it


class HealthSections:
    """Listens to /diagnostics while somebody watches; on the executor's thread."""

    def __init__(
        self,
        node: ManagedNode[LiveViewConfig],
        bulletin: Bulletin,
        pictures: PictureInput,
        results: ResultInput,
    ) -> None:
        """
        Prepare to listen.

        :param pictures: says whether images come, ``results`` whether classes do.
        """
        self._node = node
        self._bulletin = bulletin
        self._pictures = pictures
        self._results = results
        self._subscription: Subscription[DiagnosticArray] | None = None
        self._statuses: dict[str, tuple[float, DiagnosticStatus]] = {}  # by name, with the time
        self._camera = absolute_name(node, node.config.camera)
        self._classifier = absolute_name(node, node.config.classifier)

    def stop(self) -> None:
        """End the subscription."""
        self.follow(False)

    def follow(self, wanted: bool) -> None:
        """Subscribe or not."""
        if wanted and not self._subscription:
            self._statuses = {}
            self._subscription = self._node.create_subscription(
                DiagnosticArray, '/diagnostics', self._on_diagnostics, 10
            )
        elif not wanted and self._subscription:
            self._node.destroy_subscription(self._subscription)
            self._subscription = None

    def fresh(self, node: str, concern: str, since_s: float = 0.0) -> DiagnosticStatus | None:
        """
        Return a status of a node that is alive.

        :param node: its absolute name.
        :param concern: what follows the node in the name of the status, as ``rate``.
        :param since_s: older statuses do not count; on the clock of time.monotonic.
        """
        at_s, found = self._statuses.get(f'{node[1:]}: {concern}', (0.0, None))
        return found if at_s > max(since_s, time.monotonic() - _OLD_S) else None

    def post(self) -> None:
        """Show everything; called once a second."""
        camera_gone = not any(map(self._is_fresh, self._of(self._camera)))
        rate = self.fresh(self._classifier, 'rate')
        if rate is None and self._results.silent_s() > troubles.PATIENCE_S:
            self._results.show_stable('')  # the classifier that said so is gone
        if rate is not None:
            self._results.by_index = _BY_INDEX.get(_values(rate).get('class id', ''))
        stream, model = self.fresh(self._camera, 'stream'), self.fresh(self._classifier, 'model')
        found = troubles.explain_pictures(
            self._node, self._pictures, '' if camera_gone or stream is None else stream.message
        )
        found += troubles.explain_results(
            self._classifier,
            self._results.silent_s(),
            rate,
            model,
            without_images=bool(found),
        )
        self._bulletin.post('troubles', found)
        stale = not self._pictures.watched or self._pictures.silent_s() > troubles.PATIENCE_S
        self._bulletin.post(
            'picture',
            {
                'words': self._pictures.words,
                'stale': stale,
                'region': _region(rate),
                'model_has_region': bool(_region(model)),
            },
        )
        self._bulletin.post('diagnostics', self._listed())
        self._bulletin.post('figures', self._figures())
        self._bulletin.post('model', self._model())

    def _on_diagnostics(self, message: DiagnosticArray) -> None:
        now_s = time.monotonic()
        for one in message.status:
            own = one.name.partition(': ')[0] in (self._camera[1:], self._classifier[1:])
            if own and (one.name in self._statuses or len(self._statuses) < _MOST_STATUSES):
                self._statuses[one.name] = (now_s, one)

    def _of(self, node: str) -> list[str]:
        return [name for name in self._statuses if name.startswith(f'{node[1:]}: ')]

    def _is_fresh(self, name: str) -> bool:
        return time.monotonic() - self._statuses[name][0] < _OLD_S

    def _listed(self) -> list[tuple[str, int, str]]:
        return [
            (name, one.level[0] if self._is_fresh(name) else _STALE, one.message)
            for name, (_, one) in sorted(self._statuses.items())
        ]

    def _figures(self) -> dict[str, Any]:
        latency = _values(self.fresh(self._classifier, 'latency'))
        rate = _values(self.fresh(self._classifier, 'rate'))
        board = _values(self.fresh(self._classifier, 'board'))
        stream = _values(self.fresh(self._camera, 'stream'))
        throttled = self.fresh(self._classifier, 'board')
        return {
            'fps': _number(rate.get('fps')),
            'camera_fps': _number(stream.get('measured fps')),
            'skipped': _number(rate.get('skipped')),
            'work_ms': _number(latency.get('work ms p50')),
            'temperature_c': _number(board.get('temperature c')),
            'throttled': bool(throttled and throttled.level != status.OK),
            'throttling': _throttling(throttled, board),
            'stages': [_stage(stage, latency) for stage in RESULT_STAGES if latency],
        }

    def _model(self) -> dict[str, Any]:
        model = self.fresh(self._classifier, 'model')
        values = _values(model)
        return {
            'name': values.get('network', self._results.model),
            **{
                key: values.get(key, '')
                for key in ('running', 'loading', 'refused', 'runtime', 'kernels')
            },
            'classes': self._results.class_count,
        }


def absolute_name(node: ManagedNode[LiveViewConfig], name: str) -> str:
    """Return a node's name with its namespace; a relative name is in that of ``node``."""
    return name if name.startswith('/') else f'{node.get_namespace().rstrip("/")}/{name}'


def _values(found: DiagnosticStatus | None) -> dict[str, str]:
    return {pair.key.replace('_', ' '): pair.value for pair in found.values} if found else {}


def _region(found: DiagnosticStatus | None) -> tuple[float, ...] | None:
    try:
        region = parse_region(_values(found).get('region', ''))
    except ConfigError:  # in words: the whole image
        return None
    return astuple(region) if region else None


def _stage(stage: str, latency: dict[str, str]) -> tuple[str | float | None, ...]:
    name = stage.replace('_', ' ')
    columns = (latency.get(f'{name} ms {column}') for column in ('p50', 'p95', 'max'))
    return (name, *map(_number, columns))


def _number(text: str | None) -> float | None:
    try:
        value = float(text or '')
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _throttling(board: DiagnosticStatus | None, values: dict[str, str]) -> str:
    if board is None:
        return 'not known'
    if board.level != status.OK:
        return str(board.message)
    before = values.get('throttled since boot', 'never')
    return 'none' if before == 'never' else f'not now; since boot: {before}'
