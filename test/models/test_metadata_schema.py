# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What a record may say: every field has a type and a range."""

import copy
import json
import random

import numpy as np
import pytest
from support.refusals import outcome

from rpi_classifier.errors import ModelError
from rpi_classifier.input_spec import Quantization, Transform
from rpi_classifier.models.metadata_schema import validated
from rpi_classifier.models.record import ModelMetadata

RECORD = {
    'name': 'colours',
    'labels': ['red', 'green'],
    'transform': {'size': 32, 'resize': 40, 'mean': [0.5, 0.4, 0.3], 'std': [0.2, 0.2, 1]},
    'quantization': {'scale': 0.02, 'zero_point': 114, 'signed': False},
    'engine': 'qnnpack',
    'weights_backend': 'fbgemm',
    'exact_products': False,
    'output_kind': 'probabilities',
    'temperature': 1.5,
    'usual_spread': 2.5,
    'region': '0.25 0 0.5 1',
    'foreign': True,
    'output': ['scores', 0],
    'jit': False,
    'answers': [[1.5, 2], [0.25, -1e5]],
    'versions': {'torch': '2.9.1+cpu'},
    'network_sha256': '0' * 64,
}
OPTIONAL = {
    'output_kind', 'versions', 'temperature', 'usual_spread', 'region', 'foreign', 'output', 'jit',
}  # fmt: skip


def changed(path, value):
    """Return the record with another value at a path as ``transform.size``."""
    record = copy.deepcopy(RECORD)
    *outer, last = path.split('.')
    place = record
    for name in outer:
        place = place[int(name) if isinstance(place, list) else name]
    place[int(last) if isinstance(place, list) else last] = value
    return record


def refusal(record):
    with pytest.raises(ModelError) as caught:
        validated(record, 'model m.pt')
    message = str(caught.value)
    assert message.startswith('model m.pt: its record is not usable, ')
    assert '\n' not in message
    assert len(message.encode()) < 400
    return message


def test_sound_record_becomes_metadata():
    found = ModelMetadata(**validated(RECORD, 'm'))
    assert found.labels == ('red', 'green')
    assert found.transform == Transform(32, 40, (0.5, 0.4, 0.3), (0.2, 0.2, 1.0))
    assert found.quantization == Quantization(0.02, 114)
    assert [answer.dtype for answer in found.answers] == [np.float32] * 2
    assert found.answers[0].tolist() == [1.5, 2.0]


def test_what_older_versions_did_not_write_may_be_missing():
    record = {key: RECORD[key] for key in RECORD.keys() - OPTIONAL}
    del (copied := copy.deepcopy(record))['quantization']['signed']
    found = validated(copied, 'm')
    assert (found['output_kind'], found['versions']) == ('logits', {})
    assert (found['temperature'], found['caution'], found['region']) == (1.0, '', '')
    assert (found['foreign'], found['output'], found['jit']) == (False, (), True)
    assert found['quantization'] == Quantization(0.02, 114, False)
    assert validated({**record, 'quantization': None}, 'm')['quantization'] is None


@pytest.mark.parametrize('name', sorted(RECORD.keys() - OPTIONAL))
def test_missing_field_is_named(name):
    assert f'no field {name}' in refusal({key: RECORD[key] for key in RECORD if key != name})


@pytest.mark.parametrize('content', [None, [], 'text', 7, True])
def test_record_that_is_no_object_is_refused(content):
    assert 'is not an object' in refusal(content)


