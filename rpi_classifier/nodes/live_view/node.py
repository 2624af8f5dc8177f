# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The node that serves the live page, and subscribes only while somebody watches."""

from __future__ import annotations

import ipaddress
import socket
from typing import Any

from diagnostic_msgs.msg import DiagnosticStatus

from rpi_classifier.config import LiveViewConfig
from rpi_classifier.live.app import LivePage
from rpi_classifier.live.collection import Collection
from rpi_classifier.live.server import HttpThread
from rpi_classifier.nodes.common import status
from rpi_classifier.nodes.common.managed_node import ManagedNode
from rpi_classifier.nodes.common.topics import LIVE_TOPICS
from rpi_classifier.nodes.common.usage import NodeUsage
from rpi_classifier.nodes.live_view.controls import NodeControls
from rpi_classifier.nodes.live_view.figures import HealthSections
from rpi_classifier.nodes.live_view.pictures import PictureInput
from rpi_classifier.nodes.live_view.results import ResultInput

_CONTROLS_S = 2.0  # between two looks at the parameters
_SHORT_TOKEN = 16


class LiveViewNode(ManagedNode[LiveViewConfig]):
    """Serves a page with the picture, the classes and the health of camera and classifier."""

    topics = LIVE_TOPICS

    def __init__(self, **options: Any) -> None:
        """Declare the parameters; ``options`` are those of rclpy's node."""
        self._page: LivePage | None = None
        self._http: HttpThread | None = None
        self._pictures: PictureInput | None = None
        self._results: ResultInput | None = None
        self._health: HealthSections | None = None
        self._controls: NodeControls | None = None
        self.url = ''  # of the page, while it is served
        super().__init__('live_view', LiveViewConfig, **options)
        self.call_every(1.0, self._post_health)
        self.call_every(_CONTROLS_S, self._refresh_controls)

    def activate(self) -> None:
        """Serve the page."""
        config = self.config
        self._page = page = LivePage(config)
        self._pictures = PictureInput(self, page)
        self._results = ResultInput(self, page.bulletin)
        self._health = HealthSections(self, page.bulletin, self._pictures, self._results)
        if config.controls:
            if config.collect_folder:
                page.collection = Collection(config, page.bulletin, page.take_picture)
            self._controls = page.controls = NodeControls(
                self, page.bulletin, self._health, page.collection
            )
        page.bulletin.post('controls', None)
        page.bulletin.post('collection', None)
        self._http = HttpThread(page, failed=self.fail, report=self.get_logger().error)
        port = self._http.start()
        self._pictures.start()
        self.url = f'http://{_host(config.address)}:{port}/'
        self._announce(config)

    def deactivate(self) -> None:
        """Close the page and all subscriptions."""
        if self._http:
            self._http.stop()
        if self._page and self._page.collection:
            self._page.collection.stop()
        for part in (self._pictures, self._results, self._health, self._controls):
            if part:
                part.stop()
        self._http = self._page = self._controls = None
        self._pictures = self._results = self._health = None
        self.url = ''

    def follow_demand(self) -> None:
        """Subscribe while somebody watches: to the picture, and to everything else."""
        if self._page and self._pictures and self._results and self._health:
            watched = self._page.pages.count > 0
            self._pictures.follow(self._page.watchers.count > 0)
            self._results.follow(watched)
            self._health.follow(watched)

    def config_changed(self) -> None:
        """Apply live parameters."""
        if self._page:
            self._page.pages.limit = self._page.watchers.limit = self.config.max_viewers

    def diagnose(self) -> list[DiagnosticStatus]:
        """Return one status: where the page is, and who watches."""
        name = f'{self.status_name}: page'
        page = self._page
        if page is None:
            message = self.reason or 'not active'
            level = status.ERROR if self.reason else status.OK
            return [status.make_status(name, 'live_view', level, message)]
        return [
            status.make_status(
                name,
                'live_view',
                status.OK,
                f'{page.pages.count} viewers at {self.url}',
                viewers=page.pages.count,
                viewers_of_the_picture=page.watchers.count,
                max_viewers=page.pages.limit,
                controls=self.config.controls,
            )
        ]

    def _announce(self, config: LiveViewConfig) -> None:
        logger = self.get_logger()
        logger.info(f'the live page is at {self.url}')
        what = 'watch and change parameters' if config.controls else 'watch'
        if not config.is_local:
            logger.warning(
                f'the live page is open to other machines: whoever has the token can {what}, and '
                'HTTP is not encrypted; ssh -L is safer, see doc/security.md'
            )
        if config.token and len(config.token) < _SHORT_TOKEN:
            logger.warning(
                f'token: {len(config.token)} characters can be guessed; make one with: '
                'openssl rand -hex 16'
            )

    def _post_health(self) -> None:
        if self._page and self._health and self._page.pages.count:
            self._health.post()

    def _refresh_controls(self) -> None:
        if self._page and self._http and self._controls and self._page.pages.count:
            self._http.submit(self._controls.refresh())
            if self._page.collection and self._results:
                self._page.collection.labels = self._results.labels
                self._http.submit(self._page.collection.refresh())


USAGE = NodeUsage('live_view', LiveViewNode, LiveViewConfig, LIVE_TOPICS, '-p port:=8081')


def _host(address: str) -> str:
    """Return an address as a browser takes it; for all addresses, the name of the machine."""
    if ipaddress.ip_address(address).is_unspecified:
        return socket.gethostname()
    return f'[{address}]' if ':' in address else address
