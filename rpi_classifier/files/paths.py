# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Paths as people write them in parameters and on command lines.

``~``, ``~user``, ``$NAME``, ``${NAME}``, ``package://PACKAGE/PATH`` and ``file:///PATH`` become
plain paths. Shells expand some of that, but not in ``--output=~/m.pt`` and not in YAML files.
"""

from __future__ import annotations

import os
from pathlib import Path
import re

from rpi_classifier.errors import ConfigError
from rpi_classifier.wording import printable_path

_VARIABLE = re.compile(r'\$(?:\{([A-Za-z_][A-Za-z0-9_]*)\}|([A-Za-z_][A-Za-z0-9_]*))')
_PACKAGE_URL = re.compile(r'package://([^/]+)(/.*)?')
_FILE_URL = re.compile(r'file:(?://(?:localhost)?)?((?:/(?!/)|~).*)')


def expand_path(text: str, option: str) -> str:
    """
    Replace what stands for a part of a path; a text without any such part stays as it is.

    :param option: the parameter or option that has the text, for the error message.
    :raises ConfigError: if a variable, a home folder or a package is not known here, or a file
        URL has another form.
    """
    path = text
    if '$' in text and not os.path.lexists(text):  # such names of files are allowed
        path = _expand_variables(text, option)
    if path.startswith('package:'):
        return _find_in_package(path, option)
    if path.startswith('file:'):
        found = _FILE_URL.fullmatch(path)
        if found is None:
            raise ConfigError(f'{option}: {text!r} is not a URL of a file; write file:///PATH')
        path = found[1]
    return _expand_home(path, option)


def describe_path(path: Path | str) -> str:
    """Return a path for a message; a relative one with the folder that it is relative to."""
    shown = printable_path(path)
    if os.path.isabs(path):
        return shown
    try:
        return f'{shown} (in {printable_path(os.getcwd())})'
    except OSError:  # the folder was deleted
        return shown


def is_within(path: Path, folder: Path) -> bool:
    """Return whether a path leads through a folder, or into it by links."""
    root = os.path.realpath(folder)
    places = Path(os.path.abspath(path)), Path(os.path.realpath(path))
    return any(
        os.path.realpath(one) == root for place in places for one in (place, *place.parents)
    )


def _expand_variables(text: str, option: str) -> str:
    def value(found: re.Match[str]) -> str:
        name = found[1] or found[2]
        if name not in os.environ:
            raise ConfigError(
                f'{option}: {text!r} names the variable {name}, which is not set; set it, or give '
                'the full path'
            )
        return os.environ[name]

    path = _VARIABLE.sub(value, text)
    if '${' in _VARIABLE.sub('', text):
        raise ConfigError(f'{option}: {text!r} is not understood; write a variable as ${{NAME}}')
    return path


def _expand_home(text: str, option: str) -> str:
    path = os.path.expanduser(text)
    if path == text and text.startswith('~') and not os.path.lexists(text):
        raise ConfigError(
            f'{option}: {text!r} names a home folder, which is not known here; give the full path'
        )
    return path


def _find_in_package(url: str, option: str) -> str:
    found = _PACKAGE_URL.fullmatch(url)
    if found is None:
        raise ConfigError(
            f'{option}: {url!r} is not a URL in a package; write package://PACKAGE/PATH'
        )
    if '..' in (found[2] or '').split('/'):
        raise ConfigError(
            f'{option}: {url!r} leaves the package; leave .. out, or give file:///PATH'
        )
    try:
        from ament_index_python.packages import get_package_share_directory
    except ImportError as error:
        raise ConfigError(
            f'{option}: {url!r} needs ament_index_python, which is not installed; source the '
            'setup.bash of ROS 2, or give the full path'
        ) from error
    try:
        return str(get_package_share_directory(found[1])) + (found[2] or '')
    except (LookupError, OSError, ValueError) as error:  # OSError: no workspace is sourced
        raise ConfigError(
            f'{option}: {url!r} names the package {found[1]}, which is not installed; source the '
            'setup.bash of its workspace, or give the full path'
        ) from error
