# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Starts the camera and the classifier: ros2 launch rpi_classifier classifier.launch.py."""

import os
from pathlib import Path
import sys

from launch.actions import (
    DeclareLaunchArgument,
    ExecuteProcess,
    OpaqueFunction,
    RegisterEventHandler,
    TimerAction,
)
from launch.event_handlers import OnProcessExit
from launch.logging import get_logger
from launch_ros.actions import Node

from launch import LaunchDescription
from rpi_classifier.bringup.packages import check_packages
from rpi_classifier.bringup.plan import (
    ARGUMENTS,
    dds_environment,
    END_WITH_PARENT,
    OWN_PACKAGE,
    processes,
    REFUSED,
)
from rpi_classifier.bringup.unused_arguments import unknown_arguments, unused_arguments

# Beside this file in the source tree as well as in the installed package.
CONFIG = Path(__file__).resolve().parent.parent / 'config'


def start(context):
    """Return the actions for all processes."""
    values = {name: context.launch_configurations[name] for name in ARGUMENTS}
    plan = processes(values)
    told = unknown_arguments(sys.argv[1:]) if is_started_directly() else []
    for warning in [*told, *unused_arguments(values)]:
        get_logger('rpi_classifier').warning(warning)
    check_packages(plan, os.environ)
    return [action for process in plan for action in actions(process)]


def is_started_directly():
    """Return True if the arguments on the command line are for this file, not for one above it."""
    own = Path(__file__).resolve()
    return any(word == OWN_PACKAGE or Path(word).resolve() == own for word in sys.argv[1:])


def actions(process):
    """Return the actions that start one process, and restart it when it fails."""
    node = Node(
        package=process.package,
        executable=process.executable,
        namespace=process.namespace,
        output='screen',
        ros_arguments=process.ros_arguments,
        additional_env={
            **dds_environment(str(CONFIG / 'fastdds.xml'), os.environ),
            END_WITH_PARENT: 'true',
        },
    )
    return restarting(node, process)


def restarting(action, process):
    """Return an action that starts a process, and what restarts that process when it fails."""
    if process.respawn_s is None:
        return [action]

    # The action's own `respawn` would also restart a process that was asked to end, for example
    # by the lifecycle service.
    def restart(event, context):
        if event.returncode == 0 or context.is_shutdown:
            return None
        if event.returncode == REFUSED and process.package == OWN_PACKAGE:
            get_logger('rpi_classifier').error(
                f'{event.process_name} is not restarted, because a restart would not help: its '
                'settings are wrong, as its last line says; correct them and launch again'
            )
            return None
        # The same command again: a new Node would miss the namespace, the remappings, the
        # parameters and the environment of the group that launched this one.
        again = ExecuteProcess(cmd=event.cmd, cwd=event.cwd, env=event.env, output='screen')
        return TimerAction(
            period=process.respawn_s, actions=restarting(again, process), cancel_on_shutdown=True
        )

    exits = OnProcessExit(target_action=action, on_exit=restart, handle_once=True)
    return [RegisterEventHandler(exits), action]


def generate_launch_description():
    """Declare the arguments, and start the processes that follow from them."""
    defaults = {name: default for name, (default, _) in ARGUMENTS.items()}
    defaults['params_file'] = str(CONFIG / 'classifier.yaml')
    return LaunchDescription(
        [
            DeclareLaunchArgument(name, default_value=defaults[name], description=description)
            for name, (_, description) in ARGUMENTS.items()
        ]
        + [OpaqueFunction(function=start)]
    )
