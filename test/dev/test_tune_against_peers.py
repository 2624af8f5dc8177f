# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The comparison of what tune chose with its peers."""

import argparse
import importlib.util
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope='module')
def script():
    """Return the program as a module."""
    path = ROOT / 'dev' / 'tune_against_peers.py'
    spec = importlib.util.spec_from_file_location('tune_against_peers', path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def contest(script, tmp_path):
    """Return a contest of what tune chose, with one thread each."""
    tuned = tmp_path / 'tuned.yaml'
    parameters = {'model': '/m.onnx', 'runtime': 'onnx', 'engine': 'auto', 'kernels': 'auto'}
    section = {'ros__parameters': {**parameters, 'num_threads': 2}}
    tuned.write_text(yaml.safe_dump({'/**/classifier': section}))
    options = {'tuned': tuned, 'onnx': Path('peer.onnx'), 'threads': [1], 'photos': ''}
    return script.Contest(argparse.Namespace(**options, model='mobilenet_v2'))


def test_winner_and_all_peers_take_part(contest):
    assert list(contest.jobs) == [
        'tune: onnx',
        'onnxruntime, 1',
        'openvino, 1',
        "tutorial's loop, 1",
    ]
    winner, peer, *_ = contest.jobs.values()
    assert (winner.model, winner.threads) == ('/m.onnx', 2)
    assert (peer.model, peer.threads, peer.engine) == ('peer.onnx', 1, 'onnxruntime')


def test_ratio_is_the_winners_time_over_the_peers(contest):
    for ms, name in zip((4, 5, 8), contest.jobs):
        for row in (contest.paced[name], contest.flat[name]):
            stages = {'read': [0], 'preprocess': [0], 'model': [ms * 10**6], 'postprocess': [0]}
            row.add({'wall_s': 1.0, 'cpu_s': 0.1, 'samples': stages, 'peak_rss_mb': 0.0})
    contest.paced["tutorial's loop, 1"].error = 'not installed: torch'
    rows = [
        [cell.strip() for cell in line.split('|')[1:-1]] for line in contest.table().splitlines()
    ]
    assert [row[6] for row in rows[2:]] == ['1.00', '0.80', '0.50', '']
    assert rows[-1][-1] == 'not installed: torch'


def test_file_without_a_record_is_refused(script, tmp_path):
    onnx_models = pytest.importorskip('support.onnx_models', reason='onnx is not installed')
    path = tmp_path / 'means.onnx'
    path.write_bytes(onnx_models.colour_means().SerializeToString())
    with pytest.raises(script.ModelError, match='has no record of export_model'):
        script.load_peer(script.Job(str(path), engine='openvino'))
