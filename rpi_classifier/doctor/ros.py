# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Checks of ROS 2: distribution, middleware, discovery, and whether images get through."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
import os
from pathlib import Path
import shutil
import sys
from typing import Any

from rpi_classifier.doctor.check_result import CheckResult, error, ok, Options, skipped, warn
from rpi_classifier.probes.run_probe import ProbeResult, run_probe
from rpi_classifier.versions import installed, ros_distribution

_TOO_OLD = ('dashing', 'eloquent', 'foxy', 'galactic', 'iron')
_OWN = ('/camera', '/classifier')
_RANGES = ('SUBNET', 'LOCALHOST', 'OFF', 'SYSTEM_DEFAULT')
_LAST_DOMAIN = 232  # DDS has no ports for higher ones
_GRAPH = 'ros.graph'
_LOOK_S = 8.0
_SHM_MB = 64  # config/fastdds.xml takes 16 MB for each process
# What differs from Fast DDS, for which this package brings a profile.
_HINTS = {
    'rmw_zenoh_cpp': ', which needs its router: ros2 run rmw_zenoh_cpp rmw_zenohd',
    'rmw_cyclonedds_cpp': ', which for large images wants sysctl net.core.rmem_max=2147483647',
}
_SOURCE = 'source /opt/ros/DISTRIBUTION/setup.bash, or use scripts/exec'


def check_ros(options: Options) -> Iterator[CheckResult]:
    """Check everything that ROS 2 needs; another process examines the graph."""
    probe = run_probe(
        '-m', 'rpi_classifier.probes.graph_probe', str(_LOOK_S), limit_s=options.limit_s
    )
    yield check_distribution(probe, os.environ, installed('rclpy'))
    yield check_middleware(probe, os.environ, installed_middlewares(os.environ))
    middleware = probe.values.get('middleware', '')
    yield check_discovery(os.environ, middleware)
    yield check_shared_memory(options.root / 'dev/shm', middleware)
    yield check_graph(probe)


def check_distribution(
    probe: ProbeResult, environment: Mapping[str, str], rclpy: str | None
) -> CheckResult:
    """Check which ROS 2 this is, if any."""
    name, distro = 'ros.distribution', ros_distribution(environment)
    if rclpy is None and 'middleware' not in probe.values:
        return error(name, f'rclpy cannot be imported ({probe.failure})', _SOURCE)
    what = f'ROS 2 {distro}'.rstrip() + (f', rclpy {rclpy}' if rclpy else '')
    if distro in _TOO_OLD:
        return warn(name, f'{what} is no longer maintained', 'use Humble, Jazzy or newer')
    return ok(name, what if environment.get('ROS_DISTRO') else f'{what}, from PyPI')


def installed_middlewares(environment: Mapping[str, str]) -> list[str]:
    """Return the names of the middlewares that ROS 2 can find, as ``rmw_fastrtps_cpp``."""
    prefixes = [*environment.get('AMENT_PREFIX_PATH', '').split(':'), sys.prefix]
    index = 'share/ament_index/resource_index/rmw_typesupport_cpp'
    found = {file.name for prefix in prefixes if prefix for file in Path(prefix, index).glob('*')}
    return sorted(found - {'rmw_implementation'})


def check_middleware(
    probe: ProbeResult, environment: Mapping[str, str], there: list[str]
) -> CheckResult:
    """Check which middleware runs, or why none does."""
    name, asked = 'ros.middleware', environment.get('RMW_IMPLEMENTATION', '')
    known = f'installed: {", ".join(there) or "none"}'
    if 'middleware' in probe.values:
        used = probe.values['middleware']
        return ok(name, f'{used}{_HINTS.get(used, "")}; {known}')
    if asked and asked not in there:
        what = f'RMW_IMPLEMENTATION={asked} is not installed; {known}'
        package = f'ros-$ROS_DISTRO-{asked.replace("_", "-")}'
        return error(name, what, f'unset RMW_IMPLEMENTATION, or sudo apt install {package}')
    return error(name, f'rclpy does not start: {probe.failure}', _SOURCE)


