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

"""The table of models."""

import pytest

from rpi_classifier import zoo
from rpi_classifier.errors import ModelError, WeightsError


def test_unknown_model_is_refused_with_the_choices():
    with pytest.raises(ModelError, match=r"'alexnet'.*mobilenet_v2"):
        zoo.load('alexnet')


def test_missing_weights_are_one_sentence_with_place_and_remedy(tmp_path, monkeypatch):
    import torch

    def no_network(url, *args, **kwargs):
        raise OSError('Network is unreachable')

    monkeypatch.setattr(torch.hub, 'get_dir', lambda: str(tmp_path))
    monkeypatch.setattr(torch.hub, 'download_url_to_file', no_network)
    with pytest.raises(WeightsError) as caught:
        zoo.load('mobilenet_v2')
    message = str(caught.value)
    assert '\n' not in message
    for part in (str(tmp_path), 'https://', 'Network is unreachable', 'another model'):
        assert part in message


def test_damaged_weights_are_one_sentence_with_the_path(tmp_path, monkeypatch):
    import torch

    monkeypatch.setattr(torch.hub, 'get_dir', lambda: str(tmp_path))
    path = tmp_path / 'checkpoints' / 'mobilenet_v2_qnnpack_37f702c5.pth'
    path.parent.mkdir()
    path.write_bytes(b'not a checkpoint')
    with pytest.raises(WeightsError, match=r'cannot be loaded.*delete the file') as caught:
        zoo.load('mobilenet_v2')
    assert str(path) in str(caught.value)


def test_trained_mobilenet_v2_brings_its_labels(weights):
    model = zoo.load('mobilenet_v2')
    assert len(model.labels) == 1000
    assert model.labels[285] == 'Egyptian cat'
