# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The command doctor as a whole: its table, JSON, exit status, and that nothing stops it."""

import json
import os
import subprocess
import sys
from types import SimpleNamespace

import pytest

from rpi_classifier.cli import doctor
from rpi_classifier.doctor import run_checks as examine
from rpi_classifier.doctor.check_result import (
    error,
    exit_status,
    Finding,
    of_error,
    ok,
    Options,
    skipped,
    warn,
)
from rpi_classifier.errors import CameraAbsent
from rpi_classifier.probes.run_probe import ask

ALL = [ok('a.good', 'fine'), skipped('b.none', 'not here'), warn('c.bad', 'slow', 'hurry')]


@pytest.mark.parametrize(
    ('findings', 'status'),
    [([], 0), (ALL[:2], 0), (ALL, 1), ([error('d.dead', 'gone', 'buy'), *ALL], 2)],
)
def test_exit_status_is_that_of_the_worst_finding(findings, status):
    assert exit_status(findings) == status


def test_a_sentence_of_an_error_is_split_into_finding_and_fix():
    found = of_error('camera.device', 'warn', CameraAbsent('camera X is gone; plug it in again'))
    assert found == Finding('camera.device', 'warn', 'camera X is gone', 'plug it in again')


def test_the_table_is_aligned_and_shows_the_fix(monkeypatch, capsys):
    monkeypatch.setattr(doctor, 'examine', lambda options, skip: iter(ALL))
    assert doctor.main([]) == 1
    assert capsys.readouterr().out.splitlines() == [
        'a.good               ok    fine',
        'b.none               -     not here',
        'c.bad                WARN  slow',
        '                           -> hurry',
        '1 ok, 1 warnings, 0 errors, 1 not applicable',
    ]


def test_json_is_the_same_for_programs(monkeypatch, capsys):
    monkeypatch.setattr(doctor, 'examine', lambda options, skip: iter(ALL))
    assert doctor.main(['--json']) == 1
    content = json.loads(capsys.readouterr().out)
    assert content['status'] == 1
    assert [item['severity'] for item in content['findings']] == ['ok', 'skipped', 'warn']
    assert content['findings'][2]['fix'] == 'hurry'


def test_a_check_that_fails_is_a_finding_and_the_others_go_on(monkeypatch):
    def fail(options):
        yield ok('broken.first', 'fine')
        raise RuntimeError('of nothing\nwith details')

    modules = {'broken': SimpleNamespace(check=fail), 'good': SimpleNamespace(check=lambda _: ALL)}
    monkeypatch.setattr(examine, 'GROUPS', {name: name for name in modules})
    monkeypatch.setattr(
        examine.importlib, 'import_module', lambda name: modules[name.rpartition('.')[2]]
    )
    names = [finding.name for finding in examine.examine(Options())]
    assert names == ['broken.first', 'broken.check', 'a.good', 'b.none', 'c.bad']
    assert [finding.name for finding in examine.examine(Options(), ['broken'])] == [
        finding.name for finding in ALL
    ]


@pytest.mark.parametrize(
    ('code', 'failure'),
    [
        ('pass', ''),
        ('import os, signal; os.kill(os.getpid(), signal.SIGILL)', 'died with SIGILL'),
        ('raise ImportError("no such thing")', 'ImportError: no such thing'),
        ('raise SystemExit(3)', 'ended with status 3'),
    ],
)
def test_a_process_that_is_asked_may_die(code, failure):
    said = ask('-c', f'print(\'{{"step": 1}}\', flush=True); print("noise"); {code}', limit_s=60)
    assert said.values == {'step': 1}
    assert said.failure == failure


def test_a_process_that_hangs_is_given_up_and_ended():
    code = 'import os, time; print({}, flush=True); time.sleep(1000)'.format(
        '\'{"pid": %d}\' % os.getpid()'
    )
    said = ask('-c', code, limit_s=3)
    assert said.failure == 'gave no answer within 3 s'
    if 'pid' in said.values:  # a busy machine may not come so far
        with pytest.raises(ProcessLookupError):
            os.kill(said.values['pid'], 0)


def test_on_this_machine_it_names_every_group_and_no_check_breaks(tmp_path):
    command = [sys.executable, '-m', 'rpi_classifier.cli.doctor', '--json', '--skip', 'torch']
    command += ['--device', str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240)
    content = json.loads(done.stdout)
    assert done.returncode == content['status']
    found = {item['name']: item for item in content['findings']}
    assert len(found) == len(content['findings']), 'names are unique'
    assert {name.split('.')[0] for name in found} == set(examine.GROUPS) - {'torch'}
    assert not [item for name, item in found.items() if name.endswith('.check')]
    for name in ('system.architecture', 'python.opencv', 'python.v4l2', 'camera.device'):
        assert found[name]['severity'] == 'ok', found[name]
    assert all(
        bool(item['fix']) == (item['severity'] in ('warn', 'error')) for item in found.values()
    )