def check_discovery(environment: Mapping[str, str], used: str = '') -> CheckResult:
    """
    Check which machines see the nodes.

    :param used: the middleware that runs.
    """
    name = 'ros.discovery'
    if used == 'rmw_zenoh_cpp':
        return ok(name, 'this machine, and those whose Zenoh routers are connected to its router')
    domain = environment.get('ROS_DOMAIN_ID') or '0'
    reach = environment.get('ROS_AUTOMATIC_DISCOVERY_RANGE') or 'SUBNET'
    if not domain.isdecimal() or int(domain) > _LAST_DOMAIN:
        fix = f'export ROS_DOMAIN_ID=0, or another number up to {_LAST_DOMAIN}'
        return error(name, f'ROS_DOMAIN_ID={domain} is not a domain', fix)
    if reach not in _RANGES:
        fix = f'export one of {", ".join(_RANGES)}'
        return error(name, f'ROS_AUTOMATIC_DISCOVERY_RANGE={reach} is unknown', fix)
    if reach == 'OFF' and not environment.get('ROS_STATIC_PEERS'):
        what = 'ROS_AUTOMATIC_DISCOVERY_RANGE=OFF: two processes do not find each other'
        return warn(name, what, 'export ROS_AUTOMATIC_DISCOVERY_RANGE=LOCALHOST')
    local = environment.get('ROS_LOCALHOST_ONLY') == '1'
    local |= reach == 'LOCALHOST' and environment.get('ROS_DISTRO') != 'humble'
    return ok(name, f'domain {domain}, {"this machine only" if local else "the whole subnet"}')


def check_shared_memory(folder: Path, used_by: str) -> CheckResult:
    """Check whether the shared memory has room for large images."""
    name = 'ros.shared_memory'
    if 'fastrtps' not in used_by:
        return skipped(name, 'Fast DDS is not in use')
    try:
        room = shutil.disk_usage(folder)
    except OSError as failure:
        fix = 'mount -t tmpfs tmpfs /dev/shm'
        return warn(name, f'{folder} cannot be used: {failure.strerror}', fix)
    free, total = (number >> 20 for number in (room.free, room.total))
    what = f'{free} of {total} MB free in {folder}'
    if free < _SHM_MB:
        fix = 'docker run --shm-size=256m, or remove what ended programs left: fastdds shm clean'
        return warn(name, f'{what}; 640x480 images need {_SHM_MB}', fix)
    return ok(name, what)


def check_graph(probe: ProbeResult) -> CheckResult:
    """Check whether the cameras and classifiers that run now fit together."""
    found = probe.values
    if 'topics' not in found:
        return skipped(_GRAPH, 'cannot be examined without a middleware')
    fault = _incompatible(found['topics']) or _starving(found['topics']) or _twins(found['nodes'])
    if fault:
        return fault
    if not found['nodes']:
        return skipped(_GRAPH, 'neither camera nor classifier runs here now')
    return ok(_GRAPH, f'{", ".join(found["nodes"])}: all connections are compatible')


def _incompatible(topics: Mapping[str, Any]) -> CheckResult | None:
    """Return the first pair of publisher and subscriber whose QoS is incompatible."""
    for topic, ends in topics.items():
        for clash in ends['clashes']:
            what = f'{" -> ".join(clash["between"])} on {topic}: {clash["reason"]}'
            fix = (
                'set qos_reliability: reliable for the camera, or let the subscriber request less'
            )
            own = any(end.endswith(_OWN) for end in clash['between'])
            return error(_GRAPH, what, fix) if own else warn(_GRAPH, what, fix)
    return None


def _twins(nodes: Sequence[str]) -> CheckResult | None:
    """Return the first name that two nodes have."""
    for name in nodes:
        if nodes.count(name) > 1:
            what = f'{nodes.count(name)} nodes are named {name}; services of any of them answer'
            fix = 'end all but one, or start with namespace:=NAME (killed ones fade in 20 s)'
            return warn(_GRAPH, what, fix)
    return None


def _starving(topics: Mapping[str, Any]) -> CheckResult | None:
    """Return the first classifier that waits for images that nobody publishes."""
    for topic, ends in topics.items():
        for end in ends['subscribers']:
            if not ends['publishers'] and end['node'].endswith('/classifier'):
                given = [other for other, ends in topics.items() if ends['publishers']]
                fix = f'start with camera:=false image:={given[0]}' if given else 'start a camera'
                return warn(
                    _GRAPH, f'{end["node"]} waits for {topic}, which nobody publishes', fix
                )
    return None
