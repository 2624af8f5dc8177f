# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Hands at the kernel's virtual camera: pull it, plug it in, press its fault buttons."""

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
        except OSError as error:  # a button may take the device away before it is read back
            if error.errno != errno.ENODEV:
                raise

    def pull(self) -> None:
        """Pull the plug: the device goes away, and its path too."""
        (DRIVER / 'unbind').write_text('vivid.0')

    def plug(self) -> None:
        """Plug it in again."""
        (DRIVER / 'bind').write_text('vivid.0')

    def load(self, *options: str) -> None:
        """Load the driver anew, with other options; nobody may have the device open."""
        end = time.monotonic() + 10
        while Path('/sys/module/vivid').exists():
            done = subprocess.run(['rmmod', 'vivid'], capture_output=True, text=True)
            assert not done.returncode or time.monotonic() < end, done.stderr
            time.sleep(0.05)
        self._plain = options == ONE_CAMERA
        if options:
            subprocess.run(['insmod', '/run/vivid.ko', *options], check=True)

    def mend(self) -> None:
        """Leave one camera behind, /dev/video0, with no fault pending."""
        if not self._plain or list(find_devices()) != ['/dev/video0']:
            self.load(*ONE_CAMERA)
        for name in ('percentage_of_dropped_buffers', 'wrap_timestamp'):
            self.press(name, 0)
