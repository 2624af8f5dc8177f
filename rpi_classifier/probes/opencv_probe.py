# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Prints what this OpenCV can do, as JSON; doctor runs it as a process.

usage: python -m rpi_classifier.probes.opencv_probe
"""

from __future__ import annotations

import json


def main() -> None:
    """Print the versions, and whether this OpenCV can open V4L2 cameras."""
    import cv2
    import numpy as np

    v4l2 = cv2.CAP_V4L2 in cv2.videoio_registry.getCameraBackends()
    found = {'opencv': cv2.__version__, 'numpy': np.__version__, 'v4l2': v4l2}
    print(json.dumps(found), flush=True)


if __name__ == '__main__':
    main()
