# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Parameters of the classifier node."""

from __future__ import annotations

from dataclasses import dataclass

from rpi_classifier.config.node import NodeConfig
from rpi_classifier.config.options import option
from rpi_classifier.errors import ConfigError
from rpi_classifier.input_spec import Transform


@dataclass(frozen=True)
class ClassifierConfig(NodeConfig):
    """Parameters of the classifier node."""

    model: str = option(
        'mobilenet_v2',
        'Name of a model in the zoo, or /path/FILE.pt or FILE.pte made by export_model',
    )
    runtime: str = option(
        'auto',
        'What runs the model; auto: executorch for FILE.pte, torchscript for all others',
        choices=('auto', 'torchscript', 'executorch'),
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
    kernels: str = option(
        'auto',
        'Kernels of engine qnnpack: its own, or xnnpack; auto: on aarch64 the faster ones, where '
        'this torch has both',
        choices=('auto', 'qnnpack', 'xnnpack'),
    )
    jit: bool = option(True, 'Compile the model with TorchScript; false: eager, slower')
    num_threads: int = option(
        0,
        'Threads of the model; 0: one if it needs less than 10 ms, else one per core; engine '
        "qnnpack keeps the process's first number",
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
    min_rate: float = option(
        0.0,
        'Diagnostics warn below this many classifications per second; 0: never',
        minimum=0.0,
        maximum=1000.0,
        live=True,
    )
    stall_timeout: float = option(
        5.0,
        'Diagnostics tell an error after this many seconds without a result',
        minimum=0.1,
        maximum=3600.0,
        live=True,
    )
    max_age: float = option(
        0.0,
        'Images stamped more seconds ago than this are refused; 0: none is too old',
        minimum=0.0,
        maximum=3600.0,
        live=True,
    )
    max_ahead: float = option(
        1.0,
        'Images stamped more seconds in the future than this are refused; 0: none is',
        minimum=0.0,
        maximum=3600.0,
        live=True,
    )
    class_id: str = option(
        'name',
        "class_id in messages: the class's name, or its index in decimal",
        choices=('name', 'index'),
        live=True,
    )
    image_transport: str = option('raw', 'Kind of the image topic', choices=('raw', 'compressed'))
    always_on: bool = option(False, 'Classify even if nobody subscribes', live=True)
    smoothing_window: float = option(
        0.5,
        'Time constant in seconds of the smoothing behind stable_classification',
        minimum=0.01,
        maximum=3600.0,
        live=True,
    )
    enter_threshold: float = option(
        0.5,
        'A class becomes stable when its smoothed probability is at least this',
        minimum=0.01,
        maximum=1.0,
        live=True,
    )
    leave_threshold: float = option(
        0.3,
        'A stable class is given up when its smoothed probability falls below this',
        minimum=0.0,
        maximum=1.0,
        live=True,
    )
    min_duration: float = option(
        0.3,
        'Seconds for which a class must reach enter_threshold before it is stable',
        minimum=0.0,
        maximum=3600.0,
        live=True,
    )

    @property
    def is_file(self) -> bool:
        """Return True if ``model`` is a path, not a name in the zoo."""
        return '/' in self.model or self.model.endswith(('.pt', '.pte'))

    @property
    def uses_executorch(self) -> bool:
        """Return True if ``model`` is a file for ExecuTorch."""
        return self.model.endswith('.pte')

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
        if self.leave_threshold > self.enter_threshold:
            raise ConfigError(
                f'leave_threshold: {self.leave_threshold:g} is more than enter_threshold, '
                f'{self.enter_threshold:g}; give both, leave_threshold not the higher one'
            )
        _three('input_mean', self.input_mean)
        if min(_three('input_std', self.input_std)) <= 0:
            raise ConfigError(f'input_std: {self.input_std!r} is not three numbers above 0')
        only = 'is for model: /path/FILE.pt only, but model is'
        for name in ('model_sha256', 'labels', 'input_size'):
            if getattr(self, name) and not self.is_file:
                raise ConfigError(f'{name}: {getattr(self, name)!r} {only} {self.model!r}')
        if self.kernels != 'auto' and self.engine not in ('auto', 'qnnpack'):
            raise ConfigError(
                f'kernels: {self.kernels!r} is of engine qnnpack only, not of {self.engine!r}'
            )
        if 0 < self.input_resize < self.input_size:
            raise ConfigError(
                f'input_resize: {self.input_resize} is not at least input_size, {self.input_size}'
            )
        for name, default in {'jit': True, 'weights': 'default'}.items():
            if self.is_file and getattr(self, name) != default:
                value = getattr(self, name)
                raise ConfigError(
                    f'{name}: {value!r} is for models of the zoo only, not for {self.model!r}'
                )
        if self.runtime not in ('auto', 'executorch' if self.uses_executorch else 'torchscript'):
            raise ConfigError(
                f'runtime: {self.runtime!r} does not run {self.model!r}; executorch runs FILE.pte '
                'of export_model, torchscript all others'
            )
        kept = {'engine': 'auto', 'kernels': 'auto', 'labels': '', 'input_size': 0}
        for name, own in kept.items():
            if self.uses_executorch and getattr(self, name) != own:
                raise ConfigError(
                    f'{name}: {getattr(self, name)!r} is not for {self.model!r}, which brings '
                    f'its own; leave it at {own!r}'
                )


def _three(name: str, text: str) -> tuple[float, float, float]:
    try:
        red, green, blue = (float(word) for word in text.replace(',', ' ').split())
    except ValueError:
        raise ConfigError(f'{name}: {text!r} is not three numbers, as in 0.5 0.5 0.5') from None
    return red, green, blue
