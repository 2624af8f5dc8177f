# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Looks at the files of a robot and takes a model; deploy runs it there through ssh.

Needs nothing but Python, because a login through ssh has no sourced ROS and maybe an older version
of this package. Takes a line of JSON on standard input, then the bytes of a model if that says so,
and prints a line of JSON.
"""

from __future__ import annotations

import base64
from contextlib import suppress
import hashlib
import json
import os
from pathlib import Path
import sys
from typing import Any

_PIECE = 1 << 20
_MOST_YAML_BYTES = 1 << 20


def read_parameters(path: str) -> dict[str, Any]:
    """
    Return a parameter file, of a link the file that it leads to.

    ``writable``: a file beside it can be made and take its place. ``installed``: it comes with the
    package, so the next installation replaces it.
    """
    given = os.path.abspath(os.path.expanduser(path))
    real = os.path.realpath(given)
    if not os.path.exists(real):
        return {'path': given, 'problem': 'does not exist'}
    if not os.path.isfile(real) or os.path.getsize(real) > _MOST_YAML_BYTES:
        return {'path': given, 'problem': 'is not a file of parameters'}
    try:
        content = Path(real).read_bytes()
    except OSError as error:
        return {'path': given, 'problem': f'cannot be read: {error.strerror}'}
    return {
        'path': given,
        'real': real,
        'text': base64.b64encode(content).decode(),
        'links': os.stat(real).st_nlink,
        'writable': os.access(os.path.dirname(real), os.W_OK | os.X_OK),
        'installed': any('/share/rpi_classifier/' in one for one in (given, real))
        or _is_in_source(real),
    }


def look_at_folder(folder: str, names: list[str], sha256: str) -> dict[str, Any]:
    """
    Return what is known of the folder that shall take a model.

    :param names: the names that the model may have there.
    :param sha256: of the model.
    :returns: ``names`` has those that exist, and whether each is that model; ``problem`` says why
        nothing can be written; ``free`` are bytes, None if nobody knows.
    """
    path = os.path.realpath(os.path.join(Path.home(), os.path.expanduser(folder)))
    found: dict[str, Any] = {'folder': path, 'names': {}, 'problem': ''}
    above = path
    while not os.path.lexists(above):
        above = os.path.dirname(above)
    if not os.path.isdir(above):
        found['problem'] = f'{above} is not a folder'
    elif not os.access(above, os.W_OK | os.X_OK):
        found['problem'] = f'{above} cannot be written'
    found['exists'] = above == path
    status = os.statvfs(above)
    # A file system without blocks, such as /proc, has no size.
    found['free'] = status.f_bavail * status.f_frsize if status.f_blocks else None
    for name in names:
        target = os.path.join(path, name)
        if os.path.lexists(target):
            found['names'][name] = os.path.isfile(target) and _hash_of(target) == sha256
    return found


def receive(request: dict[str, Any]) -> dict[str, Any]:
    """Take the bytes of a model from standard input, and put it in its place if all came."""
    os.makedirs(os.path.dirname(request['unfinished']), exist_ok=True)
    left = request['size']
    try:
        with open(request['unfinished'], 'wb') as file:
            while left and (piece := sys.stdin.buffer.read(min(_PIECE, left))):
                file.write(piece)
                left -= len(piece)
        return put_in_place(request)
    except BaseException:
        discard(request)
        raise


def make_folder(request: dict[str, Any]) -> dict[str, Any]:
    """Make the folder in which a model shall be."""
    os.makedirs(os.path.dirname(request['unfinished']), exist_ok=True)
    return {}


def put_in_place(request: dict[str, Any]) -> dict[str, Any]:
    """Rename a copied file if its hash is right and its target does not exist."""
    unfinished, target = request['unfinished'], request['target']
    digest = _hash_of(unfinished)
    if digest != request['sha256']:
        discard(request)
        return {'problem': f'the copy has sha256 {digest}, not {request["sha256"]}'}
    if os.path.lexists(target):
        discard(request)
        return {'problem': f'{target} has appeared meanwhile'}
    os.chmod(unfinished, 0o644)
    with open(unfinished, 'rb') as file:
        os.fsync(file.fileno())
    os.rename(unfinished, target)
    return {}


def discard(request: dict[str, Any]) -> dict[str, Any]:
    """Delete a file that was not copied as a whole."""
    with suppress(OSError):
        os.unlink(request['unfinished'])
    return {}


def look_at_files(request: dict[str, Any]) -> dict[str, Any]:
    """Look at the parameter file and the folder of models."""
    folder = look_at_folder(request['folder'], request['names'], request['sha256'])
    return {'parameters': read_parameters(request['params_file']), 'folder': folder}


def _is_in_source(path: str) -> bool:
    return os.path.exists(os.path.join(os.path.dirname(path), '..', 'package.xml'))


def _hash_of(path: str) -> str:
    digest = hashlib.sha256()
    with open(path, 'rb') as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()


_WORK = {
    'look': look_at_files,
    'receive': receive,
    'make_folder': make_folder,
    'put_in_place': put_in_place,
    'discard': discard,
}


def main() -> None:
    """Do what standard input asks for."""
    request = json.loads(sys.stdin.buffer.readline())
    try:
        answer = _WORK[request['do']](request)
    except OSError as error:
        answer = {'problem': f'{error.filename or request.get("target")}: {error.strerror}'}
    print(json.dumps(answer), flush=True)


if __name__ == '__main__':
    main()
