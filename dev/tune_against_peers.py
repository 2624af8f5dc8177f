# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Compares what tune chose with its peers: ONNX Runtime and OpenVINO by themselves, the tutorial.

usage: tune_against_peers.py TUNED.yaml FILE.onnx [--photos FOLDER] [--fps 30] [--rounds 5] [...]

All get the same image, each in a process of its own, in turns; the peers get it preprocessed by
this package. The table has each one's time for the network alone, and that of the winner divided
by it. OpenVINO is no part of this project: pip install --target FOLDER openvino, and put FOLDER
on PYTHONPATH. What is not installed is a row that says so.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
import json
import os
from pathlib import Path
import sys
import time
from typing import Any

import numpy as np
from numpy.typing import NDArray
import yaml

from rpi_classifier.benchmark.agreement import shares
from rpi_classifier.benchmark.measure import answer_lines, answers, LoadedJob, print_answers
from rpi_classifier.benchmark.pace import evicting_bytes, Pace
from rpi_classifier.benchmark.rows import Job, Row
from rpi_classifier.benchmark.table import aligned
from rpi_classifier.benchmark.worker import disturbance, Worker
from rpi_classifier.errors import ModelError, RpiClassifierError
from rpi_classifier.inference.classifier import Prediction, Result, top_classes
from rpi_classifier.input_spec import Image
from rpi_classifier.models.load import read_metadata
from rpi_classifier.runtime.preprocess import Preprocessor
from rpi_classifier.stats import percentile

Network = Callable[[], NDArray[np.float32]]

COMMAND = (sys.executable, __file__, '--child')
TITLES = ('who', 'threads', 'p50 ms', 'p95 ms', 'CPU ms', 'flat p50 ms', 'p50', 'p95', 'agree')


def load_peer(job: Job) -> LoadedJob:
    """
    Load an exported FILE.onnx into a peer, with its input filled by this package.

    :raises ModelError: if the peer is not installed.
    """
    metadata = read_metadata(job.model)
    if metadata is None:
        raise ModelError(f'{job.model} has no record of export_model')
    size = metadata.transform.size
    memory = np.zeros((1, size, size, 3), np.uint8)
    try:
        network = PEERS[job.engine](job.model, memory, job.threads)
    except ImportError as error:
        raise ModelError(f'not installed: {error.name}') from error
    prepare = Preprocessor(metadata.transform, metadata.quantization)
    labels = metadata.labels

    def classify(image: Image) -> Result:
        start = time.monotonic_ns()
        prepare(image, memory[0])
        ready = time.monotonic_ns()
        scores = network()
        done = time.monotonic_ns()
        best = top_classes(scores, 5).tolist()
        found = tuple(Prediction(index, labels[index], float(scores[index])) for index in best)
        return Result(found, ready - start, done - ready, scores)

    return LoadedJob({'runtime': job.engine}, classify, size)


def load_onnxruntime(path: str, memory: NDArray[np.uint8], threads: int) -> Network:
    """Use ONNX Runtime as its own examples do."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(path, options, providers=['CPUExecutionProvider'])
    feed = {session.get_inputs()[0].name: memory}
    return lambda: session.run(None, feed)[0].reshape(-1)  # type: ignore[no-any-return]


def load_openvino(path: str, memory: NDArray[np.uint8], threads: int) -> Network:
    """Use OpenVINO as its own examples do, for latency."""
    import openvino

    settings = {'PERFORMANCE_HINT': 'LATENCY', 'INFERENCE_NUM_THREADS': threads, 'NUM_STREAMS': 1}
    compiled = openvino.Core().compile_model(path, 'CPU', settings)
    request = compiled.create_infer_request()
    request.set_input_tensor(openvino.Tensor(memory, shared_memory=True))

    def run() -> NDArray[np.float32]:
        request.infer()
        return request.get_output_tensor().data.reshape(-1)  # type: ignore[no-any-return]

    return run


PEERS = {'onnxruntime': load_onnxruntime, 'openvino': load_openvino}


def answer(job: Job, lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Answer as ``benchmark.measure`` does, also for peers."""
    if job.engine in PEERS:
        return answers(load_peer(job), job, lines)
    return answer_lines(job, lines)


