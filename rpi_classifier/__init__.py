# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Real-time image classification on a Raspberry Pi 4, as a ROS 2 package."""

import os as _os

# OpenCV reads these once, when it is loaded: how long a read of a V4L2 device waits for a frame,
# in whole seconds, and that it keeps its remarks about a missing camera to itself. The package's
# errors say more, and say it once.
_os.environ.setdefault('OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT', '2')
_os.environ.setdefault('OPENCV_LOG_LEVEL', 'ERROR')
