# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Finds values in the Python code of a network that depend on the image.

Tracing keeps such a value, and the branch that it chose, as they were for one image. torch warns
of every tensor that becomes a Python value, but most of them are shapes or weights, which are the
same for all images. So the network runs once, and what is computed from the image is followed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import torch
from torch import nn, Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_flatten

CAUTION = (
    'the code of its forward makes a Python value of the image (by if, float() or .item()), which '
    'is fixed in the file as it was for one image'
)
_TAKE_VALUE = ('aten::_local_scalar_dense', 'aten::equal', 'aten::allclose')
# What torch warns of while it traces, and the dispatcher does not see; no shape becomes these.
_WARNED = ('Converting a tensor to a NumPy array', 'Converting a tensor to a Python list')


def depends_on_image(network: nn.Module, image: Tensor, warned: Iterable[str]) -> bool:
    """
    Return True if the network's code takes a Python value from what is computed of the image.

    :param network: in eval mode; a scripted one keeps its branches, so it does not depend.
    :param image: [1, 3, size, size] float32.
    :param warned: what torch warned of while it traced the network.
    """
    if isinstance(network, torch.jit.ScriptModule):
        return False
    if any(message.startswith(_WARNED) for message in warned):
        return True
    follower = _Follower(image)
    try:
        with torch.no_grad(), follower:
            network(image)
    except Exception:  # a kind of tensor that cannot be followed: the answers are compared anyway
        return False
    return follower.found


class _Follower(TorchDispatchMode):
    """Follows what is computed of a tensor, by the memory that it lies in."""

    def __init__(self, tensor: Tensor) -> None:
        super().__init__()
        self.found = False
        self._places = {_place_of(tensor)}
        self._kept = [tensor]  # so that nothing else gets its memory

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        followed = any(_place_of(one) in self._places for one in _tensors((args, kwargs)))
        if followed and func.name() in _TAKE_VALUE:
            self.found = True
        returned = func(*args, **(kwargs or {}))
        if followed:
            for one in _tensors(returned):
                self._places.add(_place_of(one))
                self._kept.append(one)
        return returned


def _tensors(nested: Any) -> Iterator[Tensor]:
    return (one for one in tree_flatten(nested)[0] if isinstance(one, Tensor))


def _place_of(tensor: Tensor) -> int:
    place: int = tensor.untyped_storage()._cdata
    return place
