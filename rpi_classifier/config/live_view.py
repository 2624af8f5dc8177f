# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Parameters of the live page's node."""

from __future__ import annotations

from dataclasses import dataclass
import ipaddress
import re

from rpi_classifier.config.node import NodeConfig
from rpi_classifier.config.options import option
from rpi_classifier.config.ros_names import check_full_name
from rpi_classifier.errors import ConfigError

_HOST_NAME = re.compile(r'[\w-]+(\.[\w-]+)*\.?')  # letters may be of any language


@dataclass(frozen=True)
class LiveViewConfig(NodeConfig):
    """Parameters of the live page's node."""

    address: str = option(
        '127.0.0.1',
        'IP address at which the page is served; any but 127.0.0.1 and ::1 takes a token',
    )
    port: int = option(8080, 'TCP port of the page; 0: a free one', limits=(0, 65535))
    token: str = option(
        '', 'Password of the page, needed to watch it; 16 or more random characters are safe'
    )
    host_names: str | tuple[str, ...] = option(
        '',
        'Further names by which browsers reach the page, as robot.example.org; names that are '
        'not known are refused',
        or_list=True,
    )
    max_viewers: int = option(
        10, 'Most browser windows that may watch at a time', limits=(1, 1000), live=True
    )
    max_fps: float = option(
        15.0, 'Most pictures per second that are sent to each viewer', limits=(0.1, 120.0),
        live=True,
    )  # fmt: skip
    jpeg_quality: int = option(
        80, 'Quality of pictures that come as raw images', limits=(1, 100), live=True
    )
    image_transport: str = option(
        'auto',
        'Kind of the image topic; auto: compressed if somebody publishes it, whose JPEGs are '
        'passed on as they are',
        choices=('auto', 'raw', 'compressed'),
    )
    camera: str = option(
        'camera', 'Name of the node that publishes the images, whose diagnostics are shown'
    )
    classifier: str = option('classifier', 'Name of the node that classifies them')
    controls: bool = option(
        False, 'Let viewers change parameters, pause the classifier and change its model'
    )
    collect_folder: str = option(
        '',
        'Folder into which viewers may put pictures for own classes, as FOLDER/CLASS/*.jpg; '
        'empty: they may not; needs controls',
        path=True,
    )
    collect_megabytes: int = option(
        500,
        'Largest size of all pictures in collect_folder, in megabytes (1000000 bytes); viewers '
        'may add none beyond it',
        limits=(1, 1_000_000),
    )

    @property
    def is_local(self) -> bool:
        """Return whether only this machine reaches the page."""
        return ipaddress.ip_address(self.address).is_loopback

    def __post_init__(self) -> None:
        """Refuse values that are not allowed, and a page that is open to everybody."""
        super().__post_init__()
        try:
            local = self.is_local
        except ValueError:
            raise ConfigError(
                f'address: {self.address!r} is not an IP address; give 127.0.0.1, or 0.0.0.0 for '
                'all addresses of this machine'
            ) from None
        self._check_names()
        if self.collect_folder and not self.controls:
            raise ConfigError(
                f'collect_folder: {self.collect_folder!r} needs controls: true, because viewers '
                'write into it; set that too'
            )
        if not local and not self.token:
            raise ConfigError(
                f'address: {self.address!r} lets other machines in, which takes a token; set '
                'token too, or keep 127.0.0.1 and reach it with: ssh -L '
                f'{self.port}:localhost:{self.port} USER@ROBOT'
            )

    def _check_names(self) -> None:
        check_full_name('camera', self.camera)
        check_full_name('classifier', self.classifier)
        hosts = (self.host_names,) if isinstance(self.host_names, str) else self.host_names
        for name in filter(None, hosts):
            if not _HOST_NAME.fullmatch(name):
                raise ConfigError(
                    f'host_names: {name!r} is not the name of a machine; write it without '
                    'http://, port and path, as in robot.example.org'
                )
