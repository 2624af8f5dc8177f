# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What every runtime shares: how OpenMP's threads wait."""

import os
import subprocess
import sys

import pytest

PROGRAM = 'import os, rpi_classifier.runtime; print(os.environ.get("GOMP_SPINCOUNT"))'
CHOICES = ('OMP_WAIT_POLICY', 'GOMP_SPINCOUNT')


@pytest.mark.parametrize(
    ('given', 'count'),
    [
        ({}, '1000'),
        ({'GOMP_SPINCOUNT': '7'}, '7'),
        ({'OMP_WAIT_POLICY': 'ACTIVE'}, 'None'),
    ],
)
def test_threads_spin_for_a_moment_unless_the_user_chose_otherwise(given, count):
    environment = {name: value for name, value in os.environ.items() if name not in CHOICES}
    said = subprocess.check_output(
        [sys.executable, '-c', PROGRAM], text=True, env={**environment, **given}
    )
    assert said.strip() == count
