# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
The arguments of a launch, and the processes with their ROS arguments that follow from them.

The launch file and scripts/run both start what this module plans. A default that is empty leaves
the parameter as it is in the YAML file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from rpi_classifier.bringup.camera_ros import CAMERA_ROS, camera_ros_arguments, CAMERA_ROS_DEFAULTS
from rpi_classifier.config.choices import choose
from rpi_classifier.config.ros_names import check_namespace
from rpi_classifier.errors import ConfigError
from rpi_classifier.files.paths import expand_path
from rpi_classifier.versions import ros_distribution

# name: (default, description). Only the caller knows the default of params_file.
ARGUMENTS = {
    'params_file': ('', 'YAML file with the parameters; default: config/classifier.yaml'),
    'namespace': (
        '',
        'ROS namespace of both nodes: /robot1, or robot1, which is relative to the namespace of a '
        'launch group if there is one',
    ),
    'log_level': ('info', 'debug, info, warn, error or fatal'),
    'device': ('', 'camera device, video file or folder of photos; default: as in the YAML file'),
    'model': ('', 'model; default: as in the YAML file'),
    'composed': ('true', 'true: both nodes in one process, which hands over frames without DDS'),
    'camera': ('true', "false: start the classifier only, for another driver's images"),
    'driver': (
        'v4l2',
        'v4l2: the camera node of this package; camera_ros: that package, for a CSI camera',
    ),
    'image': (
        'image_raw',
        'topic that the classifier subscribes to unless composed; a name that ends in /compressed '
        'means compressed images',
    ),
    'always_on': ('', 'true: classify even if nobody subscribes; default: as in the YAML file'),
    'respawn': ('true', 'true: restart a process that ended with another status than 0'),
    'respawn_delay': ('2.0', 'seconds until the restart'),
    'enclave': (
        '',
        'folder of SROS 2 enclaves, as / or /robot, in which the processes use the enclaves '
        'camera, classifier, camera_classifier and live_view; default: none',
    ),
    'live': ('false', 'true: serve the live page, http://127.0.0.1:8080/ by default'),
    'live_address': ('', 'IP address of the live page; default: as in the YAML file, 127.0.0.1'),
    'live_port': ('', 'TCP port of the live page; default: as in the YAML file, 8080'),
    'controls': (
        '',
        'true: the live page may change parameters, pause, and change the model; default: as in '
        'the YAML file',
    ),
    'autostart': ('', 'false: leave the nodes unconfigured; default: as in the YAML file'),
}


_DRIVERS = {'opencv': 'v4l2', 'usb': 'v4l2', 'libcamera': CAMERA_ROS}
_LEVELS = ('debug', 'info', 'warn', 'error', 'fatal')
# Fast DDS 3 renamed the variable and warns about the old name; these distributions have 2.
_PROFILE, _OLD_PROFILE = 'FASTDDS_DEFAULT_PROFILES_FILE', 'FASTRTPS_DEFAULT_PROFILES_FILE'
_WITH_FAST_DDS_2 = ('humble', 'iron', 'jazzy')


def dds_environment(profile: str, environment: Mapping[str, str]) -> dict[str, str]:
    """
    Return the variable that makes Fast DDS carry large images.

    It is left out where users have their own profile or another middleware.

    :param profile: path of config/fastdds.xml.
    :param environment: the variables that are already set.
    """
    other = 'fastrtps' not in environment.get('RMW_IMPLEMENTATION', 'rmw_fastrtps_cpp')
    if other or _PROFILE in environment or _OLD_PROFILE in environment:
        return {}
    return {profile_variable(environment): profile}


def profile_variable(environment: Mapping[str, str]) -> str:
    """Return the variable that names a profile for Fast DDS, as this distribution has it."""
    return _OLD_PROFILE if ros_distribution(environment) in _WITH_FAST_DDS_2 else _PROFILE


# Executables and the modules whose ``main`` they run.
EXECUTABLES = {
    'camera_node': 'rpi_classifier.nodes.camera.node',
    'classifier_node': 'rpi_classifier.nodes.classifier.node',
    'camera_classifier': 'rpi_classifier.nodes.composed',
    'live_view_node': 'rpi_classifier.nodes.live_view.main',
}

OWN_PACKAGE = 'rpi_classifier'

# The exit status of a process whose settings are wrong: to restart it would not help.
REFUSED = 2

# If this variable is true, nodes end when the process that started them dies: `ros2 launch` leaves
# its processes behind on SIGTERM.
END_WITH_PARENT = 'RPI_CLASSIFIER_END_WITH_PARENT'


@dataclass
class Process:
    """
    An executable and its arguments after --ros-args.

    ``respawn_s``: seconds until it is restarted after it failed; None if it is not. A
    ``namespace`` without a leading slash is relative to that of the group that launches it.
    """

    executable: str
    ros_arguments: list[str] = field(default_factory=list)
    respawn_s: float | None = None
    package: str = OWN_PACKAGE
    namespace: str = ''


