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

"""
Prints what this OpenCV can do, as JSON; the command doctor runs it as a process.

usage: python -m rpi_classifier.probes.opencv_probe
"""

from __future__ import annotations

import json


def main() -> None:
    """Print versions, and whether cameras can be opened."""
    import cv2
    import numpy as np

    v4l2 = cv2.CAP_V4L2 in cv2.videoio_registry.getCameraBackends()
    print(json.dumps({'opencv': cv2.__version__, 'numpy': np.__version__, 'v4l2': v4l2}))


if __name__ == '__main__':
    main()
