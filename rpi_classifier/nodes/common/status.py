# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""From values to diagnostic_msgs."""

from __future__ import annotations

from typing import Any

from diagnostic_msgs.msg import DiagnosticStatus, KeyValue

OK, WARN, ERROR = DiagnosticStatus.OK, DiagnosticStatus.WARN, DiagnosticStatus.ERROR


def make_status(
    name: str, hardware_id: str, level: bytes, message: str, **values: Any
) -> DiagnosticStatus:
    """
    Make a status.

    :param name: node and concern, for example ``camera: stream``.
    :param values: shown as key and value, floats with three decimals.
    """
    return DiagnosticStatus(
        level=level,
        name=name,
        message=message,
        hardware_id=hardware_id,
        values=[
            KeyValue(
                key=key.replace('_', ' '),
                value=f'{value:.3f}' if isinstance(value, float) else str(value),
            )
            for key, value in values.items()
        ],
    )
