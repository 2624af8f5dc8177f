# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What commands share."""

import os
from pathlib import Path
import subprocess
import sys

import pytest

from rpi_classifier.cli.command import (
    check_output_path,
    check_seconds,
    choice_of,
    run_command,
    write_output,
)
from rpi_classifier.errors import CameraError, ConfigError, ImageError, OutputError


@pytest.mark.parametrize(
    ('error', 'status'),
    [(ConfigError('no'), 2), (ImageError('no'), 2), (CameraError('no'), 1)],
)
def test_an_error_of_this_package_is_one_line_and_a_status(error, status, capsys):
    def work(words):
        raise error

    assert run_command('classify', work, None) == status
    assert capsys.readouterr().err == 'classify: no\n'


def test_ctrl_c_ends_a_command_with_one_line(capsys):
    def work(words):
        raise KeyboardInterrupt

    assert run_command('classify', work, None) == 130
    assert capsys.readouterr() == ('', 'classify: interrupted\n')


def test_what_ctrl_c_left_undone_is_in_the_same_line(capsys):
    def work(words):
        raise KeyboardInterrupt('nothing is written')

    assert run_command('train', work, None) == 130
    assert capsys.readouterr() == ('', 'train: interrupted; nothing is written\n')


@pytest.mark.parametrize(('returned', 'status'), [(None, 0), (0, 0), (1, 1)])
def test_a_command_may_decide_its_status(returned, status):
    assert run_command('doctor', lambda words: returned, []) == status


def test_a_choice_is_found_and_another_word_stays():
    find = choice_of(('on', 'off'), {'true': 'on'})
    assert [find(word) for word in ('ON', 'True', 'perhaps')] == ['on', 'on', 'perhaps']


@pytest.mark.parametrize('value', [0.0, -1.0, float('nan'), float('inf'), 1e9])
def test_a_time_is_above_zero_and_ends(value):
    check_seconds('limit', 0.1)
    with pytest.raises(ConfigError, match=r'^limit: .* is not a number of seconds above 0'):
        check_seconds('limit', value)


def test_an_output_is_checked_before_the_work(tmp_path):
    check_output_path('output', tmp_path / 'table.md', ['.md', '.csv'])
    with pytest.raises(ConfigError, match=r"^output: 'table.xls' does not end in .md or .csv$"):
        check_output_path('output', Path('table.xls'), ['.md', '.csv'])
    with pytest.raises(ConfigError, match='nowhere is not a folder'):
        check_output_path('output', tmp_path / 'nowhere' / 'table.md', ['.md'])


def test_output_that_cannot_be_written_after_the_work_is_told(tmp_path):
    (tmp_path / 'table.md').mkdir()
    with pytest.raises(OutputError, match=r'^output: .*table.md cannot be written: Is a dir'):
        write_output('output', tmp_path / 'table.md', b'content')
    write_output('output', tmp_path / 'other.md', b'content')
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ['other.md']


def test_a_reader_that_leaves_early_ends_a_command_quietly():
    code = (
        'import sys; from rpi_classifier.cli.command import run_command; '
        "sys.exit(run_command('x', lambda words: [print('y' * 999) for _ in range(999)], []))"
    )
    shell = f'{sys.executable} -c "{code}" | head -c 1; exit ${{PIPESTATUS[0]}}'
    done = subprocess.run(['bash', '-c', shell], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (141, '')


def test_full_disk_behind_standard_output_is_one_sentence():
    code = (
        'import sys; from rpi_classifier.cli.command import run_command; '
        "sys.exit(run_command('x', lambda words: print('y' * 99999), []))"
    )
    with open('/dev/full', 'w') as full:
        done = subprocess.run(
            [sys.executable, '-c', code], stdout=full, stderr=subprocess.PIPE, text=True
        )
    words = 'x: the output cannot be written: No space left on device\n'
    assert (done.returncode, done.stderr) == (1, words)


@pytest.mark.parametrize('encoding', ['ascii', 'latin-1', 'utf-8:strict'])
def test_what_an_encoding_lacks_is_escaped(encoding):
    code = (
        'from rpi_classifier.cli.command import run_command\n'
        "run_command('x', lambda words: print('猫', '\\udcff'), None)"
    )
    environment = {**os.environ, 'PYTHONIOENCODING': encoding}
    done = subprocess.run(
        [sys.executable, '-c', code], env=environment, capture_output=True, check=True
    )
    shown = '猫'.encode() if 'utf' in encoding else b'\\u732b'
    assert done.stdout.strip() == shown + b' \\udcff'
