# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Which kind of file something is, by its content, and what to do to get a model out of it.

Suffixes tell little: FILE.pt is TorchScript, a pickle of weights, or a web page that was saved in
place of either. Nothing here runs or unpickles anything.
"""

from __future__ import annotations

from collections.abc import Callable
import re

from rpi_classifier.models.file_kinds import FileKind, KINDS
from rpi_classifier.models.protobuf_scan import top_fields
from rpi_classifier.models.torch_file_kind import identify_pickle, identify_zip

# (offset, bytes, kind) of files that begin with something unmistakable.
_MAGIC = (
    (0, b'version https://git-lfs', 'git-lfs'),
    (0, b'\x89HDF\r\n\x1a\n', 'h5'),
    (4, b'TFL3', 'tflite'),
    (4, b'ET1', 'executorch'),
    (4, b'PTMF', 'torch mobile'),
    (0, b'\x93NUMPY', 'numpy'),
    (0, b'GGUF', 'gguf'),
    (0, b'RKNN', 'rknn'),
    (0, b'\1HEF', 'hailo'),
    (0, b'ptrt', 'tensorrt'),
    (0, b'ftrt', 'tensorrt'),
    (0, b'7767517\n', 'ncnn'),
    (0, b'\xff\xd8\xff', 'image'),
    (0, b'\x89PNG\r\n', 'image'),
    (0, b'GIF8', 'image'),
    (8, b'WEBPVP8', 'image'),
    (0, b'II*\0', 'image'),
    (0, b'MM\0*', 'image'),
    (4, b'ftyp', 'video'),
    (0, b'\x1aE\xdf\xa3', 'video'),
    (0, b'%PDF', 'pdf'),
    (0, b'\x7fELF', 'program'),
    (0, b'MZ\x90\0', 'program'),
    (0, b'\x1f\x8b\x08', 'compressed'),
    (0, b'BZh', 'compressed'),
    (0, b'\xfd7zXZ\0', 'compressed'),
    (0, b'\x28\xb5\x2f\xfd', 'compressed'),
    (0, b'7z\xbc\xaf', 'compressed'),
    (0, b'Rar!', 'compressed'),
)
_TAR, _TORCH_TAR = (257, b'ustar'), (b'sys_info\0', b'pickle\0', b'storages\0', b'tensors\0')
_PICKLES = (
    b'\x80\2', b'\x80\3', b'\x80\4', b'\x80\5',
    b'(dp', b'(lp', b'ccollections\n', b'ccopy_reg\n', b'c__builtin__\n',
)  # fmt: skip
_MARKUP = (
    (re.compile(rb'<net\s[^>]*name', re.IGNORECASE), 'openvino'),
    (re.compile(rb'<!doctype html|<html|<head|<body', re.IGNORECASE), 'html'),
    (re.compile(rb'^<(\?xml|!)', re.IGNORECASE), 'xml'),
)
# ModelProto: ir_version, producer, graph, opset_import and others (onnx.proto).
_ONNX, _ONNX_GRAPH = {1, 2, 3, 4, 5, 6, 7, 8, 14, 20, 25, 26}, 7
_TENSORFLOW = ([1, 2], [1, 1])  # SavedModel: version, graphs; GraphDef: nodes
_BEGINNING = 4096


def identify(data: bytes) -> FileKind:
    """
    Return the kind of a file.

    :param data: the whole file.
    """
    for look in _LOOKS:
        kind = look(data)
        if kind:
            return kind
    return KINDS['unknown']


def _by_beginning(data: bytes) -> FileKind | None:
    if not data:
        return KINDS['empty']
    if not data[:_BEGINNING].strip(b'\0'):
        return KINDS['zeros']
    names = (name for at, magic, name in _MAGIC if data[at : at + len(magic)] == magic)
    name = next(names, '')
    return KINDS[name] if name else None


def _by_zip(data: bytes) -> FileKind | None:
    return identify_zip(data) if data[:4] == b'PK\3\4' else None


def _by_pickle(data: bytes) -> FileKind | None:
    return identify_pickle(data) if data.startswith(_PICKLES) else None


def _by_tar(data: bytes) -> FileKind | None:
    at, magic = _TAR
    if data[at : at + len(magic)] != magic:
        return None
    return KINDS['torch tar' if data.startswith(_TORCH_TAR) else 'tar']


def _by_markup(data: bytes) -> FileKind | None:
    start = data[:_BEGINNING].lstrip(b'\xef\xbb\xbf \t\r\n')
    if start[:1] != b'<':
        return None
    return next((KINDS[name] for pattern, name in _MARKUP if pattern.search(start)), None)


def _by_safetensors(data: bytes) -> FileKind | None:
    length = int.from_bytes(data[:8], 'little')
    return KINDS['safetensors'] if data[8:10] == b'{"' and length < 1 << 27 else None


def _by_text(data: bytes) -> FileKind | None:
    start = data[:_BEGINNING]
    try:
        text = start.decode('utf-8-sig')
    except UnicodeDecodeError as error:
        if len(data) <= _BEGINNING or error.start < len(start) - 3:
            return None  # more than a character that the slice cut
        text = start[: error.start].decode('utf-8-sig')
    plain = all(character.isprintable() or character in '\t\r\n\f' for character in text)
    return KINDS['text'] if plain else None


def _by_protobuf(data: bytes) -> FileKind | None:
    fields, whole = top_fields(data)
    if fields and set(fields) <= _ONNX and _ONNX_GRAPH in fields:
        return KINDS['onnx' if whole else 'onnx cut off']
    return KINDS['tensorflow'] if fields[:2] in _TENSORFLOW and whole else None


_LOOKS: tuple[Callable[[bytes], FileKind | None], ...] = (
    _by_beginning,
    _by_zip,
    _by_pickle,
    _by_tar,
    _by_markup,
    _by_safetensors,
    _by_text,
    _by_protobuf,
)
