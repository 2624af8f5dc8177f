# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""A small record of a network that is none, for tests of what surrounds networks."""

from __future__ import annotations

import numpy as np

from rpi_classifier.input_spec import Quantization, Transform
from rpi_classifier.models.record import ModelMetadata

METADATA = ModelMetadata(
    'm',
    ('red', 'green'),
    Transform(size=32, resize=32),
    Quantization(0.5, 3),
    'cpu',
    'qnnpack',
    True,
    (np.ones(2, np.float32),) * 2,
)
