# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The fields of vision_msgs that this package relies on, as in vision_msgs 4.1.1."""

import pytest

pytest.importorskip('vision_msgs', reason='there is no vision_msgs here')

from vision_msgs import msg

FIELDS = {
    'Classification': {
        'header': 'std_msgs/Header',
        'results': 'sequence<vision_msgs/ObjectHypothesis>',
    },
    'ObjectHypothesis': {'class_id': 'string', 'score': 'double'},
    'VisionInfo': {
        'header': 'std_msgs/Header',
        'method': 'string',
        'database_location': 'string',
        'database_version': 'int32',
    },
    'LabelInfo': {
        'header': 'std_msgs/Header',
        'class_map': 'sequence<vision_msgs/VisionClass>',
        'threshold': 'float',
    },
    'VisionClass': {'class_id': 'uint16', 'class_name': 'string'},
}


@pytest.mark.parametrize('name', FIELDS)
def test_fields_have_their_names_types_and_order(name):
    found = getattr(msg, name).get_fields_and_field_types()
    assert list(found.items()) == list(FIELDS[name].items())
