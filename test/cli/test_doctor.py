# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The command doctor: its table, its JSON and its exit status."""

import json
import subprocess
import sys

from rpi_classifier.cli import doctor
from rpi_classifier.doctor.check_result import ok, skipped, warn
from rpi_classifier.doctor.run_checks import CHECKS

ALL = [ok('a.good', 'fine'), skipped('b.none', 'not here'), warn('c.bad', 'slow', 'hurry')]


def test_the_table_is_aligned_and_shows_the_fix(monkeypatch, capsys):
    monkeypatch.setattr(doctor, 'run_checks', lambda options, skip: iter(ALL))
    assert doctor.main([]) == 1
    assert capsys.readouterr().out.splitlines() == [
        'a.good               ok    fine',
        'b.none               -     not here',
        'c.bad                WARN  slow',
        '                           -> hurry',
        '1 ok, 1 warnings, 0 errors, 1 not applicable',
    ]


def test_json_is_the_same_for_programs(monkeypatch, capsys):
    monkeypatch.setattr(doctor, 'run_checks', lambda options, skip: iter(ALL))
    assert doctor.main(['--json']) == 1
    content = json.loads(capsys.readouterr().out)
    assert content['status'] == 1
    assert [item['severity'] for item in content['findings']] == ['ok', 'skipped', 'warn']
    assert content['findings'][2]['fix'] == 'hurry'


def test_on_this_machine_it_names_every_group_and_no_check_breaks(tmp_path):
    command = [sys.executable, '-m', 'rpi_classifier.cli.doctor', '--json', '--skip', 'torch']
    command += ['--device', str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240)
    content = json.loads(done.stdout)
    assert done.returncode == content['status']
    found = {item['name']: item for item in content['findings']}
    assert len(found) == len(content['findings']), 'names are unique'
    assert {name.split('.')[0] for name in found} == set(CHECKS) - {'torch'}
    assert not [item for name, item in found.items() if name.endswith('.check')]
    for name in ('system.architecture', 'python.opencv', 'python.v4l2', 'camera.device'):
        assert found[name]['severity'] == 'ok', found[name]
    assert all(
        bool(item['fix']) == (item['severity'] in ('warn', 'error')) for item in found.values()
    )
