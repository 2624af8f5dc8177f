# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Processes of a benchmark: one that measures a row, and those that disturb it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
import json
import os
import select
import subprocess
import sys
import time
from typing import Any

from rpi_classifier.benchmark.rows import Job, Row

# Ends by itself when the benchmark has ended, however that happened.
_BUSY = 'import os, sys\nwhile os.getppid() == int(sys.argv[1]): sum(range(100000))'


class Worker:
    """Measures one row in a process of its own."""

    def __init__(self, job: Job, limit_s: float) -> None:
        """
        Start loading.

        :param limit_s: seconds for loading and measuring together, without waiting for others.
        """
        self.row = Row(job, engine=job.engine, kernels=job.kernels)
        self._left_s = limit_s
        self._pending = b''
        self._process = subprocess.Popen(
            [sys.executable, '-m', 'rpi_classifier.benchmark.measure', json.dumps(asdict(job))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # so that Ctrl-C reaches only the benchmark, which kills it
        )
        try:
            self.row.describe(self._answer())
        except BaseException:
            self.close()
            raise

    def measure(self, seconds: float) -> None:
        """Add samples of some seconds to the row, unless it has already failed."""
        if self.row.error:
            return
        assert self._process.stdin
        try:
            self._process.stdin.write(f'{seconds}\n'.encode())
            self._process.stdin.flush()
        except BrokenPipeError:
            pass
        answer = self._answer()
        if not self.row.error:
            self.row.add(answer)

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.kill()
        self._process.wait()
        self._process.stdin.close()
        self._process.stdout.close()

    def _answer(self) -> dict[str, Any]:
        """Wait for a line; the row has failed if there is none in time or it holds an error."""
        assert self._process.stdout
        start = time.monotonic()
        while b'\n' not in self._pending:
            left = self._left_s - (time.monotonic() - start)
            ready = select.select([self._process.stdout], [], [], max(left, 0.0))[0]
            if not ready:
                self._process.kill()
                self.row.error = 'gave up: not done in the time of --limit'
                return {}
            block = os.read(self._process.stdout.fileno(), 1 << 20)
            if not block:
                self.row.error = f'the measuring process ended with {self._process.wait()}'
                return {}
            self._pending += block
        self._left_s -= time.monotonic() - start
        line, self._pending = self._pending.split(b'\n', 1)
        answer: dict[str, Any] = json.loads(line)
        self.row.error = answer.get('error', '')
        return answer


@contextmanager
def disturbance(number: int) -> Iterator[None]:
    """Run that many busy processes in the meantime."""
    command = [sys.executable, '-c', _BUSY, str(os.getpid())]
    busy = [subprocess.Popen(command, start_new_session=True) for _ in range(number)]
    try:
        yield
    finally:
        for process in busy:
            process.kill()
            process.wait()
