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

"""A short soak: what long use would wear out is watched for some thousand results."""

from pathlib import Path
import subprocess
import sys

import pytest

pytest.importorskip('rclpy', reason='there is no ROS 2 here')

SOAK = Path(__file__).with_name('soak.py')


@pytest.mark.timeout(900)
def test_disturbed_nodes_hold_no_more_after_two_thousand_results():
    command = [sys.executable, str(SOAK), '--two-processes', '--fps', '1000', '--frames', '2000']
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr
    assert 'exit status 0, 0' in result.stdout
