# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
The prefixes that wrappers give to the names of weights: ``module.``, ``model.`` and more.

A training with two networks, such as a student and its teacher, saves each under its own.
"""

from __future__ import annotations

from rpi_classifier.models.checkpoint import State


def find_prefixes(state: State, head: str) -> list[str]:
    """
    Return the prefixes of networks, sorted; empty for names without one.

    :param head: name of a network's last layer, by which a prefix is known.
    :returns: none if there is no such layer. A layer of that name within a network, as an
        auxiliary head has, does not count.
    """
    ends = tuple(f'{head}.{leaf}' for leaf in ('weight', '_packed_params._packed_params'))
    found = {key.removesuffix(end) for key in state for end in ends if key.endswith(end)}
    found = {one for one in found if not one or one.endswith('.')}
    return sorted(
        one for one in found if not any(one.startswith(other) and one != other for other in found)
    )


def without_prefix(state: State, prefix: str) -> State:
    """Return the tensors whose names begin with a prefix, by what follows it."""
    return {key[len(prefix) :]: value for key, value in state.items() if key.startswith(prefix)}
