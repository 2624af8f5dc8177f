# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Control of the kernel's virtual camera: unplug it, plug it in, press its fault buttons."""

from __future__ import annotations

import errno
from pathlib import Path
import subprocess
import time

from rpi_classifier.camera.controls import list_controls, parameter_name, set_control
from rpi_classifier.camera.devices import find_devices

DRIVER = Path('/sys/bus/platform/drivers/vivid')
ONE_CAMERA = ('n_devs=1', 'node_types=0x1')


class Vivid:
    """One virtual camera at a time."""

    def __init__(self) -> None:
        self._plain = True
        self._ids = {
            parameter_name(control): control.id for control in list_controls('/dev/video0')
        }

    def press(self, name: str, value: int = 1) -> None:
        """Press a button or set a control, named as v4l2-ctl does."""
        try:
            set_control('/dev/video0', self._ids[name], value)
        except OSError as error:  # a button may unplug the device before it is read back
            if error.errno != errno.ENODEV:
                raise

    def pull(self) -> None:
        """Pull the plug: the device goes away, and its path too."""
        (DRIVER / 'unbind').write_text('vivid.0')

    def plug(self) -> None:
        """Plug it in again."""
        (DRIVER / 'bind').write_text('vivid.0')

    def load(self, *options: str) -> None:
        """Reload the driver with other options; no process may hold the device open."""
        end = time.monotonic() + 10
        while Path('/sys/module/vivid').exists():
            done = subprocess.run(['rmmod', 'vivid'], capture_output=True, text=True)
            assert not done.returncode or time.monotonic() < end, done.stderr
            time.sleep(0.05)
        self._plain = options == ONE_CAMERA
        if options:
            subprocess.run(['insmod', '/run/vivid.ko', *options], check=True)

    def mend(self) -> None:
        """Leave exactly one camera, /dev/video0, without pending faults."""
        if not self._plain or list(find_devices()) != ['/dev/video0']:
            self.load(*ONE_CAMERA)
        for name in ('percentage_of_dropped_buffers', 'wrap_timestamp'):
            self.press(name, 0)