@pytest.mark.parametrize(
    ('path', 'values'),
    [
        ('name', ['', ' ', 7, None, 'a\nb', '\ud800', 'x' * 501]),
        ('labels', [[], 'red', {}, None, ['red', 7], ['red', ''], ['red', '\ud800']]),
        ('transform', [None, [], {}, 'size', {'size': 3}]),
        ('transform.size', [0, -1, 100_000, '224', 224.0, True, None, 10**18]),
        ('transform.resize', [0, 31, 100_000, '256', None]),
        ('transform.mean', [None, 0.5, '0.5 0.5 0.5', [0.5, 0.5], [0.5] * 4, {}]),
        ('transform.mean.1', ['0.5', None, True, 123.675, -0.1, float('nan'), float('inf')]),
        ('transform.std.0', [0, -1, 0.0, 1e-30, 58.395, '0.2', float('nan')]),
        ('transform.extra', [1]),
        ('quantization', [0, [], 'none', {}, {'scale': 0.1}]),
        ('quantization.scale', [0, -0.1, float('inf'), float('nan'), 1e-30, 1e30, '0.1', None]),
        ('quantization.zero_point', [-1, 256, 3.5, '114', None, True]),
        ('quantization.signed', [0, 'false', None, True]),
        ('engine', ['', 7, None, 'qnnpack; rm', 'x' * 41, '\ud800']),
        ('weights_backend', ['', 7, None]),
        ('exact_products', [0, 'false', None]),
        ('output_kind', ['auto', 'softmax', 7, None]),
        ('usual_spread', [-1, 2e6, float('nan'), 'x', None]),
        ('temperature', [0, 0.04, 20.1, -1, float('nan'), float('inf'), '1', None, True]),
        ('region', ['0 0 1', 'left', '0.6 0 0.5 1', '0 0 0 1', '\n', [0, 0, 1, 1], 7, None]),
        ('foreign', [0, 'false', None]),
        ('output', ['scores', None, {}, ['a'] * 4]),
        ('output.0', ['', 'x' * 1001, -1, 1001, 1.0, True, None, []]),
        ('jit', [1, 'true', None]),
        ('answers', [[], [[1, 2]], [[1, 2]] * 3, [[1], [2]], [[1, 2], [1]], 'x', None, {}]),
        ('answers.1.0', ['1', None, True, float('nan'), float('inf'), 1e300, []]),
        ('versions', [[], 'torch', {'torch': 2}, {'torch': 'x' * 200}, {'torch': '\ud800'}]),
        ('network_sha256', ['', '0' * 63, 'G' * 64, 'A' * 64, 7, None]),
        ('surprise', [1]),
        ('\ud800', [1]),
    ],
)
def test_value_out_of_range_is_refused_by_its_field(path, values):
    for value in values:
        if path == 'quantization.signed' and value is True:
            value = [True]
        message = refusal(changed(path, value))
        assert path.split('.')[0] in message or 'unknown field' in message


def test_zero_point_has_the_range_of_its_type():
    record = changed('quantization', {'scale': 0.1, 'zero_point': -128, 'signed': True})
    assert validated(record, 'm')['quantization'].zero_point == -128
    assert 'from -128 to 127' in refusal(
        changed('quantization', {'scale': 0.1, 'zero_point': 128, 'signed': True})
    )


def places(value, path=()):
    """Yield the path of every value in a record."""
    yield path
    if isinstance(value, (dict, list)):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(inner, (*path, str(key)))


def test_no_value_anywhere_raises_anything_but_a_sentence():
    generator = random.Random(6)
    odd = [
        None, True, 0, -1, 1, 2**63, 10**19, 0.0, -1.5, 1e308, float('nan'), '', ' ', '224', 'red',
        '\ud800', '\0', 'x' * 10_000, [], [0], [[]], {}, {'': 0}, {'size': {}}, [None] * 3,
    ]  # fmt: skip
    spots = [path for path in places(RECORD) if path]
    for _ in range(3000):
        record = RECORD
        for path in generator.sample(spots, generator.randrange(1, 3)):
            try:
                record = json.loads(json.dumps(record))
                place = record
                for name in path[:-1]:
                    place = place[int(name) if isinstance(place, list) else name]
                last = int(path[-1]) if isinstance(place, list) else path[-1]
                place[last] = generator.choice(odd)
            except (TypeError, ValueError, LookupError):  # the change before took the place away
                continue
        found, message = outcome(validated, record, 'm')
        assert found is not None or message.startswith('m: its record is not usable, ')
        assert len(message.encode()) < 400
