# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Weights that were trained in an architecture of the zoo become int8 models."""

from argparse import Namespace
from pathlib import Path

import pytest
from support.own_networks import (
    CLASSES,
    make_photos,
    SIZE,
    trained_float,
    trained_int8,
    trained_prepared,
)
import torch
from torchvision.models import get_model

from rpi_classifier.errors import ConfigError, ModelError, WeightsError
from rpi_classifier.input_spec import Transform
from rpi_classifier.models.architecture import int8_network
from rpi_classifier.models.load import format_of
from rpi_classifier.models.own_network import build_own_model, load_inputs, OwnNetwork
from rpi_classifier.models.post_training import batched_logits, calibrated_qconfig

LABELS = ('blue', 'green', 'red')
SMALL = Transform(size=SIZE, resize=SIZE)
NAME = 'shufflenet_v2_x0_5'


@pytest.fixture(scope='module')
def colours(tmp_path_factory):
    return tuple(make_photos(tmp_path_factory.mktemp('colours')))


@pytest.fixture
def own(tmp_path, colours):
    """Return what saves a state and describes it as a network of one's own."""

    def describe(content, photos=colours, architecture=NAME, labels=LABELS, truths=()):
        path = tmp_path / 'mine.pth'
        torch.save(content, path)
        return OwnNetwork(architecture, path, labels, SMALL, photos, truths)

    return describe


def answers(model, photos):
    return batched_logits(model.network, load_inputs(photos, SMALL))


def close(logits, reference):
    spread = (reference - reference.mean(1, keepdim=True)).norm()
    return float((logits - reference).norm() / spread)


def test_a_plain_float_network_is_calibrated_on_the_photos(own, colours):
    network = trained_float()
    built = build_own_model(own(network.state_dict()))
    model, reference = built.model, batched_logits(network, load_inputs(colours, SMALL))
    assert (model.labels, model.weights_backend) == (LABELS, 'qnnpack')
    assert close(answers(model, colours), reference) < 0.2
    assert built.notes == ('only 12 photos to calibrate on; some hundred are better',)
    assert 'of 12 photos' in str(built.agreement)


def test_right_answers_are_counted_where_classes_are_known(own, colours):
    network = trained_float()
    right = batched_logits(network, load_inputs(colours, SMALL)).argmax(1).tolist()
    agreement = build_own_model(own(network.state_dict(), truths=tuple(right))).agreement
    assert str(agreement).endswith('and 12 in float')
    assert agreement.points == 100 * (12 - agreement.right) / 12


@pytest.mark.parametrize(
    ('backend', 'weights_backend'), [('qnnpack', 'qnnpack'), ('fbgemm', 'fbgemm')]
)
def test_a_prepared_network_needs_no_photos(own, colours, backend, weights_backend):
    network = trained_prepared(backend=backend)
    built = build_own_model(own(network.state_dict(), photos=()))
    model = built.model
    network.apply(torch.ao.quantization.disable_observer).eval()
    reference = batched_logits(network, load_inputs(colours, SMALL))
    assert (model.weights_backend, built.agreement) == (weights_backend, None)
    assert close(answers(model, colours), reference) < 0.3
    assert (answers(model, colours).argmax(1) == reference.argmax(1)).sum() >= 11  # one is close


def test_a_prepared_network_is_compared_with_itself_on_photos(own):
    agreement = build_own_model(own(trained_prepared().state_dict())).agreement
    assert agreement.photos == 12


def test_an_int8_network_gives_the_same_answers(own, colours):
    network = trained_int8()
    reference = batched_logits(network, load_inputs(colours, SMALL))
    built = build_own_model(own(network.state_dict()))
    assert torch.equal(answers(built.model, colours), reference)
    assert built.notes == ('the weights are int8 already: the photos were not used',)


def test_googlenet_answers_by_its_main_head(own, colours):
    state = {**trained_float('googlenet').state_dict(), 'aux1.fc1.weight': torch.zeros(1, 1)}
    right = tuple(index % 3 for index in range(len(colours)))
    built = build_own_model(own(state, architecture='googlenet', truths=right))
    assert built.agreement.same >= 11


