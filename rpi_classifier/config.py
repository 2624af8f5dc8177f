# Copyright 2026 The rpi_classifier authors
#
# Licensed under the Apache License, Version 2.0 (the "License");
# you may not use this file except in compliance with the License.
# You may obtain a copy of the License at
#
#     http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS,
# WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
# See the License for the specific language governing permissions and
# limitations under the License.

"""
The parameters: each one's default, range, choices and meaning stand here and nowhere else.

The nodes turn a field into a ROS parameter, the commands into an option.
"""

from __future__ import annotations

from dataclasses import dataclass

from rpi_classifier.errors import ConfigError
from rpi_classifier.options import check, option
from rpi_classifier.preprocess import Transform


@dataclass(frozen=True)
class NodeConfig:
    """Parameters of every node."""

    autostart: bool = option(True, 'Configure and activate without being told')

    def __post_init__(self) -> None:
        """Refuse values that are not allowed."""
        check(self)


@dataclass(frozen=True)
class CameraConfig(NodeConfig):
    """Parameters of the camera node."""

    device: str = option(
        '/dev/video0',
        'V4L2 device (path, /dev/v4l/by-id/... or index), video file, or folder of photos',
    )
    width: int = option(224, 'Requested image width in pixels', minimum=1, maximum=16384)
    height: int = option(224, 'Requested image height in pixels', minimum=1, maximum=16384)
    fps: float = option(
        36.0,
        'Requested frames per second: a little over 30, so that 30 are really reached',
        minimum=0.1,
        maximum=1000.0,
    )
    pixel_format: str = option(
        'auto',
        'Pixel format of a V4L2 device, as MJPG or YUYV; auto: one that reaches the rate',
    )
    strict: bool = option(
        False, 'Refuse a camera that gives another size, rate or format than asked for'
    )
    reopen_delay: float = option(
        0.5,
        'Seconds before a camera that failed is opened again; doubles with every failure',
        minimum=0.05,
        maximum=3600.0,
    )
    reopen_delay_max: float = option(
        5.0, 'Most seconds between attempts to open a camera', minimum=0.05, maximum=3600.0
    )
    photo_seconds: float = option(
        2.0,
        'Seconds for which a folder source shows each photo; 0: a new photo every frame',
        minimum=0.0,
        maximum=3600.0,
    )
    rate_warn: float = option(
        0.2,
        'Diagnostics warn when the rate falls short of fps by more than this part of it',
        minimum=0.0,
        maximum=1.0,
        live=True,
    )
    rate_error: float = option(
        0.5,
        'Diagnostics tell an error when the rate falls short of fps by more than this part of it',
        minimum=0.0,
        maximum=1.0,
        live=True,
    )
    camera_info_url: str = option(
        '',
        'Calibration: file:///... or package://PACKAGE/... with ${NAME} and ${ROS_HOME}; '
        'empty: ${ROS_HOME}/camera_info/${NAME}.yaml if that is there',
    )
    jpeg_quality: int = option(
        90, 'Quality of image_raw/compressed', minimum=1, maximum=100, live=True
    )
    frame_id: str = option('camera_optical_frame', 'header.frame_id of all images')
    qos_reliability: str = option(
        'reliable', 'Reliability of image_raw and camera_info', choices=('reliable', 'best_effort')
    )
    qos_depth: int = option(1, 'Queue depth of image_raw and camera_info', minimum=1, maximum=1000)

    def __post_init__(self) -> None:
        """Refuse values that are not allowed, alone or together."""
        super().__post_init__()
        if self.reopen_delay_max < self.reopen_delay:
            raise ConfigError(
                f'reopen_delay_max: {self.reopen_delay_max:g} is less than reopen_delay, '
                f'{self.reopen_delay:g}; give both, the longest last'
            )


