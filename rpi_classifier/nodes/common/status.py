# Copyright 2026 The rpi_classifier authors
#
# Licensed under the Apache License, Version 2.0 (the "License");
# you may not use this file except in compliance with the License.
# You may obtain a copy of the License at
#
#     http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS,
# WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
# See the License for the specific language governing permissions and
# limitations under the License.

"""From figures to diagnostic_msgs."""

from __future__ import annotations

from typing import Any

from diagnostic_msgs.msg import DiagnosticStatus, KeyValue

OK, WARN, ERROR = DiagnosticStatus.OK, DiagnosticStatus.WARN, DiagnosticStatus.ERROR


def status(
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
