# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Kinds of files, by their content: real files of torch, and the first bytes of others."""

import gzip
import io
import pickle
import tarfile
import zipfile

import numpy as np
import pytest
from support.colours import Colours
import torch
from torch import nn

from rpi_classifier.models.file_kind import identify
from rpi_classifier.models.file_kinds import KINDS


class OnGpu(nn.Module):
    def forward(self, x):
        return x.mean(dim=[2, 3]) + torch.zeros(3, device='cuda:0')


class HalfInside(nn.Module):
    def __init__(self):
        super().__init__()
        self.network = Colours().half()

    def forward(self, x):
        return self.network(x.half()).float()


def scripted(network):
    stream = io.BytesIO()
    torch.jit.save(torch.jit.script(network.eval()), stream)
    return stream.getvalue()


def optimized():
    stream = io.BytesIO()
    network = torch.jit.script(Colours().eval())
    torch.jit.save(torch.jit.optimize_for_inference(network), stream)
    return stream.getvalue()


def saved(value, **options):
    stream = io.BytesIO()
    torch.save(value, stream, **options)
    return stream.getvalue()


def packaged():
    stream = io.BytesIO()
    with torch.package.PackageExporter(stream) as exporter:
        exporter.extern('**')
        exporter.save_pickle('network', 'network.pkl', Colours())
    return stream.getvalue()


def exported():
    stream = io.BytesIO()
    torch.export.save(torch.export.export(Colours().eval(), (torch.rand(1, 3, 32, 32),)), stream)
    return stream.getvalue()


def zipped(*names):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, 'w') as archive:
        for name in names:
            archive.writestr(name, b'content')
    return stream.getvalue()


def archived(name):
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode='w') as archive:
        archive.addfile(tarfile.TarInfo(name))
    return stream.getvalue()


def with_array(save, *values):
    stream = io.BytesIO()
    save(stream, *values)
    return stream.getvalue()


def field(number, content):
    """Return a field of Protocol Buffers: a number, or bytes with their length."""
    if isinstance(content, int):
        return bytes([number << 3, content])
    return bytes([number << 3 | 2, len(content)]) + content


ONNX = field(1, 8) + field(2, b'pytorch') + field(7, b'x' * 100) + field(8, b'\x10\x11')


@pytest.mark.parametrize(
    ('make', 'kind'),
    [
        (lambda: scripted(Colours()), 'torchscript'),
        (lambda: scripted(OnGpu()), 'torchscript gpu'),
        (lambda: scripted(Colours().half()), 'torchscript half'),
        (lambda: scripted(Colours().bfloat16()), 'torchscript half'),
        (lambda: scripted(HalfInside()), 'torchscript half'),
        (lambda: scripted(Colours().double()), 'torchscript double'),
        (optimized, 'torchscript optimized'),
        (lambda: saved(Colours().state_dict()), 'state_dict'),
        (lambda: saved({'epoch': 3, 'model': Colours().state_dict()}), 'state_dict'),
        (
            lambda: saved(Colours().state_dict(), _use_new_zipfile_serialization=False),
            'state_dict',
        ),
        (packaged, 'torch package'),
        (exported, 'exported program'),
        (lambda: scripted(Colours())[:9000], 'damaged zip'),
        (lambda: scripted(Colours())[:20], 'damaged zip'),
        (lambda: zipped('config.json', 'metadata.json', 'model.weights.h5'), 'keras'),
        (lambda: zipped('MAR-INF/MANIFEST.json', 'model.pt'), 'torchserve'),
        (lambda: zipped('best.pt', 'labels.txt'), 'zip'),
        (lambda: with_array(np.savez, np.zeros(3)), 'numpy'),
        (lambda: with_array(np.save, np.zeros(3)), 'numpy'),
        (lambda: pickle.dumps([1]), 'pickle'),
        (lambda: pickle.dumps({'a': 1}, protocol=0), 'pickle'),
        (lambda: archived('model.pt'), 'tar'),
        (lambda: archived('sys_info'), 'torch tar'),
        (lambda: gzip.compress(b'content'), 'compressed'),
        (lambda: ONNX, 'onnx'),
        (lambda: ONNX[:60], 'onnx cut off'),
        (lambda: field(1, 1) + field(2, b'graphs'), 'tensorflow'),
        (lambda: field(1, b'\xff\0') + field(1, b'\xff\1'), 'tensorflow'),
        (lambda: b'\x1c\0\0\0TFL3\x14\0', 'tflite'),
        (lambda: b'\x3c\0\0\0ET12eh00', 'executorch'),
        (lambda: b'\x89HDF\r\n\x1a\n\0\0', 'h5'),
        (lambda: (20).to_bytes(8, 'little') + b'{"fc.weight":{}}    \0\0', 'safetensors'),
        (lambda: b'\xef\xbb\xbf\r\n<!DOCTYPE html>\n<html>', 'html'),
        (lambda: b'<html><head>', 'html'),
        (lambda: b'<?xml version="1.0"?>\n<net name="x" version="11">', 'openvino'),
        (lambda: b'<?xml version="1.0"?>\n<Error><Code>AccessDenied</Code>', 'xml'),
        (lambda: b'version https://git-lfs.github.com/spec/v1\noid sha256:0', 'git-lfs'),
        (lambda: b'\xff\xd8\xff\xe0', 'image'),
        (lambda: b'ant\nbee\n', 'text'),
        (lambda: '\n{"names": "Äpfel"}'.encode(), 'text'),
        (lambda: ('x' * 4095 + 'ä' + 'y').encode(), 'text'),
        (lambda: b'(default)\ncup', 'text'),
        (lambda: b'', 'empty'),
        (lambda: bytes(5000), 'zeros'),
        (lambda: b'\xff\xfe\xfd\xfc' * 9, 'unknown'),
    ],
)
def test_content_tells_the_kind(make, kind):
    assert identify(make()) == KINDS[kind]


@pytest.mark.parametrize('new', [True, False])
def test_pickled_network_is_named_by_its_class(new):
    kind = identify(saved(Colours(), _use_new_zipfile_serialization=new))
    assert kind.name == f"{KINDS['module'].name}, of class 'support.colours.Colours'"
    assert kind.advice == KINDS['module'].advice


def test_pickle_that_is_opened_is_not_run(tmp_path):
    class Trap:
        def __reduce__(self):
            return open, (str(tmp_path / 'sprung'), 'w')

    for make in (saved, pickle.dumps):
        assert identify(make({'weights': Trap()})).advice
    assert not list(tmp_path.iterdir())


def test_every_advice_is_one_phrase_that_does_not_trust_pickles():
    for kind in KINDS.values():
        assert kind.name
        assert kind.advice
        assert '\n' not in kind.name + kind.advice
        assert 'weights_only' not in kind.advice
    assert {kind.suffix for kind in KINDS.values()} == {'', '.pt', '.pte', '.onnx'}
