# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""A classifier that is asked to end while another model is tried leaves no process behind."""

from pathlib import Path

import psutil
import pytest

pytest.importorskip('rclpy', reason='there is no ROS 2 here')

from rcl_interfaces.srv import SetParametersAtomically
import rclpy
from rclpy.parameter import Parameter

from rpi_classifier.bringup.processes import running

COLOURS = Path(__file__).resolve().parents[1] / 'fixtures' / 'v0.1' / 'colours.pt'
PATIENCE_S = 120.0
OTHER = {'model': 'mobilenet_v2', 'weights': 'random'}


def set_parameters(domain, values):
    """Set parameters of the running classifier once it answers."""
    rclpy.init(domain_id=domain)
    try:
        node = rclpy.create_node('asks')
        client = node.create_client(
            SetParametersAtomically, 'classifier/set_parameters_atomically'
        )
        assert client.wait_for_service(PATIENCE_S)
        parameters = [Parameter(name, value=value).to_parameter_msg() for name, value in values]
        future = client.call_async(SetParametersAtomically.Request(parameters=parameters))
        rclpy.spin_until_future_complete(node, future, timeout_sec=PATIENCE_S)
        return future.result().result
    finally:
        rclpy.shutdown()


def grandchildren(process, least):
    """Wait for processes below a process, and return them."""
    while len(found := process.children(recursive=True)) < least:
        psutil.wait_procs(found, timeout=0.05)
        assert process.is_running()
    return found


def test_no_process_is_left_of_a_trial_and_of_what_it_builds():
    settings = {'model': str(COLOURS), 'cache': 'false'}
    with running({'camera': 'false', 'log_level': 'error'}, settings) as nodes:
        domain = int(nodes.environment['ROS_DOMAIN_ID'])
        answer = set_parameters(domain, OTHER.items())
        assert answer.successful, answer.reason
        trial = grandchildren(psutil.Process(nodes.processes[0].pid), 2)
    assert nodes.processes[0].returncode == 0
    assert psutil.wait_procs(trial, timeout=PATIENCE_S)[1] == []
