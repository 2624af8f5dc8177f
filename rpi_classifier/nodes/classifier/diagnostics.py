# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Which model a classifier runs, and on which board, for diagnostics and for the log."""

from __future__ import annotations

from dataclasses import asdict

from diagnostic_msgs.msg import DiagnosticStatus
from rclpy.impl.rcutils_logger import RcutilsLogger

from rpi_classifier.board import Board
from rpi_classifier.inference.classifier import Classifier
from rpi_classifier.nodes.classifier.model_loader import ModelLoader
from rpi_classifier.nodes.common import status
from rpi_classifier.region import parse_region

_HOT_C = 80.0  # a Raspberry Pi slows itself down at this temperature
_SCARCE_MB = 100.0  # with less memory left, Linux soon kills a process


def log_model(logger: RcutilsLogger, classifier: Classifier, region: str) -> None:
    """
    Log which model runs, with which kernels, and its limitations.

    :param region: the parameter.
    """
    info = classifier.runtime.info
    logger.info(
        f'{classifier.name} on {info.runtime}, engine {info.engine}, kernels {info.kernels}, '
        f'{info.mode}; known answer {info.known_answer}'
    )
    if info.kernels_reason:
        logger.info(f'kernels {info.kernels}: {info.kernels_reason}')
    if info.output:
        logger.info(f'output {info.output}; weights {info.weights}')
    if classifier.temperature != 1:
        logger.info(f'output {_describe_output(classifier)}')
    if classifier.region and not region:
        logger.info(f'region {classifier.region}, on which the model was trained')
    elif classifier.region and parse_region(region) != parse_region(classifier.region):
        logger.warning(
            f'region: {region} is set, though the model was trained on {classifier.region}; an '
            'empty one is that of the model'
        )
    if info.caution:
        logger.warning(info.caution)


def model_status(
    name: str,
    classifier: Classifier | None,
    num_threads: int,
    reason: str,
    loader: ModelLoader | None = None,
) -> DiagnosticStatus:
    """
    Return the status of the model: which one runs, and how.

    :param reason: why no model could be loaded; empty if none was asked for.
    :param loader: tells whether another one is being loaded, or why it was not taken.
    """
    if classifier is None:
        level = status.ERROR if reason else status.OK
        return status.make_status(name, 'classifier', level, reason or 'no model loaded')
    info = classifier.runtime.info
    loading, refused = (loader.loading, loader.refused) if loader else ('', '')
    words = [classifier.name, refused, f'loading {loading}' if loading else '']
    switch = {'running': loader.running if loader else '', 'loading': loading, 'refused': refused}
    return status.make_status(
        name,
        'classifier',
        status.WARN if refused else status.OK,
        '; '.join(filter(None, words)),
        network=classifier.name,
        runtime=info.runtime,
        engine=info.engine,
        kernels=info.kernels or info.engine,
        kernels_reason=info.kernels_reason or 'no choice',
        jit=info.jit,
        threads=num_threads or classifier.runtime.default_threads,
        known_answer=info.known_answer,
        output=info.output or _describe_output(classifier),
        weights=info.weights or 'as exported',
        region=classifier.region or 'the whole image',
        caution=info.caution or 'none',
        file_sha256=classifier.sha256 or 'no file',
        **{key: value for key, value in switch.items() if value},
    )


def board_status(name: str, reading: Board) -> DiagnosticStatus:
    """Return the status of the board: what slows it down; unknown figures are left out."""
    problems = list(reading.throttled_now)
    if reading.temperature_c is not None and reading.temperature_c >= _HOT_C:
        problems.append(f'{reading.temperature_c:.0f} degrees C')
    if reading.memory_available_mb is not None and reading.memory_available_mb < _SCARCE_MB:
        problems.append(f'{reading.memory_available_mb:.0f} MB of memory left')
    values = {key: value for key, value in asdict(reading).items() if value is not None}
    if reading.throttled is not None:
        values['throttled'] = hex(reading.throttled)
        values['throttled_since_boot'] = ', '.join(reading.throttled_since_boot) or 'never'
    return status.make_status(
        name,
        'classifier',
        status.WARN if problems else status.OK,
        ', '.join(problems) or 'nothing slows it down',
        **values,
    )


def _describe_output(classifier: Classifier) -> str:
    kind, temperature = classifier.output_kind, classifier.temperature
    return kind if temperature == 1 else f'{kind}, calibrated by temperature {temperature:g}'
