# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0


"""
What an exported model says about itself, and the refusals of files that are none.

FILE.pt is a TorchScript archive, a zip file, with one more member: ``extra/rpi_classifier.json``.
Nothing of this module runs code from the file.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
import hashlib
import io
import json
from pathlib import Path
from typing import Any
import zipfile

import numpy as np
from numpy.typing import NDArray

from rpi_classifier.errors import ModelError
from rpi_classifier.input_spec import Quantization, Transform

MEMBER = 'extra/rpi_classifier.json'
FORMAT = 1
_EXPORT = 'export it with export_model'


@dataclass(frozen=True)
class Record:
    """
    All that belongs to a network but is not in it.

    ``quantization`` is of its input, None for floats. ``answers`` are its logits for the images
    of the known-answer check, under ``engine``. ``network_sha256`` is of all that the file holds
    but this record; ``exact_products`` tells that the weights would overflow on x86 processors
    without VNNI.
    """

    name: str
    labels: tuple[str, ...]
    transform: Transform
    quantization: Quantization | None
    engine: str
    trained_for: str
    exact_products: bool
    answers: tuple[NDArray[np.float32], ...]
    versions: dict[str, str] = field(default_factory=dict)
    network_sha256: str = ''
    format: int = FORMAT


def file_sha256(data: bytes) -> str:
    """Return the digest of a whole file, as sha256sum prints it."""
    return hashlib.sha256(data).hexdigest()


def read_file(model: str, sha256: str) -> tuple[Path, bytes]:
    """
    Read the file that the parameter ``model`` names.

    :param sha256: digest that it must have; empty: any.
    :raises ModelError: if it cannot be read or has another digest.
    """
    path = Path(model).expanduser()
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ModelError(
            f'model {path} cannot be read: {error.strerror}; give a file made by export_model'
        ) from error
    digest = file_sha256(data)
    if sha256 and sha256.lower() != digest:
        raise ModelError(
            f'model {path} has sha256 {digest}, but model_sha256 asks for {sha256!r}; restore '
            'the file, or change the parameter if you trust it'
        )
    return path, data


def write(content: bytes, path: Path) -> None:
    """
    Write a file that is complete or not there: under another name first.

    :raises ModelError: if it cannot be written.
    """
    unfinished = path.with_name(path.name + '.part')
    try:
        unfinished.write_bytes(content)
        unfinished.replace(path)
    except OSError as error:
        raise ModelError(f'model {path} cannot be written: {error.strerror}') from error


def to_json(record: Record) -> str:
    """Write a record, with a digest over all that it says."""
    content = asdict(record)
    content['answers'] = [[float(value) for value in answer] for answer in record.answers]
    return json.dumps({**content, 'digest': _digest(content)}, indent=1)


def from_json(text: str | bytes, path: Path) -> Record:
    """
    Read a record.

    :raises ModelError: if it is damaged, changed, or of another format.
    """
    try:
        content = json.loads(text)
        digest = content.pop('digest')
        if content['format'] != FORMAT:
            raise ModelError(
                f'model {path} has format {content["format"]!r}, expected {FORMAT}; '
                f'{_EXPORT} of this version'
            )
        if digest != _digest(content):
            raise ModelError(
                f'model {path}: labels or other parts of its record were changed, their digest '
                f'is not {digest[:12]}...; {_EXPORT} again'
            )
        return Record(
            **{
                **content,
                'labels': tuple(content['labels']),
                'transform': _transform(content['transform']),
                'quantization': _quantization(content['quantization']),
                'answers': tuple(np.array(a, np.float32) for a in content['answers']),
            }
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(
            f'model {path}: its record is unreadable ({type(error).__name__}: {error}); '
            f'{_EXPORT} again'
        ) from error


def add(record: Record, network: bytes, path: Path) -> bytes:
    """Return the bytes of a TorchScript archive with the record inside."""
    stream = io.BytesIO(network)
    with zipfile.ZipFile(stream, 'a') as archive:
        top = archive.namelist()[0].split('/', 1)[0]
        digest = _network_sha256(archive, top)
        content = {**record.__dict__, 'network_sha256': digest}
        archive.writestr(f'{top}/{MEMBER}', to_json(Record(**content)))
    return stream.getvalue()


def read(data: bytes, path: Path) -> Record | None:
    """
    Check a file and return its record; None if it is TorchScript without one.

    :raises ModelError: if it is no TorchScript, cut off, or damaged.
    """
    remedy = f'{_EXPORT}, or give its labels and input description if it is TorchScript'
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            top = names[0].split('/', 1)[0] if names else ''
            if f'{top}/constants.pkl' not in names:
                kind = 'a pickle of torch.save' if f'{top}/data.pkl' in names else 'a zip file'
                raise ModelError(f'model {path} is {kind}, no TorchScript file; {remedy}')
            digest = _network_sha256(archive, top)
            if f'{top}/{MEMBER}' not in names:
                return None
            record = from_json(archive.read(f'{top}/{MEMBER}'), path)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, ValueError) as error:
        raise ModelError(f'model {path} {_what_is_wrong(data, error)}; {remedy}') from error
    if digest != record.network_sha256:
        raise ModelError(
            f'model {path}: its weights or code were changed, sha256 is {digest[:12]}... and not '
            f'{record.network_sha256[:12]}...; {_EXPORT} again'
        )
    return record


def _what_is_wrong(data: bytes, error: Exception) -> str:
    if data[:1] == b'\x80':
        return 'is a pickle, no TorchScript file'
    if data[:2] != b'PK':
        return 'is no TorchScript file'
    if 'not a zip file' in str(error):
        return f'is cut off after {len(data)} bytes'
    return f'is damaged ({error})'


def _network_sha256(archive: zipfile.ZipFile, top: str) -> str:
    """Digest all members but the record; zipfile checks their checksums on the way."""
    total = hashlib.sha256()
    for name in sorted(archive.namelist()):
        if name != f'{top}/{MEMBER}':
            content = archive.read(name)
            total.update(f'{name.split("/", 1)[-1]} {len(content)}\n'.encode())
            total.update(content)
    return total.hexdigest()


def _digest(content: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _transform(content: dict[str, Any]) -> Transform:
    mean, std = tuple(content['mean']), tuple(content['std'])
    return Transform(content['size'], content['resize'], mean, std)  # type: ignore[arg-type]


def _quantization(content: dict[str, Any] | None) -> Quantization | None:
    return None if content is None else Quantization(**content)
