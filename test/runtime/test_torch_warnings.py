# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What is kept of torch's errors."""

import pytest

from rpi_classifier.runtime.torch_warnings import torch_reason

INTERPRETER = """The following operation failed in the TorchScript interpreter.
Traceback of TorchScript, serialized code (most recent call last):
  File "code/__torch__.py", line 9, in forward
    return torch.linear(x, w)
           ~~~~~~~~~~~~ <--- HERE
"""


@pytest.mark.parametrize(
    ('message', 'reason'),
    [
        ('shapes differ', 'shapes differ'),
        (f'{INTERPRETER}RuntimeError: shapes differ', 'shapes differ'),
        (f'{INTERPRETER}builtins.ValueError: I want bytes', 'I want bytes'),
        (f'{INTERPRETER}RuntimeError: no kernel.\n\nCPU: registered at x.cpp:19', 'no kernel.'),
        (f'no kernel. It {"is " * 200}\n', 'no kernel'),
        ('', 'RuntimeError'),
        ('\n \n', 'RuntimeError'),
    ],
)
def test_the_sentence_is_kept_without_its_surroundings(message, reason):
    assert torch_reason(RuntimeError(message)) == reason
