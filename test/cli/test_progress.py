# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The progress bar of commands that take minutes."""

import io
import sys

import pytest

from rpi_classifier.cli.progress import progress


class Terminal(io.StringIO):
    """What is written to a terminal."""

    def isatty(self):
        return True


def test_terminal_shows_how_far_the_work_is_and_what_was_done(monkeypatch):
    pytest.importorskip('tqdm', reason='tqdm is not installed')
    monkeypatch.setattr(sys, 'stderr', Terminal())
    monkeypatch.setenv('COLUMNS', '100')
    monkeypatch.setenv('LINES', '40')
    with progress('tune', 2) as advance:
        advance('onnx with 1 thread')
        advance('onnx with 2 threads')
        shown = sys.stderr.getvalue()
    assert '0/2' in shown
    assert 'step' in shown


def test_text_beside_the_bar_changes_without_a_step(monkeypatch):
    pytest.importorskip('tqdm', reason='tqdm is not installed')
    monkeypatch.setattr(sys, 'stderr', Terminal())
    monkeypatch.setenv('COLUMNS', '100')
    monkeypatch.setenv('LINES', '40')
    with progress('collect', 2) as advance:
        advance('kept 0, skipped 7', 0)
        shown = sys.stderr.getvalue()
    assert 'kept 0, skipped 7' in shown
    assert '1/2' not in shown


def test_terminal_without_tqdm_gets_one_sentence(monkeypatch):
    monkeypatch.setattr(sys, 'stderr', Terminal())
    monkeypatch.setattr('importlib.util.find_spec', lambda name: None)
    with progress('tune', 2) as advance:
        advance('export')
    assert sys.stderr.getvalue() == (
        'tune: no progress bar, tqdm is not installed; pip install tqdm\n'
    )


def test_file_or_pipe_gets_nothing(capsys):
    with progress('tune', 2) as advance:
        advance('export')
    assert capsys.readouterr() == ('', '')