def processes(given: Mapping[str, str]) -> list[Process]:
    """
    Return the processes to start.

    :param given: arguments by name; the others have their defaults.
    :raises ConfigError: if a name is unknown, or a value is not allowed.
    """
    for name in given:
        if name not in ARGUMENTS:
            raise ConfigError(f'argument {name!r} is unknown; choose from {", ".join(ARGUMENTS)}')
    values = {name: given.get(name, default) for name, (default, _) in ARGUMENTS.items()}
    check_namespace(values['namespace'])
    camera, composed = _switch('camera', values), _switch('composed', values)
    common = _common(values)
    # Not camera:device: such a prefix does not match a node in a namespace. The nodes share no
    # parameter except autostart, which is meant for both.
    camera_part = _quoted('device', values['device'])
    classifier_part = _quoted('model', values['model']) + _switched('always_on', values)
    respawn_s = _respawn_s(values)

    def process(
        executable: str, enclave: str, *arguments: str, package: str = OWN_PACKAGE
    ) -> Process:
        # What stands before the YAML file can be changed there.
        first = CAMERA_ROS_DEFAULTS if package == CAMERA_ROS else []
        enclaves = _enclave(values['enclave'], enclave)
        ros_arguments = [*first, *common, *arguments, *enclaves]
        namespace = values['namespace'].rstrip('/') or values['namespace']  # / is the root
        return Process(executable, ros_arguments, respawn_s, package, namespace)

    other = _is_other_driver(values['driver'])
    image = values['image']
    if camera and composed and not other:
        image = 'image_raw'  # of the camera here
        plan = [process('camera_classifier', 'camera_classifier', *camera_part, *classifier_part)]
    else:
        plan = [process('classifier_node', 'classifier', *classifier_part, *_remapped(image))]
        if camera and other:
            arguments = camera_ros_arguments(values['device'])
            plan.insert(0, process('camera_node', 'camera', *arguments, package=CAMERA_ROS))
        elif camera:
            plan.insert(0, process('camera_node', 'camera', *camera_part))
    if _switch('live', values):
        plan.append(process('live_view_node', 'live_view', *_live_part(values), *_remapped(image)))
    return plan


def _remapped(image: str) -> list[str]:
    return ['-r', f'image:={image}']  # image/compressed follows


def _live_part(values: Mapping[str, str]) -> list[str]:
    port = values['live_port']
    if port and not port.isdecimal():
        raise ConfigError(f'live_port: {port!r} is not a number from 0 to 65535')
    ports = ['-p', f'port:={port}'] if port else []
    return _quoted('address', values['live_address']) + ports + _switched('controls', values)


def _is_other_driver(driver: str) -> bool:
    return choose('driver', driver, ('v4l2', CAMERA_ROS), _DRIVERS) == CAMERA_ROS


def _log_level(text: str) -> str:
    """Return a level as rcl spells it; it may stand behind a logger, as in camera:=debug."""
    *logger, level = text.rsplit(':=', 1)
    return ':='.join([*logger, choose('log_level', level, _LEVELS, {'warning': 'warn'})])


def _common(values: Mapping[str, str]) -> list[str]:
    result = ['--log-level', _log_level(values['log_level'])]
    if values['params_file']:
        file = expand_path(values['params_file'], 'params_file')
        result += ['--params-file', file]
    return result + _switched('autostart', values)


def _enclave(folder: str, name: str) -> list[str]:
    if not folder:
        return []
    if not folder.startswith('/'):
        raise ConfigError(f'enclave: {folder!r} does not begin with a slash, as in /robot')
    return ['--enclave', f'{folder.rstrip("/")}/{name}']


def _respawn_s(values: Mapping[str, str]) -> float | None:
    try:
        delay_s = float(values['respawn_delay'])
    except ValueError:
        delay_s = -1.0
    if not 0 <= delay_s < float('inf'):
        raise ConfigError(
            f'respawn_delay: {values["respawn_delay"]!r} is not a number of seconds, 0 or more'
        )
    return delay_s if _switch('respawn', values) else None


def _quoted(name: str, value: str) -> list[str]:
    # Without quotes, YAML turns a device 0 into a number and a class y into a boolean.
    escaped = value.replace("'", "''")
    return ['-p', f"{name}:='{escaped}'"] if value else []


def _switched(name: str, values: Mapping[str, str]) -> list[str]:
    return ['-p', f'{name}:={str(_switch(name, values)).lower()}'] if values[name] else []


def _switch(name: str, values: Mapping[str, str]) -> bool:
    value = values[name].strip().lower()
    if value not in ('true', 'false'):
        raise ConfigError(f'{name}: {values[name]!r} is not true or false')
    return value == 'true'
