# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The table of the ways to run a network."""

from types import SimpleNamespace

import pytest

from rpi_classifier.benchmark import ways
from rpi_classifier.benchmark.ways import REFERENCE, thread_numbers, Way, WAYS, ways_of
from rpi_classifier.models.load import FORMATS

ALL = [one.runtime for one in FORMATS]


def test_every_runtime_has_ways():
    assert {way.runtime for way in WAYS} == set(ALL)
    assert [way.title for way in WAYS] == [
        'torchscript/qnnpack',
        'torchscript/xnnpack',
        'torchscript/onednn',
        'torchscript/x86',
        'onnx',
        'executorch',
    ]


@pytest.mark.parametrize(('machine', 'has'), [('x86_64', True), ('aarch64', False)])
def test_engine_of_x86_is_tried_on_x86_only(monkeypatch, machine, has):
    monkeypatch.setattr(ways.platform, 'machine', lambda: machine)
    assert ('torchscript/x86' in [way.title for way in ways_of(ALL)]) is has


def test_ways_of_one_engine_share_a_file():
    assert len({way.file_name for way in WAYS}) == len(WAYS) - 1
    assert WAYS[0].file_name == WAYS[1].file_name == 'torchscript_qnnpack.pt'


def test_missing_packages_are_named():
    way = Way('onnx', ('numpy', 'nothing_of_that_name'), exporters=('neither_this',))
    assert way.missing(export=False) == 'nothing_of_that_name'
    assert way.missing(export=True) == 'nothing_of_that_name, neither_this'


def test_file_runs_on_the_engine_that_it_was_packed_for():
    packed = SimpleNamespace(engine='qnnpack', foreign=False)
    titles = [way.title for way in ways.ways_of_file('torchscript', packed)]
    assert titles == ['torchscript/qnnpack', 'torchscript/xnnpack']
    assert REFERENCE in ways.ways_of_file('torchscript', None)
    assert [way.title for way in ways.ways_of_file('onnx', packed)] == ['onnx']


def test_file_of_others_runs_on_every_engine():
    described = SimpleNamespace(engine='qnnpack', foreign=True)
    anything = ways.ways_of_file('torchscript', None)
    assert ways.ways_of_file('torchscript', described) == anything


@pytest.mark.parametrize(('cores', 'numbers'), [(1, [1]), (2, [1, 2]), (4, [1, 2, 4])])
def test_numbers_of_threads_fit_the_cores(monkeypatch, cores, numbers):
    monkeypatch.setattr(ways.os, 'sched_getaffinity', lambda _: range(cores))
    assert thread_numbers() == numbers
