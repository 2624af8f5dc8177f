# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""How a second environment gets the torch of the first one."""

from pathlib import Path
import sys

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / 'dev'))

import share_torch


@pytest.fixture
def site(tmp_path):
    """Return the site-packages of an environment with a small torch and what it requires."""
    folder = tmp_path / 'site'

    def install(name, *requires):
        info = folder / f'{name}-1.0.dist-info'
        info.mkdir(parents=True)
        lines = ''.join(f'Requires-Dist: {line}\n' for line in requires)
        (info / 'METADATA').write_text(f'Metadata-Version: 2.1\nName: {name}\n{lines}')
        (folder / f'{name}.py').touch()
        (info / 'RECORD').write_text(f'{name}.py,,\n../bin/{name},,\n{info.name}/METADATA,,\n')

    install('torch', 'CUDA_toolkit[blas]==13.0; platform_system == "Linux"', 'absent>=1')
    install('cuda_toolkit', 'blas; extra == "blas"', 'fft; extra == "fft"')
    for name in ('blas', 'fft', 'rclpy'):
        install(name)
    return folder


def test_what_torch_needs_is_found_with_the_extras_that_it_asks_for(site):
    found = [one.metadata['Name'] for one in share_torch.with_requirements(site)]
    assert sorted(found) == ['blas', 'cuda_toolkit', 'torch']


def test_files_are_links_and_programs_are_left_out(site, tmp_path):
    target = tmp_path / 'target'
    for one in share_torch.with_requirements(site, ('blas',)):
        share_torch.link(one, site, target)
    assert (target / 'blas.py').samefile(site / 'blas.py')
    assert 'blas' in share_torch.installed(target)
    assert not (tmp_path / 'bin').exists()
