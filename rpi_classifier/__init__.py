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

"""Real-time image classification on a Raspberry Pi 4, as a ROS 2 package."""

import os as _os

# OpenCV reads these once, when it is loaded: how long a read of a V4L2 device waits for a frame,
# in whole seconds, and that it keeps its remarks about a missing camera to itself. The package's
# errors say more, and say it once.
_os.environ.setdefault('OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT', '2')
_os.environ.setdefault('OPENCV_LOG_LEVEL', 'ERROR')
