# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What the graph of a TorchScript network tells about its end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torch import nn

# Operations that change the shape or the type of values, but not the values.
_TRANSPARENT = {
    'alias', 'clone', 'contiguous', 'dequantize', 'detach', 'dropout', 'dropout_', 'flatten',
    'float', 'permute', 'reshape', 'select', 'slice', 'squeeze', 'to', 'transpose', 'type_as',
    'unchecked_cast', 'unsqueeze', 'view',
}  # fmt: skip
_CONTAINERS = ('prim::TupleConstruct', 'prim::ListConstruct')


def last_operation(network: nn.Module, path: Sequence[str | int] = ()) -> str:
    """
    Return the name of the operation that makes a network's scores, as ``softmax`` or ``linear``.

    :param network: TorchScript.
    :param path: the keys and positions that lead to the scores.
    :returns: the name without its namespace; empty if it cannot be told.
    """
    graph: Any = network.inlined_graph
    value = next(iter(graph.outputs()))
    for step in path:
        value = _element(value.node(), step)
        if value is None:
            return ''
    return _maker(value)


def _element(node: Any, step: str | int) -> Any:
    """Return the value that a tuple, a list or a dict is made of; None if that is not clear."""
    inputs = list(node.inputs())
    if node.kind() in _CONTAINERS and isinstance(step, int) and step < len(inputs):
        return inputs[step]
    if node.kind() == 'prim::DictConstruct':
        keys = [key.toIValue() for key in inputs[::2]]
        return inputs[2 * keys.index(step) + 1] if step in keys else None
    return None


def _maker(value: Any) -> str:
    """Follow a value back to the operation that made its numbers, through both branches of if."""
    node = value.node()
    name: str = node.kind().partition('::')[2]
    if name in _TRANSPARENT:
        return _maker(next(iter(node.inputs())))
    if name == 'If':
        place = [output.unique() for output in node.outputs()].index(value.unique())
        found = {_maker(list(block.outputs())[place]) for block in node.blocks()}
        return found.pop() if len(found) == 1 else ''
    return '' if node.kind().startswith('prim::') else name.rstrip('_')
