# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Processes of nodes that cannot start or fail; how they end is in test_composed.py."""

import signal
import subprocess
import sys

import pytest

pytest.importorskip('rclpy', reason='there is no ROS 2 here')

from lifecycle_msgs.msg import Transition
from lifecycle_msgs.srv import ChangeState
from sensor_msgs.msg import Image
from std_srvs.srv import Trigger
from support.ros import wait_for
from vision_msgs.msg import Classification


def test_a_torch_that_would_kill_the_process_ends_it_with_a_sentence():
    """Importing such a torch ends with SIGILL, and a respawn would repeat that forever."""
    code = """
import sys
from rpi_classifier.runtime import torch_releases
torch_releases.installed = lambda *_: '2.10.0'
torch_releases.refusal = lambda *_: 'torch 2.10.0 ends with an illegal instruction'
sys.argv[1:] = []
from rpi_classifier.nodes.classifier.node import main
try:
    main()
finally:
    assert 'torch' not in sys.modules
"""
    done = subprocess.run(
        [sys.executable, '-c', code], capture_output=True, text=True, timeout=120
    )
    said = done.stdout + done.stderr
    assert done.returncode == 1, said
    assert '[classifier]: torch 2.10.0 ends with an illegal instruction' in said
    assert 'Traceback' not in said


BROKEN = (
    'from rpi_classifier.inference.classifier import Classifier; '
    'Classifier.classify = lambda *_: 1 / 0; '
    'from rpi_classifier.nodes.composed import main; main()'
)


def test_an_exception_that_ends_a_thread_is_logged_with_its_place(start, photo_folder):
    parameters = (f'device:={photo_folder}', 'weights:=random', 'always_on:=true')
    process = start('', *(word for value in parameters for word in ('-p', value)), program=BROKEN)
    output = process.communicate(timeout=120)[0]
    assert process.returncode == 1, output
    assert '[classifier]: ZeroDivisionError: division by zero' in output
    assert 'inference_thread.py' in output


RAISING = (
    'from rpi_classifier.nodes import composed; '
    'from rpi_classifier.nodes.common.managed_node import ManagedNode; '
    'from std_srvs.srv import Trigger; '
    'make = ManagedNode.__init__; '
    'ManagedNode.__init__ = lambda self, *values, **options: (make(self, *values, **options), '
    "self.create_service(Trigger, '~/raise', lambda request, response: 1 / 0), None)[-1]; "
    'composed.main()'
)


def both_work(graph):
    """Wait until camera and classifier publish."""
    images = graph.collect(Image, 'image_raw')
    results = graph.collect(Classification, 'classification')
    graph.wait(lambda: images and results, 'images and results')


def test_what_a_callback_raises_and_a_wrong_transition_end_no_node_and_are_logged_as_its_own(
    graph, start, photo_folder
):
    wrong = ChangeState.Request(transition=Transition(id=Transition.TRANSITION_ACTIVATE))
    words = ('-p', f'device:={photo_folder}', '-p', 'weights:=random')
    process = start('', *words, program=RAISING)
    both_work(graph)
    for node in ('camera', 'classifier'):
        for kind, name, request in (
            (Trigger, 'raise', Trigger.Request()),
            (ChangeState, 'change_state', wrong),
        ):
            client = graph.client.create_client(kind, f'{node}/{name}')
            assert client.wait_for_service(60.0)
            client.call_async(request)  # rclpy 7 does not answer a wrong transition
            said = wait_for(process, '[ERROR]').splitlines()[-1]
            assert f' [{node}]: ' in said
            assert ('a callback failed, the node goes on: Traceback' in said) or name != 'raise'
            both_work(graph)
    process.send_signal(signal.SIGINT)
    assert process.stdout.read().count('[ERROR]') == 0
    assert process.wait(60) == 0
