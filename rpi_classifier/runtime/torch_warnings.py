# Copyright 2026 The rpi_classifier authors
#
# Licensed under the Apache License, Version 2.0 (the "License");
# you may not use this file except in compliance with the License.
# You may obtain a copy of the License at
#
#     http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS,
# WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
# See the License for the specific language governing permissions and
# limitations under the License.

"""Torch announces the end of quantized tensors and TorchScript, at every load, in many lines."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
import warnings


@contextmanager
def quiet() -> Iterator[None]:
    """Keep deprecation warnings of torch from people who can do nothing about them."""
    with warnings.catch_warnings():
        for category in (UserWarning, DeprecationWarning, FutureWarning):
            warnings.simplefilter('ignore', category)
        yield
