# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Running all checks: one that fails does not stop the others."""

from rpi_classifier.doctor import run_checks
from rpi_classifier.doctor.check_result import ok, Options, skipped, warn

ALL = [ok('a.good', 'fine'), skipped('b.none', 'not here'), warn('c.bad', 'slow', 'hurry')]


def test_a_check_that_fails_is_a_result_and_the_others_go_on(monkeypatch):
    def fail(options):
        yield ok('broken.first', 'fine')
        raise RuntimeError('of nothing\nwith details')

    checks = {'broken': fail, 'good': lambda options: ALL}
    monkeypatch.setattr(run_checks, 'CHECKS', {name: name for name in checks})
    monkeypatch.setattr(run_checks, 'resolve_name', checks.__getitem__)
    names = [result.name for result in run_checks.run_checks(Options())]
    assert names == ['broken.first', 'broken.check', 'a.good', 'b.none', 'c.bad']
    assert [result.name for result in run_checks.run_checks(Options(), ['broken'])] == [
        result.name for result in ALL
    ]
