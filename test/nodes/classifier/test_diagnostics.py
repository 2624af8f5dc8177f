# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The status of the board, and what the board does to the status of the rate."""

from pathlib import Path
import shutil

import pytest

pytest.importorskip('rclpy', reason='there is no ROS 2 here')

from rpi_classifier import board
from rpi_classifier.board import Board
from rpi_classifier.models.temperature import set_temperature
from rpi_classifier.nodes.classifier import diagnostics
from rpi_classifier.nodes.common.status import OK, WARN

EXPORTED = Path(__file__).resolve().parents[2] / 'fixtures' / 'v0.1' / 'colours.pt'


def values(status):
    return {pair.key: pair.value for pair in status.values}


@pytest.mark.parametrize(
    ('reading', 'level', 'words'),
    [
        (Board(), OK, 'nothing'),
        (Board(temperature_c=79.9, memory_available_mb=500.0), OK, 'nothing'),
        (Board(temperature_c=81.0), WARN, '81 degrees C'),
        (Board(memory_available_mb=99.0), WARN, '99 MB of memory left'),
        (Board(throttled=0x1), WARN, 'under-voltage'),
        (Board(throttled=0x10000), OK, 'nothing'),
    ],
)
def test_board_warns_of_what_slows_it_down_now(reading, level, words):
    status = diagnostics.board_status('x: board', reading)
    assert status.level == level
    assert words in status.message


def test_board_tells_what_happened_since_boot_and_leaves_out_what_it_does_not_know():
    found = values(diagnostics.board_status('x: board', Board(throttled=0x50000)))
    assert found['throttled'] == '0x50000'
    assert found['throttled since boot'] == 'under-voltage, throttled'
    assert 'temperature c' not in found


def test_model_tells_the_temperature_of_a_calibrated_file(graph, classifier, tmp_path):
    path = shutil.copy(EXPORTED, tmp_path / 'm.pt')
    set_temperature(path, 1.5)
    seen = graph.diagnostics()
    classifier(model=str(path), weights='default')
    graph.wait(lambda: seen.message('classifier: model') == 'colours', 'the model')
    output = seen.values('classifier: model')['output']
    assert output == 'logits, calibrated by temperature 1.5'


def test_rate_names_what_slows_the_board_down(graph, classifier, monkeypatch):
    monkeypatch.setattr(board, 'read_board', lambda: Board(throttled=0x5))
    seen = graph.diagnostics()
    classifier(always_on=True, stall_timeout=0.1)
    words = ('no image', 'the board is slowed down: under-voltage, throttled')
    graph.wait(
        lambda: all(word in seen.message('classifier: rate') for word in words),
        'the reason in the rate',
    )
