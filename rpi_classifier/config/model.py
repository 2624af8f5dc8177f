# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Parameters that say which model runs, and how."""

from __future__ import annotations

from dataclasses import dataclass

from rpi_classifier.config.model_words import (
    check_digest,
    check_normalization,
    is_model_path,
    spell_digest,
    spell_model,
    three_numbers,
)
from rpi_classifier.config.node import NodeConfig
from rpi_classifier.config.options import option
from rpi_classifier.errors import ConfigError
from rpi_classifier.input_spec import Transform

ZOO_OPTIONS = ('jit', 'weights')  # for models that are built here, not for files

# The parameters that describe a file without a record. Setting one of _FOREIGN says that the
# file has none.
DESCRIPTION = (
    'labels', 'input_size', 'input_resize', 'input_mean', 'input_std', 'output_kind',
)  # fmt: skip
_FOREIGN = ('labels', 'input_size', 'output_kind')
_RUNTIMES = {
    'torch': 'torchscript', 'pytorch': 'torchscript', 'pt': 'torchscript',
    'onnxruntime': 'onnx', 'ort': 'onnx', 'pte': 'executorch',
}  # fmt: skip


@dataclass(frozen=True)
class ModelConfig(NodeConfig):
    """Parameters that say which model runs, and how."""

    model: str = option(
        'mobilenet_v2',
        'Name of a model in the zoo, or path of a model file, as export_model writes it',
        live=True,
        spelling=spell_model,
        path=True,
    )
    runtime: str = option(
        'auto',
        'What runs the model; auto: what its file was made for, torchscript for the zoo',
        choices=('auto', 'torchscript', 'onnx', 'executorch'),
        aliases=_RUNTIMES,
        live=True,
    )
    model_sha256: str = option(
        '',
        'sha256sum that the model file must have; empty: any',
        spelling=spell_digest,
        live=True,
    )
    labels: str | tuple[str, ...] = option(
        '',
        'For a model file that others made: the names of its classes, or a file that has them: '
        'a name per line, JSON, or data.yaml',
        or_list=True,
        live=True,
        path=True,
    )
    input_size: int = option(
        0,
        'For a model file that others made: side of its square input in pixels',
        limits=(0, 4096),
        live=True,
    )
    input_resize: int = option(
        0,
        'For a model file that others made: shorter side in pixels before the crop; 0: input_size',
        limits=(0, 4096),
        live=True,
    )
    input_mean: str = option(
        '0.485 0.456 0.406',
        'For a model file that others made: mean of red, green, blue, in [0, 1]',
        or_numbers=3,
        live=True,
    )
    input_std: str = option(
        '0.229 0.224 0.225',
        'For a model file that others made: standard deviation of red, green, blue',
        or_numbers=3,
        live=True,
    )
    output_kind: str = option(
        'auto',
        'For a model file that others made: whether it returns logits, probabilities (it ends in '
        'softmax) or sigmoids; auto: told from its answers to known images',
        choices=('auto', 'logits', 'probabilities', 'sigmoid'),
        live=True,
        aliases={'logit': 'logits', 'softmax': 'probabilities', 'sigmoids': 'sigmoid'},
    )
    weights: str = option(
        'default',
        "default: the model's trained weights; random: for tests of speed only",
        choices=('default', 'random'),
        live=True,
        aliases={'trained': 'default', 'pretrained': 'default', 'untrained': 'random'},
    )
    engine: str = option(
        'auto',
        'Quantized engine of torch; auto: qnnpack on aarch64, the fastest correct one elsewhere',
        choices=('auto', 'qnnpack', 'x86', 'onednn', 'fbgemm'),
        aliases={'mkldnn': 'onednn'},
    )
    kernels: str = option(
        'auto',
        'Kernels of engine qnnpack: its own, or xnnpack; auto: the faster ones on aarch64, if '
        'this torch has both',
        choices=('auto', 'qnnpack', 'xnnpack'),
    )
    jit: bool = option(True, 'Compile the model with TorchScript; false: eager, slower')
    cache: bool = option(
        True,
        "Keep the compiled model in the user's cache folder, from where later starts load it; "
        'without effect on model files and jit: false',
    )
    num_threads: int = option(
        0,
        'Threads of the model; 0: one per core if one needs 10 ms or more and all are faster at '
        '30 fps, else one; engine qnnpack keeps the first number used in the process',
        limits=(0, 64),
        live=True,
    )

    @property
    def is_file(self) -> bool:
        """Return True if ``model`` is a path."""
        return is_model_path(self.model)

    @property
    def describes_file(self) -> bool:
        """Return True if what belongs to a file without a record is given."""
        return any(getattr(self, name) != getattr(ModelConfig, name) for name in _FOREIGN)

    def input_transform(self) -> Transform:
        """Return what ``input_size`` and its companions describe."""
        return Transform(
            self.input_size,
            self.input_resize or self.input_size,
            three_numbers('input_mean', self.input_mean),
            three_numbers('input_std', self.input_std),
        )

    def __post_init__(self) -> None:
        """Refuse values that are not allowed, alone or in combination."""
        super().__post_init__()
        check_normalization('input_mean', self.input_mean)
        check_normalization('input_std', self.input_std, above_zero=True)
        check_digest('model_sha256', self.model_sha256)
        only = 'is for a model file only, but model is'
        for name in ('model_sha256', *DESCRIPTION):
            if getattr(self, name) != getattr(ModelConfig, name) and not self.is_file:
                raise ConfigError(f'{name}: {getattr(self, name)!r} {only} {self.model!r}')
        if self.kernels != 'auto' and self.engine not in ('auto', 'qnnpack'):
            raise ConfigError(
                f'kernels: {self.kernels!r} is for engine qnnpack only, not for {self.engine!r}'
            )
        if 0 < self.input_resize < self.input_size:
            raise ConfigError(
                f'input_resize: {self.input_resize} is less than input_size, {self.input_size}'
            )
        for name in ZOO_OPTIONS:
            value = getattr(self, name)
            if self.is_file and value != getattr(ModelConfig, name):
                raise ConfigError(
                    f'{name}: {value!r} is for models of the zoo only, not for {self.model!r}'
                )
