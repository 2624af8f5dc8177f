# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Images larger than Fast DDS's default shared memory, between two processes."""

import os
from pathlib import Path
import signal
import subprocess
import sys

import pytest

pytest.importorskip('rclpy', reason='there is no ROS 2 here')

import cv2
import numpy as np
from rclpy.qos import QoSProfile
from sensor_msgs.msg import Image

from rpi_classifier.bringup.plan import dds_environment

PROFILE = Path(__file__).resolve().parents[2] / 'config' / 'fastdds.xml'
MAIN = 'from rpi_classifier.nodes.camera.node import main; main()'
DISTRIBUTION = {name: os.environ[name] for name in ('ROS_DISTRO',) if name in os.environ}
FPS = 20
IN_A_ROW = 20


@pytest.mark.parametrize('size', [(640, 480), (1280, 720)])
def test_images_arrive_without_gaps(graph, tmp_path, size):
    image = np.random.default_rng(0).integers(0, 256, (size[1], size[0], 3), np.uint8)
    cv2.imwrite(str(tmp_path / 'noise.png'), image)
    images = graph.collect(Image, 'image_raw', QoSProfile(depth=5))
    arguments = ['-p', f'device:={tmp_path}', '-p', f'fps:={FPS}', '-p', 'qos_depth:=5']
    process = subprocess.Popen(
        [sys.executable, '-c', MAIN, '--ros-args', *arguments],
        env={**os.environ, **dds_environment(str(PROFILE), DISTRIBUTION)},
    )

    def without_gaps():
        stamps = [m.header.stamp.sec * 10**9 + m.header.stamp.nanosec for m in images]
        recent = np.diff(stamps[-IN_A_ROW - 1 :])
        return len(recent) == IN_A_ROW and recent.max() < 1.8e9 / FPS

    try:
        graph.wait(without_gaps, f'{IN_A_ROW} images in a row')
        assert np.array_equal(np.frombuffer(images[-1].data, np.uint8), image.ravel())
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
