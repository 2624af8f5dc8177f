# Copyright 2026 The rpi_classifier authors
#
# Licensed under the Apache License, Version 2.0 (the "License");
# you may not use this file except in compliance with the License.
# You may obtain a copy of the License at
#
#     http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS,
# WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
# See the License for the specific language governing permissions and
# limitations under the License.

"""What is written down twice must agree: versions, YAML and the config dataclasses."""

from dataclasses import asdict
from pathlib import Path
import re
import shutil
import subprocess
import xml.etree.ElementTree as ElementTree

import pytest
import yaml

from rpi_classifier.config import CameraConfig, ClassifierConfig

ROOT = Path(__file__).resolve().parent.parent


def test_version_is_the_same_everywhere():
    version = ElementTree.parse(ROOT / 'package.xml').findtext('version')
    assert re.search(r"version='([^']+)'", (ROOT / 'setup.py').read_text()).group(1) == version
    assert f'\n{version} (' in (ROOT / 'CHANGELOG.rst').read_text()


@pytest.mark.parametrize(
    ('node', 'kind'), [('camera', CameraConfig), ('classifier', ClassifierConfig)]
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
