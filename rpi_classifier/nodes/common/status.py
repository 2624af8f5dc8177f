# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""From figures to diagnostic_msgs."""

from __future__ import annotations

from typing import Any

from diagnostic_msgs.msg import DiagnosticStatus, KeyValue

OK, WARN, ERROR = DiagnosticStatus.OK, DiagnosticStatus.WARN, DiagnosticStatus.ERROR


def make_status(
    name: str, hardware_id: str, level: bytes, message: str, **values: Any
) -> DiagnosticStatus:
    """
    Build one status.

    :param name: node and concern, as in ``camera: stream``.
    :param values: figures; numbers with a fraction get three digits.
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