@dataclass(frozen=True)
class ClassifierConfig(NodeConfig):
    """Parameters of the classifier node."""

    model: str = option(
        'mobilenet_v2', 'Name of a model in the zoo, or /path/FILE.pt made by export_model'
    )
    model_sha256: str = option(
        '', 'sha256sum of the file that model names, which must agree; empty: any file'
    )
    labels: str = option(
        '', 'For a TorchScript file that others made: text file with one class name per line'
    )
    input_size: int = option(
        0,
        'For a TorchScript file that others made: side of its square input in pixels',
        minimum=0,
        maximum=4096,
    )
    input_resize: int = option(
        0,
        'As input_size: length of the shorter side before the crop; 0: input_size',
        minimum=0,
        maximum=4096,
    )
    input_mean: str = option(
        '0.485 0.456 0.406', 'As input_size: mean of red, green and blue, in [0, 1]'
    )
    input_std: str = option(
        '0.229 0.224 0.225', 'As input_size: standard deviation of red, green and blue'
    )
    weights: str = option(
        'default',
        "default: the model's trained weights; random: none, for tests of speed",
        choices=('default', 'random'),
    )
    engine: str = option(
        'auto',
        'Quantized engine of torch; auto: qnnpack on aarch64, the fastest correct one elsewhere',
        choices=('auto', 'qnnpack', 'x86', 'onednn', 'fbgemm'),
    )
    jit: bool = option(True, 'Compile the model with TorchScript; false: eager, slower')
    num_threads: int = option(
        0,
        "Threads of the model; 0: torch's default, one per core",
        minimum=0,
        maximum=64,
        live=True,
    )
    top_k: int = option(
        5, 'Number of classes in a result, best first', minimum=1, maximum=1000, live=True
    )
    score_threshold: float = option(
        0.0, 'Classes below this probability are left out', minimum=0.0, maximum=1.0, live=True
    )
    max_rate: float = option(
        0.0,
        'Most classifications per second; 0: as many as there are frames',
        minimum=0.0,
        maximum=1000.0,
        live=True,
    )
    class_id: str = option(
        'name',
        "class_id in messages: the class's name, or its index in decimal",
        choices=('name', 'index'),
    )
    image_transport: str = option('raw', 'Kind of the image topic', choices=('raw', 'compressed'))
    always_on: bool = option(False, 'Classify even if nobody subscribes', live=True)

    @property
    def is_file(self) -> bool:
        """Return True if ``model`` is a path, not a name in the zoo."""
        return '/' in self.model or self.model.endswith('.pt')

    @property
    def describes_file(self) -> bool:
        """Return True if labels or input are given for a file that does not tell them."""
        return bool(self.labels or self.input_size)

    def input_transform(self) -> Transform:
        """Return what ``input_size`` and its companions say."""
        return Transform(
            self.input_size,
            self.input_resize or self.input_size,
            _three('input_mean', self.input_mean),
            _three('input_std', self.input_std),
        )

    def __post_init__(self) -> None:
        """Refuse values that are not allowed, alone or together."""
        super().__post_init__()
        _three('input_mean', self.input_mean)
        if min(_three('input_std', self.input_std)) <= 0:
            raise ConfigError(f'input_std: {self.input_std!r} is not three numbers above 0')
        only = 'is for model: /path/FILE.pt only, but model is'
        for name in ('model_sha256', 'labels', 'input_size'):
            if getattr(self, name) and not self.is_file:
                raise ConfigError(f'{name}: {getattr(self, name)!r} {only} {self.model!r}')
        if 0 < self.input_resize < self.input_size:
            raise ConfigError(
                f'input_resize: {self.input_resize} is not at least input_size, {self.input_size}'
            )
        if self.is_file and not self.jit:
            raise ConfigError(f'jit: False is for models of the zoo only, not for {self.model!r}')
        if self.is_file and self.weights != 'default':
            raise ConfigError(
                f'weights: {self.weights!r} is for models of the zoo only, not for {self.model!r}'
            )


def _three(name: str, text: str) -> tuple[float, float, float]:
    try:
        red, green, blue = (float(word) for word in text.replace(',', ' ').split())
    except ValueError:
        raise ConfigError(f'{name}: {text!r} is not three numbers, as in 0.5 0.5 0.5') from None
    return red, green, blue
