# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
What the int8 network sees in photos: the input of its last layer, in the eight bits it has.

The network runs on engine qnnpack, which multiplies exactly: every runtime of this package is
checked against it. Of a photo only these bytes are kept, so thousands need little memory.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import zip_longest

import numpy as np
from numpy.typing import NDArray

from rpi_classifier.collect.class_folders import shorten_list
from rpi_classifier.errors import ConfigError, ImageError
from rpi_classifier.input_spec import Image, Transform
from rpi_classifier.models.model import Model
from rpi_classifier.runtime.engines import choose_engine, move_to_engine
from rpi_classifier.runtime.preprocess import Preprocessor
from rpi_classifier.runtime.torch_input import take_off_stub
from rpi_classifier.runtime.torchscript import set_torch_threads, TorchRuntime
from rpi_classifier.training.augment import view_of
from rpi_classifier.training.labeled_photo import LabeledPhoto
from rpi_classifier.training.last_layer import tapped
from rpi_classifier.training.monitor import Monitor
from rpi_classifier.training.train_options import TrainOptions

Steps = NDArray[np.uint8]
_MOST_BYTES = 128_000_000  # of features: 20 000 photos of mobilenet_v2 with four views


@dataclass(frozen=True)
class Extractor:
    """
    Gives the features of images of the size that a network takes.

    A real value is scale * (stored - zero_point).
    """

    run: Callable[[Image], Steps]
    transform: Transform
    inputs: int
    scale: float
    zero_point: int


@dataclass(frozen=True)
class Features:
    """
    The features of photos, interleaved by class.

    ``steps`` are stored values, [photos, 1 + views, inputs]; ``labels`` are the classes of the
    photos that could be read, [photos].
    """

    steps: Steps
    labels: NDArray[np.int64]


@contextmanager
def feature_extractor(model: Model) -> Iterator[Extractor]:
    """
    Run a network up to its last layer; it is whole again afterwards, and packed for qnnpack.

    :raises ModelError: if the network has no such layer, or torch no engine qnnpack.
    """
    network, transform = model.network, model.transform
    move_to_engine(network, choose_engine('qnnpack'), model.weights_backend)
    set_torch_threads(0)
    stub = network.quant
    with tapped(network) as tap:
        quantization = take_off_stub(network)
        try:
            runtime = TorchRuntime(network, transform.size, quantization)
            preprocess = Preprocessor(transform, quantization)

            def run(image: Image) -> Steps:
                preprocess(image, runtime.buffer)
                runtime.run()
                assert tap.seen is not None
                return tap.seen.int_repr()[0].numpy()  # type: ignore[no-any-return]

            inputs = len(run(np.zeros((transform.size, transform.size, 3), np.uint8)))
            assert tap.seen is not None
            scale, zero_point = tap.seen.q_scale(), tap.seen.q_zero_point()
            yield Extractor(run, transform, inputs, scale, zero_point)
        finally:
            network.quant = stub


def read_features(
    extractor: Extractor,
    photos: Sequence[LabeledPhoto],
    options: TrainOptions,
    monitor: Monitor,
    advance: Callable[[str], object],
) -> Features:
    """
    Compute the features of photos and views of them; unreadable photos are noted and left out.

    If the user stops it, the photos so far are used. Classes take turns, so each has its share.

    :param options: ``views`` is how many follow the photo as the node sees it.
    :raises ConfigError: if the features would take too much memory.
    """
    steps = _empty(len(photos), 1 + options.views, extractor.inputs)
    used: list[LabeledPhoto] = []
    bad: list[str] = []
    for number in _interleaved(photos):
        if monitor.stopped():
            break
        photo = photos[number]
        try:
            image = photo.read()
        except ImageError as error:
            bad.append(str(error))
        else:
            for view, row in enumerate(steps[len(used)]):
                part = view_of(
                    image,
                    extractor.transform,
                    view,
                    seed=options.seed,
                    photo=number,
                    mirror=options.mirror,
                )
                row[:] = extractor.run(part)
            used.append(photo)
        advance(photo.path.name)
    if bad:
        monitor.tell(f'left out, because they cannot be read: {shorten_list(bad)}')
    labels = np.array([photo.label for photo in used], np.int64)
    return Features(steps[: len(used)], labels)


def _empty(photos: int, views: int, inputs: int) -> Steps:
    """Allocate memory for features; the system provides it only as it is written to."""
    size = photos * views * inputs
    if size > _MOST_BYTES:
        raise ConfigError(
            f'views: {views - 1} of each of {photos} photos have {size / 1e6:.0f} MB of features; '
            f'at most {_MOST_BYTES / 1e6:.0f} MB are taken, give --views '
            f'{max(_MOST_BYTES // (photos * inputs) - 1, 0)} or fewer photos'
        )
    return np.empty((photos, views, inputs), np.uint8)


def _interleaved(photos: Sequence[LabeledPhoto]) -> list[int]:
    """Return the numbers of photos so that every class comes in turn, in its own order."""
    by_class: dict[int, list[int]] = defaultdict(list)
    for number, photo in enumerate(photos):
        by_class[photo.label].append(number)
    rounds = zip_longest(*(by_class[label] for label in sorted(by_class)))
    return [number for turn in rounds for number in turn if number is not None]
