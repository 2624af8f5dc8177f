# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Takes torch and what it needs from another environment, by hard links: no download, no space.

usage: ENVIRONMENT/bin/python dev/share_torch.py OTHER_ENVIRONMENT

Each environment may be changed or removed later without harm to the other one. Where links are not
possible, as between two file systems, nothing is done, and pip installs torch as usual.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import Distribution, distributions
import os
from pathlib import Path
import re
import sys
import sysconfig

ROOTS = ('torch', 'torchvision')


def normal(name: str) -> str:
    """Return the name of a distribution as package indexes write it."""
    return re.sub(r'[-_.]+', '-', name).lower()


def installed(site: Path) -> dict[str, Distribution]:
    """Return the distributions of a site-packages folder by their names."""
    return {normal(found.metadata['Name']): found for found in distributions(path=[str(site)])}


def with_requirements(site: Path, roots: tuple[str, ...] = ROOTS) -> Iterator[Distribution]:
    """Yield distributions of a site-packages folder, and all that they require there."""
    known = installed(site)
    wanted = [(root, '') for root in roots]
    seen = set()
    while wanted:
        seen.add(one := wanted.pop())
        name, extras = one
        if name in known:
            yield known[name]
            found = (requirement(line, extras) for line in known[name].requires or [])
            wanted += [two for two in found if two and two not in seen]


def requirement(line: str, extras: str) -> tuple[str, str] | None:
    """
    Return the name and the extras that a line of metadata requires.

    :param line: as ``cuda-toolkit[cublas,cudart]==13.0.3; platform_system == "Linux"``.
    :param extras: of the distribution that has the line; None is returned if it is for others.
    """
    what, _, marker = line.partition(';')
    extra = re.search(r'extra == [\'"]([\w-]+)', marker)
    match = re.match(r'\s*([\w.-]+)\s*(?:\[([^]]*)\])?', what)
    if match is None or (extra and extra.group(1) not in re.split(r'[\s,]+', extras)):
        return None
    return normal(match.group(1)), match.group(2) or ''


def link(distribution: Distribution, source: Path, target: Path) -> None:
    """
    Link the files of a distribution; programs in bin/ are left out.

    :raises OSError: if the file system refuses.
    """
    for file in distribution.files or []:
        old, new = source / file, target / file
        if '..' in file.parts or not old.is_file() or new.exists():
            continue
        new.parent.mkdir(parents=True, exist_ok=True)
        os.link(old, new)


def main() -> int:
    """Link from the environment that the command line names into that of this Python."""
    target = Path(sysconfig.get_path('purelib'))
    source = Path(sys.argv[1]).resolve() / target.relative_to(Path(sys.prefix))
    there = installed(target)
    try:
        for distribution in with_requirements(source):
            if normal(distribution.metadata['Name']) not in there:
                link(distribution, source, target)
    except OSError as error:
        print(f'share_torch: {error}; pip installs torch instead', file=sys.stderr)
    return 0


if __name__ == '__main__':
    sys.exit(main())
