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
