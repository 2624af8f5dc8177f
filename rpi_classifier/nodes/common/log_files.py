# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Where ROS writes log files: rclpy does not start where it cannot, as in a read-only home."""

from __future__ import annotations

from collections.abc import Mapping
import os


def explain_unwritable_logs(environment: Mapping[str, str]) -> str:
    """
    Return why no log files can be written, as a sentence; empty if they can.

    The folder is made, as ROS does.

    :param environment: has ROS_LOG_DIR, ROS_HOME or HOME, in this order of precedence.
    """
    advice = 'no log files are written; set ROS_LOG_DIR to a folder that can be written'
    try:
        folder = _log_folder(environment)
        os.makedirs(folder, exist_ok=True)
    except KeyError:
        return f'HOME is not set: {advice}'
    except OSError as error:
        return f'{error.filename}: {error.strerror}: {advice}'
    return '' if os.access(folder, os.W_OK | os.X_OK) else f'{folder} cannot be written: {advice}'


def _log_folder(environment: Mapping[str, str]) -> str:
    def expand(path: str) -> str:
        return environment['HOME'] + path[1:] if path.startswith('~') else path

    if environment.get('ROS_LOG_DIR'):
        return expand(environment['ROS_LOG_DIR'])
    return os.path.join(expand(environment.get('ROS_HOME') or '~/.ros'), 'log')
