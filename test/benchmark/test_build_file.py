# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Exporting a model in a process of its own."""

from pathlib import Path

from rpi_classifier.benchmark.build_file import build_file
from rpi_classifier.models.file_format import ExportRequest
from rpi_classifier.models.load import name_in_file


def test_file_is_written_by_another_process(tmp_path):
    request = ExportRequest('shufflenet_v2_x0_5', tmp_path / 'm.pt', 'random', 'qnnpack')
    assert build_file(request) == ''
    assert name_in_file(str(tmp_path / 'm.pt')) == 'shufflenet_v2_x0_5'


def test_export_that_fails_gives_its_own_sentence(tmp_path):
    failure = build_file(ExportRequest('alexnet', tmp_path / 'm.pt', photos=(Path('a.png'),)))
    assert failure.startswith("model 'alexnet' is not in the zoo; choose one of ")
    assert not list(tmp_path.iterdir())
