# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The executables of commands: Ctrl-C ends them well while they import what takes seconds, too."""

from __future__ import annotations

from importlib import import_module
import os
import signal

from rpi_classifier.cli.command import INTERRUPTED


def classify_command() -> int:
    """Run ``ros2 run rpi_classifier classify``."""
    return _run('classify')


def export_model_command() -> int:
    """Run ``ros2 run rpi_classifier export_model``."""
    return _run('export_model')


def benchmark_command() -> int:
    """Run ``ros2 run rpi_classifier benchmark``."""
    return _run('benchmark')


def tune_command() -> int:
    """Run ``ros2 run rpi_classifier tune``."""
    return _run('tune')


def camera_info_command() -> int:
    """Run ``ros2 run rpi_classifier camera_info``."""
    return _run('camera_info')


def doctor_command() -> int:
    """Run ``ros2 run rpi_classifier doctor``."""
    return _run('doctor')


def collect_command() -> int:
    """Run ``ros2 run rpi_classifier collect``."""
    return _run('collect')


def train_command() -> int:
    """Run ``ros2 run rpi_classifier train``."""
    return _run('train')


def evaluate_command() -> int:
    """Run ``ros2 run rpi_classifier evaluate``."""
    return _run('evaluate')


def deploy_command() -> int:
    """Run ``ros2 run rpi_classifier deploy``."""
    return _run('deploy')


def _run(name: str) -> int:
    def leave(*_: object) -> None:
        os.write(2, f'{name}: interrupted\n'.encode())
        os._exit(INTERRUPTED)

    signal.signal(signal.SIGINT, leave)
    main = import_module(f'rpi_classifier.cli.{name}').main
    signal.signal(signal.SIGINT, signal.default_int_handler)
    status: int = main()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Python would complain while it takes torch down
    return status
