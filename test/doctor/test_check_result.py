# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Results of checks and the exit status."""

import pytest

from rpi_classifier.doctor.check_result import (
    CheckResult,
    error,
    exit_status,
    ok,
    result_of_error,
    skipped,
    warn,
)
from rpi_classifier.errors import CameraAbsent

ALL = [ok('a.good', 'fine'), skipped('b.none', 'not here'), warn('c.bad', 'slow', 'hurry')]


@pytest.mark.parametrize(
    ('results', 'status'),
    [([], 0), (ALL[:2], 0), (ALL, 1), ([error('d.dead', 'gone', 'buy'), *ALL], 2)],
)
def test_exit_status_is_that_of_the_worst_result(results, status):
    assert exit_status(results) == status


def test_a_sentence_of_an_error_is_split_into_finding_and_fix():
    found = result_of_error(
        'camera.device', 'warn', CameraAbsent('camera X is gone; plug it in again')
    )
    assert found == CheckResult('camera.device', 'warn', 'camera X is gone', 'plug it in again')
