# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Parameters of the classifier node."""

from __future__ import annotations

from dataclasses import dataclass

from rpi_classifier.config.class_words import parse_aliases, parse_classes, spell_aliases
from rpi_classifier.config.keep_words import check_keep
from rpi_classifier.config.model import ModelConfig
from rpi_classifier.config.options import option
from rpi_classifier.errors import ConfigError
from rpi_classifier.region import parse_region, spell_region


@dataclass(frozen=True)
class ClassifierConfig(ModelConfig):
    """Parameters of the classifier node."""

    top_k: int = option(
        5, 'Number of classes in a result, best first', limits=(1, 1000), live=True
    )
    score_threshold: float = option(
        0.0, 'Classes below this probability are left out', limits=(0.0, 1.0), live=True
    )
    unknown_below: float = option(
        0.0,
        "Probability of the best class below which the class 'unknown' comes first in a result; "
        '0: never',
        limits=(0.0, 1.0),
        live=True,
    )
    classes: str | tuple[str, ...] = option(
        '',
        'Names or indices of the classes that take part; empty: all. Probabilities stay those '
        'among all classes',
        or_list=True,
        or_integers=True,
        live=True,
    )
    class_aliases: str = option(
        '',
        'Groups of classes that mean the same here, a map from names to lists of classes: their '
        'probabilities are added',
        spelling=spell_aliases,
        or_map=True,
        live=True,
    )
    region: str = option(
        '',
        'Part of the image that is classified: x, y, width and height in pixels, or in parts of '
        'its width and height if width and height are at most 1; empty: that of the model, as a '
        'rule the whole image',
        spelling=spell_region,
        or_numbers=4,
        live=True,
    )
    max_rate: float = option(
        0.0,
        'Largest number of classifications per second; 0: one per frame',
        limits=(0.0, 1000.0),
        live=True,
    )
    min_rate: float = option(
        0.0,
        'WARN in diagnostics below this many classifications per second; 0: never',
        limits=(0.0, 1000.0),
        live=True,
    )
    stall_timeout: float = option(
        5.0,
        'ERROR in diagnostics after this many seconds without a result',
        limits=(0.1, 3600.0),
        live=True,
    )
    max_age: float = option(
        0.0,
        'Refuse images stamped more than this many seconds ago; 0: no limit',
        limits=(0.0, 3600.0),
        live=True,
    )
    max_ahead: float = option(
        1.0,
        'Refuse images stamped more than this many seconds in the future; 0: accept all',
        limits=(0.0, 3600.0),
        live=True,
    )
    class_id: str = option(
        'name',
        "class_id in messages: the class's name, or its index in decimal",
        choices=('name', 'index'),
        aliases={'label': 'name', 'number': 'index', 'id': 'index'},
        live=True,
    )
    image_transport: str = option(
        'raw',
        'Kind of the image topic',
        choices=('raw', 'compressed'),
        aliases={'jpeg': 'compressed', 'jpg': 'compressed', 'png': 'compressed'},
    )
    debug_max_rate: float = option(
        10.0,
        'Largest number of images per second on debug_image; 0: one per result',
        limits=(0.0, 1000.0),
        live=True,
    )
    always_on: bool = option(False, 'Classify even if nobody subscribes', live=True)
    smoothing_window: float = option(
        0.5,
        'Time constant of the smoothing behind stable_classification, in seconds',
        limits=(0.01, 3600.0),
        live=True,
    )
    enter_threshold: float = option(
        0.5,
        'Smoothed probability from which a class becomes stable',
        limits=(0.01, 1.0),
        live=True,
    )
    leave_threshold: float = option(
        0.3,
        'Smoothed probability below which a stable class is dropped',
        limits=(0.0, 1.0),
        live=True,
    )
    min_duration: float = option(
        0.3,
        'Time for which a class must stay at enter_threshold to become stable, in seconds',
        limits=(0.0, 3600.0),
        live=True,
    )
    keep: str = option(
        'none',
        'Which images are kept as files; unsure: those whose best probability lies from keep_low '
        'to keep_high or whose best class changed; every: one per keep_seconds',
        choices=('none', 'unsure', 'every'),
        aliases={'off': 'none', 'no': 'none', 'never': 'none', 'all': 'every'},
        live=True,
    )
    keep_folder: str = option(
        '',
        'Folder for the images that are kept; ~ is the home of the user',
        live=True,
        path=True,
    )
    keep_low: float = option(
        0.2,
        'For keep unsure: smallest best probability of an image that is kept',
        limits=(0.0, 1.0),
        live=True,
    )
    keep_high: float = option(
        0.6,
        'For keep unsure: largest best probability of an image that is kept',
        limits=(0.0, 1.0),
        live=True,
    )
    keep_seconds: float = option(
        10.0,
        'For keep every: time from one image that is kept to the next, in seconds',
        limits=(1.0, 86400.0),
        live=True,
    )
    keep_megabytes: int = option(
        200,
        'Size of all kept images in megabytes (1000000 bytes); the oldest are deleted to stay '
        'below it',
        limits=(1, 1_000_000),
        live=True,
    )

    def __post_init__(self) -> None:
        """Refuse values that are not allowed, alone or in combination."""
        super().__post_init__()
        if self.leave_threshold > self.enter_threshold:
            raise ConfigError(
                f'leave_threshold: {self.leave_threshold:g} is more than enter_threshold, '
                f'{self.enter_threshold:g}; set it to that or less'
            )
        parse_classes(self.classes)
        parse_aliases(self.class_aliases)
        parse_region(self.region)
        check_keep(self.keep, self.keep_folder, self.keep_low, self.keep_high)
