# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What all nodes share: lifecycle, parameters, a steady beat."""

import pytest

pytest.importorskip('rclpy', reason='there is no ROS 2 here')

from diagnostic_msgs.msg import DiagnosticArray
from rclpy.lifecycle import TransitionCallbackReturn

from rpi_classifier.config import NodeConfig
from rpi_classifier.errors import ConfigError, ModelError
from rpi_classifier.nodes.classifier.node import ClassifierNode
from rpi_classifier.nodes.common import managed_node
from rpi_classifier.nodes.common.ending import Ending
from rpi_classifier.nodes.common.managed_node import ManagedNode


class Follower(ManagedNode[NodeConfig]):
    """Counts how often it follows demand."""

    followed = 0

    def follow_demand(self):
        self.followed += 1


class Picky(ManagedNode[NodeConfig]):
    """Refuses to start by itself."""

    def check_config(self, config):
        if config.autostart:
            raise ConfigError('autostart: True is not what this node likes')


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


def test_what_a_transition_uses_cannot_change_while_it_runs(graph, monkeypatch):
    node = graph.add(ClassifierNode())
    results, used = [], []

    def configure():
        results.extend(graph.set_parameters('classifier', engine='qnnpack', top_k=3))
        used.append(node.config)

    monkeypatch.setattr(node, 'configure', configure)
    assert node.trigger_configure() == TransitionCallbackReturn.SUCCESS
    (model, top_k) = results
    assert (model.successful, top_k.successful) == (False, True)
    assert 'deactivate and clean up the node first' in model.reason
    assert (used[0].model, node.config.model) == ('mobilenet_v2', 'mobilenet_v2')
    assert node.config.top_k == 3


def test_parameters_can_change_again_after_a_failed_configuration(graph, monkeypatch):
    node = graph.add(ClassifierNode())

    def configure():
        raise ModelError('no such model')

    monkeypatch.setattr(node, 'configure', configure)
    assert not node.start()
    (result,) = graph.set_parameters('classifier', model='resnet18')
    assert result.successful, result.reason


def test_closing_twice_does_no_harm(graph):
    node = graph.add(ClassifierNode())
    node.close()
    node.close()


def test_demand_is_followed_from_activation_to_deactivation(graph):
    node = graph.add(Follower('follower', NodeConfig))
    seen = graph.collect(DiagnosticArray, '/diagnostics')
    graph.wait(lambda: seen, 'a second')
    assert node.followed == 0
    assert node.start()
    assert node.followed > 0
    count = node.followed
    graph.wait(lambda: node.followed > count + 1, 'the beat')
    node.trigger_deactivate()
    count, seconds = node.followed, len(seen)
    graph.wait(lambda: len(seen) > seconds + 1, 'a second')
    assert node.followed == count


def test_demand_that_cannot_be_followed_fails_the_activation(graph, monkeypatch):
    node = graph.add(Follower('follower', NodeConfig))

    def follow_demand():
        raise OSError('the disk is gone')

    monkeypatch.setattr(node, 'follow_demand', follow_demand)
    assert not node.start()
    assert node.reason == 'OSError: the disk is gone'
    assert not node.active


def test_config_that_the_node_refuses_ends_its_start_with_its_name(graph):
    with pytest.raises(ConfigError, match='^picky: autostart: True'):
        Picky('picky', NodeConfig)


def test_change_that_the_node_refuses_changes_nothing(graph, overrides):
    node = graph.add(Picky('picky', NodeConfig, parameter_overrides=overrides(autostart=False)))
    (result,) = graph.set_parameters('picky', autostart=True)
    assert (result.successful, result.reason) == (
        False,
        'autostart: True is not what this node likes',
    )
    assert node.config.autostart is False
