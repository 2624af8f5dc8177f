# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The names among the settings of the live page."""

import pytest

from rpi_classifier.config import LiveViewConfig
from rpi_classifier.errors import ConfigError


@pytest.mark.parametrize('name', ['http://robot', 'robot:8080', 'robot/', 'a b', '.robot', '*'])
def test_what_is_no_name_of_a_machine_is_refused(name):
    with pytest.raises(ConfigError, match='host_names: .* is not the name of a machine; write it'):
        LiveViewConfig(host_names=['robot.example.org', name])


@pytest.mark.parametrize('setting', ['camera', 'classifier'])
@pytest.mark.parametrize('name', ['', 'my camera', 'camera/', '~/camera', '1'])
def test_what_is_no_name_of_a_node_is_refused(setting, name):
    with pytest.raises(ConfigError, match=f'^{setting}: .* is not a name; write names of letters'):
        LiveViewConfig(**{setting: name})
    assert LiveViewConfig(**{setting: '/robot1/node'})
