# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What the nodes share: lifecycle."""

import pytest

pytest.importorskip('rclpy', reason='there is no ROS 2 here')

from rclpy.lifecycle import TransitionCallbackReturn

from rpi_classifier.errors import ModelError
from rpi_classifier.nodes.classifier.node import ClassifierNode
from rpi_classifier.nodes.common import managed_node
from rpi_classifier.nodes.common.ending import Ending


def test_a_dead_thread_wakes_the_main_thread(graph, monkeypatch):
    ending = Ending()
    monkeypatch.setattr(managed_node, 'SHUTDOWN', ending)
    node = graph.add(ClassifierNode())
    error = ZeroDivisionError('bug')
    node.fail(error)
    ending.wait()
    assert node.error is error


def test_transition_that_fails_is_undone(graph, monkeypatch):
    node = graph.add(ClassifierNode())
    undone = []

    def configure():
        raise ModelError('no such model')

    monkeypatch.setattr(node, 'configure', configure)
    monkeypatch.setattr(node, 'clean_up', lambda: undone.append(True))
    assert not node.start()
    assert undone == [True]


def test_an_exception_that_nobody_expected_fails_the_transition_with_its_reason(
    graph, monkeypatch
):
    node = graph.add(ClassifierNode())

    def configure():
        raise OSError('the disk is gone')

    monkeypatch.setattr(node, 'configure', configure)
    assert not node.start()
    assert node.reason == 'OSError: the disk is gone'
    assert node.error is None
    monkeypatch.undo()
    monkeypatch.setattr(node, 'configure', lambda: None)
    assert node.trigger_configure() == TransitionCallbackReturn.SUCCESS


def test_an_exception_while_stopping_ends_the_process(graph, monkeypatch):
    ending = Ending()
    monkeypatch.setattr(managed_node, 'SHUTDOWN', ending)
    node = graph.add(ClassifierNode())
    for method in ('configure', 'activate', 'clean_up'):
        monkeypatch.setattr(node, method, lambda: None)

    def deactivate():
        raise OSError('the disk is gone')

    monkeypatch.setattr(node, 'deactivate', deactivate)
    assert node.start()
    node.close()
    ending.wait()
    assert isinstance(node.error, OSError)


def test_closing_twice_does_no_harm(graph):
    node = graph.add(ClassifierNode())
    node.close()
    node.close()
