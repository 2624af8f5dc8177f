# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The comparison that scripts/test-aarch64 prints."""

import platform

import pytest

from rpi_classifier.benchmark import compare_kernels


@pytest.mark.skipif(platform.machine() == 'aarch64', reason='both kernels may run there')
def test_ways_that_run_here_are_compared_and_others_say_why_not(weights, photos, capsys):
    folder = next(iter(photos)).parent
    assert compare_kernels.main(folder) == 0
    printed = capsys.readouterr().out
    assert "| tutorial's loop, qnnpack | 4/4 |  | 1.00 | 1.00 |" in printed
    assert '| ours, qnnpack | 4/4 | bit-equal |' in printed
    assert "ours, xnnpack: kernels: 'xnnpack': XNNPACK does not run this model" in printed