@pytest.mark.parametrize(
    'wrap',
    [
        lambda state: {'state_dict': state, 'epoch': 3},
        lambda state: {'model': state, 'args': {'lr': 0.1}},
        lambda state: {'model_state_dict': state},
        lambda state: {'net': state},
        lambda state: {'ema': state, 'optimizer': {'state': {}, 'param_groups': []}},
        lambda state: {'model': state, 'args': Namespace(lr=0.1, output=Path('runs'))},
        lambda state: {f'module.{key}': value for key, value in state.items()},
        lambda state: {f'model.{key}': value for key, value in state.items()},
        lambda state: {f'_orig_mod.module.{key}': value for key, value in state.items()},
        lambda state: {key: value.half() for key, value in state.items()},
    ],
    ids=[
        'state_dict',
        'model',
        'model_state_dict',
        'net',
        'any name',
        'torchvision',
        'module.',
        'model.',
        'two',
        'half',
    ],
)
def test_checkpoints_and_wrappers_are_looked_through(own, wrap):
    build_own_model(own(wrap(trained_prepared().state_dict()), photos=()))


def prefixed(state, *prefixes):
    return {f'{prefix}{key}': value for prefix in prefixes for key, value in state.items()}


@pytest.mark.parametrize('prefixes', [('student.', 'teacher.'), ('ema_model.', 'model.')])
def test_weights_of_two_networks_are_refused(own, prefixes):
    content = prefixed(trained_float().state_dict(), *reversed(prefixes))
    with pytest.raises(WeightsError, match='save the state_dict of one of them alone') as caught:
        build_own_model(own(content))
    assert "those of 2 networks, '{}*' and '{}*'".format(*prefixes) in str(caught.value)


def test_of_two_networks_the_one_of_the_architecture_is_taken(own):
    other = get_model('resnet18', weights=None, num_classes=CLASSES).state_dict()
    student = prefixed(trained_float().state_dict(), 'student.')
    built = build_own_model(own({**prefixed(other, 'a.'), **student}))
    assert built.agreement.photos == 12


@pytest.mark.parametrize('names', [('state_dict', 'state_dict_ema'), ('model', 'model_ema')])
def test_which_weights_of_a_checkpoint_were_taken_is_told(own, names):
    state, (taken, other) = trained_prepared().state_dict(), names
    content = {other: prefixed(state, 'module.'), taken: state, 'optimizer': {'state': {}}}
    (note,) = build_own_model(own(content, photos=())).notes
    assert f"the weights under '{taken}' were taken, not those under '{other}'" in note


@pytest.mark.parametrize('suffix', ['.pt', '.onnx'])
def test_the_model_becomes_a_file_that_answers_the_same(own, colours, tmp_path, suffix):
    from rpi_classifier.config import ClassifierConfig
    from rpi_classifier.images.decode import read_image_file
    from rpi_classifier.inference.classifier import Classifier
    from rpi_classifier.models.load import load_model

    model = build_own_model(own(trained_float().state_dict())).model
    expected = answers(model, colours).argmax(1)
    path = tmp_path / f'mine{suffix}'
    written = format_of(str(path)).write(model, path, 'auto')
    assert written.labels == LABELS
    classifier = Classifier(load_model(ClassifierConfig(model=str(path))))
    results = [
        classifier.classify(read_image_file(photo)).probabilities.argmax() for photo in colours
    ]
    assert sum(int(one) == int(other) for one, other in zip(results, expected)) >= 11


def test_float_weights_need_photos(own):
    with pytest.raises(ConfigError, match='has float weights.* give --photos FOLDER'):
        build_own_model(own(trained_float().state_dict(), photos=()))


def test_labels_must_be_as_many_as_classes(own):
    with pytest.raises(ModelError, match=f'has {CLASSES} classes but 2 labels'):
        build_own_model(own(trained_float().state_dict(), labels=LABELS[:2]))


def test_the_architecture_that_fits_is_named(own):
    content = {'model': get_model('resnet18', weights=None, num_classes=CLASSES).state_dict()}
    with pytest.raises(WeightsError, match='missing.*give --architecture resnet18'):
        build_own_model(own(content))


def test_another_head_is_explained(own):
    state = trained_float().state_dict()
    state['fc.1.weight'], state['fc.1.bias'] = state.pop('fc.weight'), state.pop('fc.bias')
    with pytest.raises(WeightsError, match=r'ends in fc.weight of .* which is not there'):
        build_own_model(own(state))


