# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Real-time image classification on a Raspberry Pi 4, as a ROS 2 package."""

from __future__ import annotations

import os as _os
from typing import Any, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from os import PathLike
    from pathlib import Path

    from torch import nn

# OpenCV reads these once, when it is loaded: how long a read of a V4L2 device waits for a frame,
# in whole seconds, and that it keeps its remarks about a missing camera to itself. The package's
# errors say more, and say it once.
_os.environ.setdefault('OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT', '2')
_os.environ.setdefault('OPENCV_LOG_LEVEL', 'ERROR')


def pack(
    network: nn.Module | str | PathLike[str],
    output: str | PathLike[str],
    *,
    labels: Sequence[str] | Mapping[Any, Any] | str | PathLike[str],
    input_size: int = 0,
    input_resize: int = 0,
    mean: Sequence[float] | None = None,
    std: Sequence[float] | None = None,
    output_kind: str = 'auto',
) -> Path:
    """
    Write a trained network with all that a node needs to run it: the last line of a training.

    A module is exported from a copy of it in eval mode, on the CPU; it stays what it is itself.
    Python warns if its code makes a Python value of the image, which the file keeps as it was.

    :param network: [1, 3, size, size] float32 in RGB -> a score per label; or the path of a
        FILE.pt (TorchScript) or FILE.onnx, whose network stays as it is.
    :param output: FILE.pt or FILE.onnx to be written; of a file, in the same format.
    :param labels: the names of the classes in the order of the network's outputs, a dict such as
        ``class_to_idx`` or ``id2label``, or the path of a file that has them.
    :param input_size: side of the square input in pixels; 0: as a FILE.onnx has it.
    :param input_resize: shorter side in pixels before the crop; 0: ``input_size``.
    :param mean: of red, green and blue, for pixels from 0 to 1; None: that of ImageNet.
    :param std: standard deviation, likewise.
    :param output_kind: logits, probabilities, sigmoid; auto: told from answers to known images.
    :returns: the path of the file.
    :raises ConfigError: if the path or the description cannot be used.
    :raises ModelError: if the network cannot be exported, does not return a score per label,
        answers the same image differently, or answers other than the file.
    """
    from rpi_classifier.models.pack_network import pack_any

    description = {
        'labels': labels,
        'input_size': input_size,
        'input_resize': input_resize,
        'input_mean': mean,
        'input_std': std,
        'output_kind': output_kind,
    }
    return pack_any(network, output, description)
