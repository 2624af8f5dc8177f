# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Which of the things that a network returns are the scores of its classes.

Networks for classification return [1, classes]; some drop the 1, keep the two sides of a feature
map, or wrap the scores in a tuple or a dict, with other things beside them. It is looked at once,
when the model is loaded, and either taken or refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rpi_classifier.errors import ModelError
from rpi_classifier.runtime.known_answer import distance
from rpi_classifier.wording import quote

_WANTED = 'give a network for classification, which returns scores of shape [1, classes]'
_DEEPEST = 3
_LOGITS = 'logits'
_SAME = 1e-3  # threads may add in another order


@dataclass(frozen=True)
class OutputChoice:
    """
    Where the scores are in what a network returns, and how many there are.

    ``path`` has the keys and positions that lead to them; empty if they are returned as they are.
    """

    path: tuple[str | int, ...]
    classes: int

    def take(self, returned: Any) -> Any:
        """Return the scores, [classes], out of arrays or of tensors that have ``reshape``."""
        for step in self.path:
            returned = returned[step]
        return returned.reshape(-1)

    def __str__(self) -> str:
        """Return one phrase for people."""
        steps = ''.join(f'[{step!r}]' for step in self.path)
        return f'output{steps}, {self.classes} classes'


def choose_output(returned: Any, classes: int | None = None) -> OutputChoice:
    """
    Find the scores in what a network returned for one image.

    :param returned: arrays, alone or in tuples, lists and dicts; None is skipped.
    :param classes: how many labels there are, which decides between several arrays.
    :raises ModelError: if there are none, or several that could be.
    """
    arrays = list(_arrays(returned, ()))
    if not arrays:
        raise ModelError(f'the network returns {_kind(returned)}; {_WANTED}')
    faults = {path: _explain_unusable(array, path) for path, array in arrays}
    usable = {path: array.size for path, array in arrays if not faults[path]}
    fitting = [path for path, size in usable.items() if size == classes] or list(usable)
    named = [path for path in fitting if _LOGITS in path]
    if len(fitting) > 1 and len(named) != 1:
        shapes = ', '.join(_shown(path, array) for path, array in arrays if path in fitting)
        raise ModelError(
            f'the network returns {len(fitting)} outputs that could be the scores ({shapes}); '
            'export one that returns only those'
        )
    if not fitting:
        path, array = arrays[0]
        raise ModelError(f'the network returns {_shown(path, array)}, {faults[path]}; {_WANTED}')
    path = named[0] if len(fitting) > 1 else fitting[0]
    return OutputChoice(path, usable[path])


def check_scores(scores: NDArray[Any]) -> NDArray[np.float32]:
    """
    Return scores as float32.

    :param scores: [classes], out of ``OutputChoice.take``.
    :raises ModelError: if they are not numbers.
    """
    with np.errstate(over='ignore'):
        result = np.asarray(scores).astype(np.float32)
    if not np.isfinite(result).all():
        bad = result[~np.isfinite(result)]
        raise ModelError(
            f'the network returns {bad[0]} for {len(bad)} of {len(result)} classes; its weights '
            'or its input description are wrong'
        )
    return result


def check_repeatable(
    answers: Sequence[NDArray[np.float32]], again: Sequence[NDArray[np.float32]]
) -> None:
    """
    Check that a network answers the same to the same image, and not the same to all.

    :param answers: scores for different images, [classes] each.
    :param again: scores for the same images once more.
    :raises ModelError: if it does not.
    """
    check_deterministic(
        answers,
        again,
        'as networks do that were traced in training mode; call network.eval() before it is '
        'traced',
    )
    if np.array_equal(answers[0], answers[1]):
        raise ModelError(
            'it answers the same to different images; its weights or its input description are '
            'wrong'
        )


def check_deterministic(
    answers: Sequence[NDArray[np.float32]], again: Sequence[NDArray[np.float32]], advice: str
) -> None:
    """
    Check that a network answers the same to the same image.

    :param advice: ends the sentence if it does not.
    :raises ModelError: if it does not.
    """
    for answer, repeated in zip(answers, again):
        if distance(repeated, answer, float(np.abs(answer).max())) > _SAME:
            at = int(np.abs(repeated - answer).argmax())
            raise ModelError(
                f'it answers the same image differently, {answer[at]:.4g} and {repeated[at]:.4g} '
                f'for class {at}, {advice}'
            )


def _arrays(
    returned: Any, path: tuple[str | int, ...]
) -> Iterator[tuple[tuple[str | int, ...], NDArray[Any]]]:
    """Yield all arrays with the paths that lead to them."""
    if isinstance(returned, (np.ndarray, np.generic)):
        yield path, np.asarray(returned)
    elif len(path) < _DEEPEST and isinstance(returned, Mapping):
        for key, value in returned.items():
            yield from _arrays(value, (*path, key))
    elif len(path) < _DEEPEST and isinstance(returned, Sequence) and not isinstance(returned, str):
        for index, value in enumerate(returned):
            yield from _arrays(value, (*path, index))


def _explain_unusable(array: NDArray[Any], path: tuple[str | int, ...]) -> str:
    """Say why an array cannot be the scores of one image; empty if it can."""
    words = {'boxes': 'which are boxes of a detector', 'masks': 'which are masks'}
    told = next((words[key] for key in path if key in words), '')
    if told:
        return told
    if array.dtype.kind != 'f':
        return 'which are not scores (class numbers or quantized values?)'
    if not array.size:
        return 'which is empty'
    if array.ndim > 1 and array.shape[0] != 1:
        return f'which answers for {array.shape[0]} images; export it for a batch of 1'
    if array.size != max(array.shape, default=1):
        return _explain_shape(array.shape)
    return ''


def _explain_shape(shape: tuple[int, ...]) -> str:
    """Say what networks of other kinds return; ``shape`` has several sides longer than 1."""
    if len(shape) == 4:
        return 'which looks like a feature map or a segmentation, a score for every place'
    if len(shape) == 3 and (max(shape) >= 1000 or shape[-1] in (6, 7)):
        return 'which looks like the boxes of a detector (YOLO and the like)'
    if len(shape) == 3:
        return 'which looks like a sequence of features'
    return 'which has a shape of its own'


def _shown(path: tuple[str | int, ...], array: NDArray[Any]) -> str:
    steps = ''.join(f'[{step if isinstance(step, int) else quote(step)}]' for step in path)
    shape = ', '.join(str(side) for side in array.shape)
    return f'{array.dtype} [{shape}]' + (f' at {steps}' if steps else '')


def _kind(returned: Any) -> str:
    return f'nothing of numbers ({type(returned).__name__})'