def contestants(options: argparse.Namespace) -> dict[str, Job]:
    """Return the winner, then its peers with each number of threads."""
    content = yaml.safe_load(options.tuned.read_text())['/**/classifier']['ros__parameters']
    common: dict[str, Any] = {'photos': options.photos, 'whole_photos': True}
    winner = Job(
        content['model'],
        engine=content['engine'],
        kernels=content['kernels'],
        threads=content['num_threads'],
        **common,
    )
    found = {f'tune: {content["runtime"]}': winner}
    for threads in options.threads:
        for peer in PEERS:
            job = Job(str(options.onnx), engine=peer, threads=threads, **common)
            found[f'{peer}, {threads}'] = job
        tutorial = Job(options.model, engine='qnnpack', tutorial=True, threads=threads, **common)
        found[f"tutorial's loop, {threads}"] = tutorial
    return found


class Contest:
    """The rows of all contestants: at a camera's pace, and back to back."""

    def __init__(self, options: argparse.Namespace) -> None:
        """Make empty rows."""
        self.jobs = contestants(options)
        self.paced = {name: Row(job) for name, job in self.jobs.items()}
        self.flat = {name: Row(job) for name, job in self.jobs.items()}
        self._options = options

    def run(self) -> None:
        """Let all run in turns, each time in new processes."""
        options = self._options
        with disturbance(options.busy):
            for number in range(options.rounds):
                for name, job in self.jobs.items():
                    if not self.paced[name].error:
                        self._measure(name, replace(job, photos='' if number else job.photos))
                print(f'round {number + 1} of {options.rounds}', file=sys.stderr, flush=True)

    def _measure(self, name: str, job: Job) -> None:
        options = self._options
        worker = Worker(job, options.limit, quiet=True, command=COMMAND)
        paced = Pace(options.seconds, options.fps, evicting_bytes())
        try:
            worker.measure(paced, self.paced[name])
            worker.measure(Pace(options.seconds), self.flat[name])
        finally:
            worker.close()
        row = self.paced[name]
        row.error, row.best = worker.row.error, row.best or worker.row.best

    def table(self) -> str:
        """Return all rows, with the winner's times divided by each one's."""
        first = next(iter(self.jobs))
        reference = [one.best for one in self.paced.values() if one.job.tutorial and one.best]
        lines = [list(TITLES)]
        for name, row in self.paced.items():
            if row.error:
                lines.append([name, str(row.job.threads), *[''] * (len(TITLES) - 3), row.error])
                continue
            p50, p95 = model_ms(row, 50), model_ms(row, 95)
            numbers = [p50, p95, row.cpu_ms_per_frame, model_ms(self.flat[name], 50)]
            winner = self.paced[first]
            numbers += [model_ms(winner, 50) / p50, model_ms(winner, 95) / p95]
            agree = f'{shares(row.best, reference[0])[0]:.1%}' if reference and row.best else '-'
            cells = [f'{number:.2f}' for number in numbers]
            lines.append([name, str(row.job.threads), *cells, agree])
        return aligned(lines, {0})


def model_ms(row: Row, percent: float) -> float:
    """Return a percentile of the time for the network alone."""
    return percentile(row.samples['model'], percent) / 1e6


def arguments() -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    add = parser.add_argument
    add('tuned', type=Path, metavar='TUNED.yaml')
    add('onnx', type=Path, metavar='FILE.onnx', help='export_model --runtime onnx wrote it')
    add('--model', default='mobilenet_v2', help="for the tutorial's loop")
    add('--photos', default='', metavar='FOLDER')
    add('--threads', type=int, nargs='+', default=sorted({1, 2, len(os.sched_getaffinity(0))}))
    add('--fps', type=float, default=30.0)
    add('--busy', type=int, default=0)
    add('--rounds', type=int, default=5)
    add('--seconds', type=float, default=4.0, help='of each contestant in each round and pace')
    add('--limit', type=float, default=180.0)
    return parser.parse_args()


def main() -> int:
    """Print the table; the columns p50 and p95 are the winner's time divided by the row's."""
    if sys.argv[1:2] == ['--child']:
        job = Job(**json.loads(sys.argv[2]))
        print_answers(lambda lines: answer(job, lines))
        return 0
    try:
        contest = Contest(arguments())
        contest.run()
    except RpiClassifierError as error:
        print(f'tune_against_peers: {error}', file=sys.stderr)
        return 1
    print(contest.table())
    return 0


if __name__ == '__main__':
    sys.exit(main())
