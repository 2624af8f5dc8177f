# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
The errors of this package.

Every message is one sentence that names the value, what was expected and what to do about it.
"""


class RpiClassifierError(Exception):
    """Base of all errors that this package raises on purpose."""


class ConfigError(RpiClassifierError):
    """A parameter has a value that is not allowed."""


class OutputError(RpiClassifierError):
    """The file that an option of a command names cannot be written."""


class CameraError(RpiClassifierError):
    """A camera, a video file or a folder of photos cannot be opened or read."""


class CameraAbsent(CameraError):
    """The camera is not plugged in, or it was unplugged."""


class CameraPermissionError(CameraError):
    """The user lacks the permission to open the camera."""


class CameraBusy(CameraError):
    """Another program holds the camera."""


class NotACamera(CameraError):
    """The parameter names something that exists but is not a camera."""


class CameraStalled(CameraError):
    """The camera is plugged in, but its driver gives no frames."""


class CameraUnsuitable(CameraError):
    """The camera works, but not in a mode that is usable or, if ``strict``, requested."""


class CalibrationError(RpiClassifierError):
    """A camera calibration cannot be found, read, written or applied."""


class ImageError(RpiClassifierError):
    """An image file or an image message cannot be used."""

    def __init__(self, message: str, reason: str = 'content') -> None:
        """
        Say what is wrong.

        :param reason: a word or two, the same for all errors of the kind; they are counted by it.
        """
        super().__init__(message)
        self.reason = reason


class EncodingError(ImageError):
    """The encoding of an image is not that of a picture."""

    def __init__(self, message: str) -> None:
        """Say which encoding it is; the same encoding gives the same message."""
        super().__init__(message, 'encoding')


class UnknownEncodingError(EncodingError):
    """The encoding of an image is not one that this package converts; another library may."""


class DataSetError(RpiClassifierError):
    """A folder of photos for training or evaluation cannot be used."""


class DeployError(RpiClassifierError):
    """A model cannot be brought to a robot, or the robot does not take it."""


class NothingCame(RpiClassifierError):
    """Nobody sent in time what a command waited for."""


class ModelError(RpiClassifierError):
    """A model cannot be built, loaded or trusted."""


class UnknownModelError(ModelError):
    """No model has the name that was given."""


class TorchError(ModelError):
    """torch is not installed, or cannot run on this processor."""


class WeightsError(ModelError):
    """The trained weights of a model are not here and cannot be obtained."""


class StuckThreadError(RpiClassifierError):
    """A thread does not end when it should, because a library it works in does not return."""


class LivePageError(RpiClassifierError):
    """The live page cannot be served."""


class TooManyViewers(LivePageError):
    """As many viewers as allowed watch the live page already."""


class Refused(LivePageError):
    """A node refuses what a viewer of the live page asked for."""
