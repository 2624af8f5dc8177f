# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Names of namespaces and nodes are those that ROS takes."""

import pytest

from rpi_classifier.config.ros_names import check_full_name, check_namespace
from rpi_classifier.errors import ConfigError


@pytest.mark.parametrize('name', ['', '/', 'robot1', '/robot1/', '/fleet/robot_1'])
def test_namespaces_may_be_empty_and_end_in_slashes(name):
    check_namespace(name)


@pytest.mark.parametrize('name', ['classifier', '/classifier', '/robot1/classifier', '_a/_b'])
def test_full_names_have_a_namespace_or_none(name):
    check_full_name('--node', name)


@pytest.mark.parametrize(
    'name', ['', '/', '//a', 'a//b', 'a b', '1a', '/**/a', 'ä', 'a\n', '~a', 'a/'][:]
)
def test_other_names_are_refused_with_the_option(name):
    with pytest.raises(ConfigError, match='^--node: .* is not a name; write names of letters'):
        check_full_name('--node', name)
