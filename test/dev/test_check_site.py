# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The check of links between built pages."""

from pathlib import Path
import subprocess
import sys

import pytest

PROGRAM = Path(__file__).resolve().parents[2] / 'dev' / 'check_site.py'
SOUND = (
    '<h2 id="top">Top</h2><img src="a%20b.svg"><a href="other.html#end">x</a><a href="#top">y</a>'
)


@pytest.fixture
def site(tmp_path):
    """Return a checker of two pages and a picture; the first page may get more."""
    (tmp_path / 'a b.svg').write_text('<svg/>')
    (tmp_path / 'other.html').write_text('<p id="end"><a href="https://example.org/">far</a></p>')

    def check(more=''):
        (tmp_path / 'index.html').write_text(SOUND + more)
        command = [sys.executable, str(PROGRAM), str(tmp_path)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    return check


def test_sound_pages_pass_whatever_they_link_to_elsewhere(site):
    done = site()
    assert (done.returncode, done.stderr) == (0, '')


@pytest.mark.parametrize(
    ('more', 'said'),
    [
        ('<a href="gone.html">x</a>', 'gone.html does not exist'),
        ('<img src="gone.svg">', 'gone.svg does not exist'),
        ('<a href="other.html#gone">x</a>', 'other.html has no anchor gone'),
        ('<a href="#gone">x</a>', 'index.html has no anchor gone'),
        ('<script src="https://example.org/x.js"></script>', 'which needs a network'),
        ('<link href="//example.org/font.css">', 'which needs a network'),
    ],
)
def test_a_broken_link_is_named(site, more, said):
    done = site(more)
    assert done.returncode == 1
    assert said in done.stderr


def test_a_folder_without_pages_is_an_error(tmp_path):
    command = [sys.executable, str(PROGRAM), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert 'has no index.html' in done.stderr
