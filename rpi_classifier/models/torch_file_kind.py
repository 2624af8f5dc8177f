# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Which kind of zip archive or pickle a file is: torch has a dozen."""

from __future__ import annotations

from dataclasses import replace
import zipfile

from rpi_classifier.errors import ModelError
from rpi_classifier.models.file_kinds import FileKind, KINDS
from rpi_classifier.models.pickle_scan import PickleScan, scan_pickle
from rpi_classifier.models.torchscript_contents import inspect_torchscript
from rpi_classifier.models.zip_members import open_zip, read_member
from rpi_classifier.wording import quote

# torch.save before 1.6: a magic number, a protocol, the system, and the object; then the weights.
_LEGACY = b'\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.'
_PICKLES_BEFORE = 3
_FURNITURE = (
    'collections.', 'torch._utils.', 'torch.storage.', 'torch.serialization.', '__builtin__.',
    'builtins.', 'copyreg.', 'copy_reg.', '_codecs.', 'numpy.',
)  # fmt: skip
# Names of members, and the kind of archive that has one; the first that fits counts.
_MARKS = (
    ('MAR-INF/', 'torchserve'),
    ('serialized_exported_program.json', 'exported program'),
    ('archive_format', 'exported program'),
    ('extern_modules', 'torch package'),
    ('model.weights.h5', 'keras'),
    ('.npy', 'numpy'),
)


def identify_zip(data: bytes) -> FileKind:
    """
    Return the kind of a zip archive.

    :param data: the whole file, which begins as zip files do.
    """
    try:
        return _identify_members(open_zip(data, 'it'))
    except ModelError:
        return KINDS['damaged zip']


def identify_pickle(data: bytes) -> FileKind | None:
    """
    Return the kind of a pickle; None if it only begins like one.

    :param data: the whole file.
    """
    if data.startswith(_LEGACY):
        return _identify_scan(scan_pickle(data, _PICKLES_BEFORE + 1))
    scan = scan_pickle(data)
    if not scan.whole and data[:1] != b'\x80':
        return None
    return _named('pickle', scan)


def _identify_members(archive: zipfile.ZipFile) -> FileKind:
    names = archive.namelist()
    top = names[0].partition('/')[0] if names else ''
    if f'{top}/constants.pkl' in names:
        return _identify_torchscript(archive)
    if f'{top}/data.pkl' in names:
        return _identify_scan(scan_pickle(read_member(archive, f'{top}/data.pkl')))
    kinds = (kind for mark, kind in _MARKS for name in names if mark in name)
    return KINDS[next(kinds, 'zip')]


def _identify_torchscript(archive: zipfile.ZipFile) -> FileKind:
    contents = inspect_torchscript(archive)
    if contents.optimized:
        return KINDS['torchscript optimized']
    if contents.on_gpu:
        return KINDS['torchscript gpu']
    return KINDS[f'torchscript {contents.unusual_floats}'.strip()]


def _identify_scan(scan: PickleScan) -> FileKind:
    """Tell a network from its weights: a pickled module has a dictionary of its parts."""
    for package, kind in (('ultralytics.', 'ultralytics'), ('fastai.', 'fastai')):
        if any(name.startswith(package) for name in scan.classes):
            return KINDS[kind]
    return _named('module', scan) if '_modules' in scan.strings else KINDS['state_dict']


def _named(kind: str, scan: PickleScan) -> FileKind:
    """Add the name of the first class that says something."""
    own = [name for name in scan.classes if not name.startswith(_FURNITURE)]
    name = KINDS[kind].name
    return replace(KINDS[kind], name=f'{name}, of class {quote(own[0])}' if own else name)
