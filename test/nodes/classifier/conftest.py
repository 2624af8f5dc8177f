# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Fixtures for tests of the classifier node."""

from pathlib import Path
import shutil

import pytest

EXPORTED = Path(__file__).resolve().parents[2] / 'fixtures' / 'v0.1' / 'colours.pt'


@pytest.fixture
def colours(tmp_path):
    """Return the parameters of the colours' network, as export_model writes it."""
    path = shutil.copy(EXPORTED, tmp_path / 'colours.pt')
    return {'model': str(path), 'weights': 'default', 'always_on': True}
