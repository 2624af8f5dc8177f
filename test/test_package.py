# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What is written down twice must agree: versions, YAML and the config dataclasses."""

from dataclasses import asdict
from pathlib import Path
import re
import shutil
import subprocess
import xml.etree.ElementTree as ElementTree

import pytest
import yaml

from rpi_classifier.config import CameraConfig, ClassifierConfig, LiveViewConfig

ROOT = Path(__file__).resolve().parent.parent


def test_version_is_the_same_everywhere():
    version = ElementTree.parse(ROOT / 'package.xml').findtext('version')
    assert re.search(r"version='([^']+)'", (ROOT / 'setup.py').read_text()).group(1) == version
    assert f'\n{version} (' in (ROOT / 'CHANGELOG.rst').read_text()


@pytest.mark.parametrize(
    'folder', ['rpi_classifier', 'launch', 'scripts', 'dev', 'docker', 'test', '.ci']
)
def test_every_program_begins_with_copyright_and_licence(folder):
    for path in (ROOT / folder).rglob('*'):
        if path.suffix == '.py' or (path.is_file() and path.read_bytes()[:2] == b'#!'):
            lines = path.read_text().splitlines()
            lines = lines[1:3] if lines[:1] and lines[0].startswith('#!') else lines[:2]
            assert lines == [
                '# Copyright 2026 The rpi_classifier authors',
                '# SPDX-License-Identifier: Apache-2.0',
            ], path


@pytest.mark.parametrize(
    ('node', 'kind'),
    [('camera', CameraConfig), ('classifier', ClassifierConfig), ('live_view', LiveViewConfig)],
)
def test_yaml_shows_every_parameter_with_its_default(node, kind):
    content = yaml.safe_load((ROOT / 'config' / 'classifier.yaml').read_text())
    assert content[f'/**/{node}']['ros__parameters'] == asdict(kind())


@pytest.mark.skipif(not shutil.which('systemd-analyze'), reason='systemd is not installed here')
def test_systemd_understands_its_unit():
    unit = ROOT / 'systemd' / 'rpi_classifier@.service'
    done = subprocess.run(
        ['systemd-analyze', 'verify', unit], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, '')
