# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Images that are kept as files, so that people can look at them or train with them."""

from __future__ import annotations

from dataclasses import asdict, astuple, dataclass
import errno
from pathlib import Path
import time
from typing import Any

from diagnostic_msgs.msg import DiagnosticStatus

from rpi_classifier.config import ClassifierConfig
from rpi_classifier.errors import ImageError
from rpi_classifier.files.kept_folder import KeptFolder
from rpi_classifier.files.paths import describe_path
from rpi_classifier.frame import Frame
from rpi_classifier.images.encode import encode_jpeg
from rpi_classifier.inference.classifier import Classifier, Result
from rpi_classifier.inference.keep_rule import KeepRule
from rpi_classifier.input_spec import Image
from rpi_classifier.latest import Latest
from rpi_classifier.nodes.common import status
from rpi_classifier.nodes.common.managed_node import ManagedNode
from rpi_classifier.nodes.common.worker import WorkerThread
from rpi_classifier.region import Box

_JPEG_QUALITY = 92
_PATIENCE_S = 0.5  # for a disk that hangs; the process is to end within two seconds
_SLOW_S = 5.0  # a disk that takes longer is worth a warning
_REMEDIES = {
    errno.ENOENT: 'make the folder that it is to be in',
    errno.ENOTDIR: 'set keep_folder to a folder',
    errno.ENOSPC: 'free some, or set another keep_folder',
    errno.EACCES: 'let the user of this node write there, or set another keep_folder',
    errno.EROFS: 'mount it for writing, or set another keep_folder',
}


@dataclass(frozen=True)
class _Chosen:
    image: Image
    record: dict[str, Any]


class FrameKeeper:
    """
    Writes images that are worth it on a thread of its own; results never wait for the disk.

    ``wanted`` says whether ``note`` is to be called; ``follow_demand`` keeps it up to date. An
    image that cannot be written, or not before the next one comes, is dropped and counted.
    """

    def __init__(self, node: ManagedNode[ClassifierConfig], classifier: Classifier) -> None:
        """
        Prepare.

        :param node: provides the parameters and the log; fails if the thread does.
        :param classifier: whose results come; its hash is in the records.
        """
        self._node = node
        self._seen: Latest[_Chosen] = Latest()
        self._folder: KeptFolder | None = None
        self._kept = self._dropped = self._evicted = 0
        self._writing_ns = 0  # since when, 0 if nothing is being written
        self._error = self._logged = ''  # of the newest image; the newest one in the log
        self.wanted = False
        self._rule = KeepRule()
        self.set_model(classifier)

    def set_model(self, classifier: Classifier) -> None:
        """Note which model the results are of from now on."""
        self._classifier = classifier
        self._rule.forget_class()

    def start(self) -> None:
        """Start the thread."""
        self._dropped += self._seen.skipped
        self._seen, self._folder = Latest(), None
        self._thread = WorkerThread('keep', self._seen, self._work, self._node.fail)
        self._thread.start()

    def stop(self) -> None:
        """End the thread, but do not wait for a disk that hangs: it is left to itself then."""
        self.wanted = False
        self._seen.close()
        self._thread.join(_PATIENCE_S)

    def follow_demand(self) -> None:
        """Update ``wanted``."""
        self.wanted = self._node.config.keep != 'none'

    def note(self, frame: Frame, box: Box | None, result: Result) -> None:
        """
        Look at an image that was classified, and hand it over if it is to be kept.

        :param box: the part of it that was; None: all of it. The whole image is kept.
        """
        known = result.probabilities[: self._classifier.known]
        best = int(known.argmax())
        score = float(known[best])
        # score_threshold may have left out all classes
        predictions = result.predictions or (self._classifier.prediction(best, score),)
        first = predictions[0].index  # perhaps unknown
        reason = self._rule.choose(first, score, time.monotonic_ns(), self._node.config)
        if not reason:
            return
        record = {
            'stamp_ns': frame.stamp_ns,
            'frame_id': frame.frame_id,
            'reason': reason,
            **({'region': astuple(box)} if box else {}),
            'model': self._classifier.name,
            'model_sha256': self._classifier.sha256,
            'results': [asdict(prediction) for prediction in predictions],
        }
        self._seen.put(_Chosen(frame.image, record))

    def status(self, name: str) -> DiagnosticStatus:
        """Return how many images were kept; a warning if the newest one could not be."""
        folder = describe_path(self._find_path())
        writing_s = (time.monotonic_ns() - self._writing_ns) / 1e9 if self._writing_ns else 0.0
        message = self._error
        if writing_s > _SLOW_S:
            message = f'{folder} has not answered for {writing_s:.0f} s; find what slows it down'
        return status.make_status(
            name,
            'classifier',
            status.WARN if message else status.OK,
            message or f'{self._kept} images kept in {folder}',
            kept=self._kept,
            dropped=self._dropped + self._seen.skipped,
            evicted=self._evicted,
            bytes=self._folder.bytes if self._folder else 0,
            newest_error=self._logged or 'none',
        )

    def _work(self, chosen: _Chosen) -> None:
        path, limit_bytes = self._find_path(), self._node.config.keep_megabytes * 1_000_000
        folder = self._folder
        if folder is None or folder.path != path:
            self._folder = folder = KeptFolder(path)
        evicted, self._writing_ns = folder.evicted, time.monotonic_ns()
        try:
            folder.write(encode_jpeg(chosen.image, _JPEG_QUALITY), chosen.record, limit_bytes)
            self._kept += 1
            self._error = ''
        except ImageError as error:
            self._drop(str(error))
        except OSError as error:
            remedy = _REMEDIES.get(error.errno or 0, 'check the disk, or set another keep_folder')
            self._drop(f'no image is kept in {describe_path(path)}: {error.strerror}; {remedy}')
        finally:
            self._evicted += folder.evicted - evicted
            self._writing_ns = 0

    def _drop(self, error: str) -> None:
        self._dropped += 1
        if error != self._logged:
            self._node.get_logger().warning(error)
        self._error = self._logged = error

    def _find_path(self) -> Path:
        return Path(self._node.config.keep_folder)
