# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The checks of ROS 2; the probe that looks at the graph is in test/probes."""

from pathlib import Path

import pytest

from rpi_classifier.doctor import ros
from rpi_classifier.probes.run_probe import ProbeResult


def verdict(finding):
    return finding.severity


RUNS = ProbeResult(({'middleware': 'rmw_fastrtps_cpp'},))


@pytest.mark.parametrize(
    ('said', 'environment', 'rclpy', 'severity'),
    [
        (RUNS, {'ROS_DISTRO': 'jazzy'}, '7.1.4', 'ok'),
        (RUNS, {'ROS_DISTRO': 'foxy'}, '1.0', 'warn'),
        (RUNS, {}, '9.1.2', 'ok'),
        (ProbeResult((), "No module named 'rclpy'"), {}, None, 'error'),
    ],
)
def test_distributions_that_are_missing_or_too_old_are_told(said, environment, rclpy, severity):
    assert verdict(ros.check_distribution(said, environment, rclpy)) == severity


def test_a_middleware_that_is_asked_for_but_missing_is_an_error():
    asked = {'RMW_IMPLEMENTATION': 'rmw_cyclonedds_cpp'}
    found = ros.check_middleware(ProbeResult((), 'RuntimeError'), asked, ['rmw_fastrtps_cpp'])
    assert found.severity == 'error'
    assert 'ros-$ROS_DISTRO-rmw-cyclonedds-cpp' in found.fix
    assert verdict(ros.check_middleware(RUNS, {}, ['rmw_fastrtps_cpp'])) == 'ok'


@pytest.mark.parametrize(
    ('middleware', 'hint', 'reach'),
    [
        ('rmw_fastrtps_cpp', '', 'the whole subnet'),
        ('rmw_cyclonedds_cpp', 'net.core.rmem_max', 'the whole subnet'),
        ('rmw_zenoh_cpp', 'rmw_zenohd', 'routers'),
    ],
)
def test_what_differs_with_another_middleware_is_told(middleware, hint, reach):
    runs = ProbeResult(({'middleware': middleware},))
    assert hint in ros.check_middleware(runs, {}, [middleware]).finding
    assert reach in ros.check_discovery({}, middleware).finding


def test_middlewares_are_found_by_their_markers(tmp_path):
    index = tmp_path / 'share/ament_index/resource_index/rmw_typesupport_cpp'
    index.mkdir(parents=True)
    for name in ('rmw_zenoh_cpp', 'rmw_implementation'):
        (index / name).touch()
    there = ros.installed_middlewares({'AMENT_PREFIX_PATH': f'/nowhere:{tmp_path}'})
    assert 'rmw_zenoh_cpp' in there
    assert 'rmw_implementation' not in there


@pytest.mark.parametrize(
    ('environment', 'severity', 'text'),
    [
        ({}, 'ok', 'domain 0, the whole subnet'),
        ({'ROS_AUTOMATIC_DISCOVERY_RANGE': 'LOCALHOST'}, 'ok', 'this machine only'),
        ({'ROS_LOCALHOST_ONLY': '1', 'ROS_DOMAIN_ID': '7'}, 'ok', 'domain 7, this machine only'),
        (
            {'ROS_AUTOMATIC_DISCOVERY_RANGE': 'LOCALHOST', 'ROS_DISTRO': 'humble'},
            'ok',
            'the whole subnet',
        ),
        ({'ROS_AUTOMATIC_DISCOVERY_RANGE': 'OFF'}, 'warn', 'do not find each other'),
        ({'ROS_AUTOMATIC_DISCOVERY_RANGE': 'NEAR'}, 'error', 'NEAR is unknown'),
        ({'ROS_DOMAIN_ID': '300'}, 'error', '300 is not a domain'),
    ],
)
def test_discovery_is_judged_by_its_variables(environment, severity, text):
    found = ros.check_discovery(environment)
    assert (found.severity, text in found.finding) == (severity, True), found


def test_shared_memory_matters_to_fast_dds_only(tmp_path, monkeypatch):
    folder = Path('/dev/shm')
    assert verdict(ros.check_shared_memory(folder, 'rmw_cyclonedds_cpp')) == 'skipped'
    assert verdict(ros.check_shared_memory(tmp_path / 'none', 'rmw_fastrtps_cpp')) == 'warn'
    monkeypatch.setattr(ros, '_SHM_MB', 1 << 40)
    assert 'MB free in /dev/shm' in ros.check_shared_memory(folder, 'rmw_fastrtps_cpp').finding


def graph(nodes, **topics):
    return ros.check_graph(ProbeResult(({'nodes': nodes, 'topics': topics},)))


def ends(publishers=(), subscribers=(), clashes=()):
    return {
        'publishers': [{'node': node} for node in publishers],
        'subscribers': [{'node': node} for node in subscribers],
        'clashes': list(clashes),
    }


def test_the_graph_tells_clashes_and_starving_classifiers():
    clash = {'between': ['/camera', '/viewer'], 'reason': 'reliability'}
    found = graph(['/camera'], image_raw=ends(['/camera'], ['/viewer'], [clash]))
    assert (found.severity, '/camera -> /viewer on image_raw' in found.finding) == ('error', True)
    others = graph(['/camera'], other=ends(['/a'], ['/b'], [{**clash, 'between': ['/a', '/b']}]))
    assert verdict(others) == 'warn'
    starving = graph(['/classifier'], image=ends([], ['/classifier']), other=ends(['/usb_cam']))
    assert (starving.severity, 'image:=other' in starving.fix) == ('warn', True)
    twins = graph(['/camera', '/camera', '/classifier'])
    assert (twins.severity, '2 nodes are named /camera' in twins.finding) == ('warn', True)
    assert verdict(graph([])) == 'skipped'
    assert verdict(graph(['/camera', '/classifier'], image_raw=ends(['/camera']))) == 'ok'
    assert verdict(ros.check_graph(ProbeResult((), 'no rclpy'))) == 'skipped'
