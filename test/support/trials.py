# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Trials with made-up figures, for tests of what is chosen, written and drawn."""

from pathlib import Path

from rpi_classifier.benchmark.choose import Chooser
from rpi_classifier.benchmark.pictures import Pictures
from rpi_classifier.benchmark.rows import Job, Row
from rpi_classifier.benchmark.trial import Trial
from rpi_classifier.benchmark.tune import Reference, TuneRequest
from rpi_classifier.benchmark.ways import REFERENCE, Way

ONNX = Way('onnx', ('onnxruntime',))
PTE = Way('executorch', ('executorch',))


def made_up(way=ONNX, ms=5.0, *, agreement=1.0, threads=1, model='m.onnx', refusal=''):
    """Return a trial whose frames all took as long."""
    trial = Trial(way, Job(model, threads=threads), refusal=refusal, agreement=agreement)
    part = round(ms * 1e6)
    for row in (trial.paced, trial.flat):
        stages = {'read': [0], 'preprocess': [0], 'model': [part], 'postprocess': [0]}
        row.add({'wall_s': 0.1, 'cpu_s': ms / 1e3, 'samples': stages, 'peak_rss_mb': 0.0})
    trial.loads.append(Row(trial.job, ready_s=1.5, rss_mb=90.0, peak_rss_mb=99.0, best=[[1], [2]]))
    return trial


def reference_trial(ms=10.0, threads=1):
    """Return a trial of the reference's way."""
    return made_up(REFERENCE, ms, threads=threads, model='/models/m.pt')


def chooser(*, reference=REFERENCE.title, **values):
    """Return a chooser for 200 photos."""
    request = TuneRequest('mobilenet_v2', ('torchscript', 'onnx'), (1, 2), **values)
    return Chooser(request, Reference(reference), Pictures(Path('photos'), 200, 'photos'))
