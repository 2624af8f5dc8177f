# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Controls of a device that is not there; test/vm has a real driver's."""

from __future__ import annotations

from dataclasses import replace

from rpi_classifier.camera.controls import Control
from rpi_classifier.camera.open import open_source
from rpi_classifier.nodes.camera import controls, node


class SimulatedControls:
    """Three controls, one of each kind, with their values by name."""

    def __init__(self):
        self._known = [
            Control(0x00980900, 'Brightness', 'int', 0, 255, 1, 128, 128, True, True),
            Control(0x00980914, 'Horizontal Flip', 'bool', 0, 1, 1, 0, 0, True, True),
            Control(
                0x00980918, 'Power Line Frequency', 'menu', 0, 2, 1, 2, 2, True, True,
                {0: 'Disabled', 2: '60 Hz'},
            ),
        ]  # fmt: skip
        self.values = {control.name: control.value for control in self._known}

    def install(self, monkeypatch, photo_folder):
        """Let the camera node play a folder, and find these controls on its device."""

        def open_with_device(config, known, interrupt, **options):
            folder = replace(config, device=str(photo_folder))
            source = open_source(folder, known, interrupt, **options)
            source.device = config.device
            return source

        monkeypatch.setattr(node, 'open_source', open_with_device)
        monkeypatch.setattr(controls, 'list_controls', self._list)
        monkeypatch.setattr(
            controls, 'get_control', lambda path, id_: self.values[self._name(id_)]
        )
        monkeypatch.setattr(controls, 'set_control', self._set)

    def _list(self, path):
        return [replace(control, value=self.values[control.name]) for control in self._known]

    def _name(self, id_):
        return next(control.name for control in self._known if control.id == id_)

    def _set(self, path, id_, value):
        self.values[self._name(id_)] = int(value)
        return int(value)