def without(state, key):
    del state[key]
    return state


@pytest.mark.parametrize(
    ('change', 'said'),
    [
        (lambda state: without(state, 'conv1.0.weight'), r'1 missing \(conv1.0.weight\)'),
        (lambda state: {**state, 'more.weight': torch.zeros(1)}, r'1 too many \(more.weight\)'),
        (
            lambda state: {**state, 'conv1.0.weight': torch.zeros(24, 1, 3, 3)},
            r'shape \[24, 3, 3, 3\], but in the file \[24, 1, 3, 3\]',
        ),
        (
            lambda state: {**state, 'conv1.0.weight': torch.full((24, 3, 3, 3), torch.nan)},
            'conv1.0.weight has a value that is not finite',
        ),
        (
            lambda state: {**state, 'conv1.1.running_var': -torch.ones(24)},
            'answers to the photos that are not finite.* train again',
        ),
        (
            lambda state: {**state, 'fc.weight': state['fc.weight'].to_sparse()},
            'fc.weight is a sparse tensor; save a dense tensor',
        ),
        (
            lambda state: {**state, 'fc.bias': torch.zeros(3).to('meta')},
            'fc.bias is a meta tensor',
        ),
        (lambda state: {**state, 'fc.bias': torch.zeros(3) * 1j}, 'fc.bias is complex'),
        (lambda state: {**state, 'fc.bias': torch.float32}, 'fc.bias is a dtype, not a tensor'),
    ],
    ids=[
        'missing',
        'too many',
        'shape',
        'not finite',
        'answers',
        'sparse',
        'meta',
        'complex',
        'type',
    ],
)
def test_weights_that_do_not_fit_are_refused(own, change, said):
    with pytest.raises(WeightsError, match=said):
        build_own_model(own(change(trained_float().state_dict())))


def test_what_torch_cannot_compute_in_int8_is_refused_with_its_reason(own):
    state = get_model('resnet18', weights=None, num_classes=CLASSES).state_dict()
    state['layer1.0.conv1.weight'] *= 1e20  # QNNPACK adds no numbers that differ so much
    with pytest.raises(WeightsError, match=r'does not work in int8 \([^/]*\); its activations'):
        build_own_model(own(state, architecture='resnet18'))


def test_scales_that_torch_cannot_compute_with_are_refused_without_photos(own):
    state = int8_network('resnet18', CLASSES, calibrated_qconfig()).state_dict()
    state['layer1.0.add_relu.scale'] *= 1e-6
    with pytest.raises(WeightsError, match='does not work in int8'):
        build_own_model(own(state, photos=(), architecture='resnet18'))


def test_fake_quantization_that_saw_no_image_is_refused(own):
    from torch.ao.quantization import get_default_qat_qconfig

    from rpi_classifier.models.architecture import prepared_network

    state = prepared_network(NAME, CLASSES, get_default_qat_qconfig('qnnpack')).state_dict()
    with pytest.raises(WeightsError, match='has seen no image'):
        build_own_model(own(state, photos=()))


def test_what_is_no_state_dict_is_refused(own, tmp_path):
    for content, said in (
        (trained_float(), r'pickled network of torch.save.*torch.save\(network.state_dict'),
        ([1, 2], 'holds a list, not a state_dict'),
        ({'epoch': 3}, "has no tensors, but 'epoch'"),
    ):
        with pytest.raises(WeightsError, match=said):
            build_own_model(own(content))
    for text, said in ((b'hello', 'it is a text file'), (b'', 'it is empty')):
        path = tmp_path / 'other.pth'
        path.write_bytes(text)
        with pytest.raises(WeightsError, match=said):
            build_own_model(OwnNetwork(NAME, path, LABELS, SMALL))
    with pytest.raises(WeightsError, match='cannot be read: No such file'):
        build_own_model(OwnNetwork(NAME, tmp_path / 'none.pth', LABELS, SMALL))


def test_code_in_a_checkpoint_is_not_run(own, tmp_path):
    class Boom:
        def __reduce__(self):
            return (open, (str(tmp_path / 'ran'), 'w'))

    with pytest.raises(WeightsError, match='does not load it as weights only'):
        build_own_model(own({'state_dict': trained_float().state_dict(), 'extra': Boom()}))
    assert not (tmp_path / 'ran').exists()
