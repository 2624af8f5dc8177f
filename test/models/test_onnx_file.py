# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""FILE.onnx: what comes back without torch, files that others made, and what is refused."""

from dataclasses import replace
import json
import subprocess
import sys

import cv2
import numpy as np
import pytest
from support.onnx_models import colour_means, onnx, UINT8

from rpi_classifier.cli import classify, export_model
from rpi_classifier.config import ClassifierConfig
from rpi_classifier.errors import ModelError
from rpi_classifier.inference.classifier import Classifier
from rpi_classifier.input_spec import Transform
from rpi_classifier.models import onnx_file, onnx_foreign
from rpi_classifier.models.onnx_archive import pack_onnx, unpack_onnx
from rpi_classifier.probes.run_probe import ProbeResult
from rpi_classifier.runtime.ort_releases import OrtRelease, PINNED_ORT

NAME = 'shufflenet_v2_x0_5'
NAMES = "{0: 'red', 1: 'green', 2: 'blue'}"


@pytest.fixture(scope='module')
def exported(tmp_path_factory):
    """Return a file with random weights."""
    path = tmp_path_factory.mktemp('models') / 'm.onnx'
    assert export_model.main(['--model', NAME, '--weights', 'random', '--output', str(path)]) == 0
    return path


@pytest.fixture
def foreign(tmp_path):
    """Return a writer of files that others made, beside a file of labels."""
    (tmp_path / 'labels.txt').write_text('red\ngreen\nblue\n')

    def write(**options):
        path = tmp_path / 'foreign.onnx'
        path.write_bytes(colour_means(**options).SerializeToString())
        return path

    return write


def load(path, **values):
    return Classifier.load(ClassifierConfig(model=str(path), **values))


def refusal(path, **values):
    with pytest.raises(ModelError) as caught:
        load(path, **values)
    assert '\n' not in str(caught.value)
    assert str(path) in str(caught.value)
    return str(caught.value)


def photo(colour):
    """Return a BGR image of a colour that stands in the labels."""
    image = np.zeros((48, 64, 3), np.uint8)
    image[..., 2 - ('red', 'green', 'blue').index(colour)] = 255
    return image


def test_file_answers_as_the_model_does_and_brings_its_labels(exported, image):
    classifier = load(exported)
    original = load(NAME, weights='random', engine='qnnpack')
    assert (classifier.name, classifier.labels) == (NAME, original.labels)
    assert classifier.weights_backend == 'fbgemm'
    info = classifier.runtime.info
    assert (info.runtime, info.engine, info.mode) == ('onnx', 'cpu', 'exported')
    assert info.known_answer.startswith('passed, off by 0.000')
    found, expected = (one.classify(image).predictions for one in (classifier, original))
    assert [one.index for one in found] == [one.index for one in expected]


def test_file_is_onnx_for_everybody_else(exported):
    model = onnx.load(str(exported))
    onnx.checker.check_model(model, full_check=True)
    assert [entry.key for entry in model.metadata_props] == ['rpi_classifier']
    assert json.loads(model.metadata_props[0].value)['name'] == NAME


def test_plain_onnxruntime_gives_the_same_scores(exported):
    onnxruntime = pytest.importorskip('onnxruntime')
    runtime = load(exported).runtime
    runtime.buffer[:] = np.random.default_rng(0).integers(0, 256, runtime.buffer.shape, np.uint8)
    session = onnxruntime.InferenceSession(str(exported))
    (scores,) = session.run(None, {'image': runtime.buffer[None]})
    np.testing.assert_array_equal(scores.reshape(-1), runtime.run())


def test_file_needs_no_torch_and_loads_without_a_word(exported, tmp_path):
    cv2.imwrite(str(tmp_path / 'photo.png'), photo('red'))
    program = (
        'import sys\n'
        'sys.modules.update(dict.fromkeys(["torch", "torchvision", "onnx"]))\n'
        'from rpi_classifier.cli import classify\n'
        f'sys.exit(classify.main(["--model", {str(exported)!r}, "--json", "photo.png"]))\n'
    )
    done = subprocess.run(
        [sys.executable, '-c', program], timeout=60, capture_output=True, text=True, cwd=tmp_path
    )
    assert (done.returncode, done.stderr) == (0, '')
    assert json.loads(done.stdout)[0]['results'][0]['label'].startswith('random/')


def test_trained_file_gives_the_references_top_1(weights, photos, tmp_path, monkeypatch, capsys):
    path = tmp_path / 'm.onnx'
    assert export_model.main(['--runtime', 'onnx', '--output', str(path)]) == 0
    monkeypatch.setenv('TORCH_HOME', '/nowhere')
    capsys.readouterr()
    assert classify.main(['--json', '--model', str(path), *map(str, photos)]) == 0
    printed = json.loads(capsys.readouterr().out)
    for entry, expected in zip(printed, photos.values()):
        assert entry['results'][0]['label'] == expected[0]['label']


def test_full_range_weights_are_coarsened_where_they_would_overflow(tmp_path, monkeypatch):
    path = tmp_path / 'm.onnx'
    words = ['--model', 'mobilenet_v2', '--weights', 'random', '--output', str(path)]
    assert export_model.main(words) == 0
    assert load(path).runtime.info.caution == ''
    exact = load(path).runtime.info.known_answer
    monkeypatch.setattr(onnx_file, 'has_exact_byte_products', lambda: False)
    info = load(path).runtime.info
    assert 'VNNI' in info.caution
    assert info.known_answer.startswith('passed')
    assert info.known_answer != exact


def test_weights_that_cannot_overflow_stay(exported, monkeypatch):
    monkeypatch.setattr(onnx_file, 'has_exact_byte_products', lambda: False)
    assert load(exported).runtime.info.caution == ''


def test_exported_file_does_not_take_other_labels(exported):
    assert 'brings its labels' in refusal(exported, labels='/some/labels.txt')


@pytest.mark.parametrize('part', [0.1, 0.5, 0.999])
def test_cut_off_file_is_refused(exported, tmp_path, part):
    path, content = tmp_path / 'cut.onnx', exported.read_bytes()
    path.write_bytes(content[: int(len(content) * part)])
    assert 'cut off' in refusal(path)


def test_flipped_bit_of_the_weights_is_refused(exported, tmp_path):
    path, content = tmp_path / 'flipped.onnx', bytearray(exported.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    assert 'weights or graph were changed' in refusal(path)


@pytest.mark.parametrize(
    ('changes', 'words'),
    [
        ({'answers': (np.ones(1000, np.float32),) * 2}, 'fails its known-answer check'),
        ({'quantization': None}, 'its record describes another input'),
        ({'labels': ('a', 'b'), 'answers': (np.ones(2, np.float32),) * 2}, '2 labels'),
        ({'transform': Transform(32, 32)}, 'has 224 pixels a side'),
    ],
)
def test_record_that_is_not_the_networks_is_refused(exported, tmp_path, changes, words):
    data, path = exported.read_bytes(), tmp_path / 'm.onnx'
    network = onnx.load_from_string(data)
    del network.metadata_props[:]
    metadata = replace(unpack_onnx(data, path), **changes)
    path.write_bytes(pack_onnx(metadata, network.SerializeToString()))
    assert words in refusal(path)


@pytest.mark.parametrize('shape', [(1, 3, 32, 32), ('N', 3, 32, 32), ('N', 32, 32, 3)])
def test_foreign_file_is_classified_with_labels_alone(foreign, shape):
    path = foreign(shape=shape)
    classifier = load(path, labels=str(path.parent / 'labels.txt'))
    assert classifier.name == 'foreign'
    for colour in ('red', 'green', 'blue'):
        assert classifier.classify(photo(colour)).predictions[0].label == colour


def test_foreign_file_gets_the_normalization_of_the_parameters(foreign):
    path = foreign()
    labels = str(path.parent / 'labels.txt')
    classifier = load(path, labels=labels, input_mean='0 0 0', input_std='0.5 0.5 0.5')
    classifier.classify(photo('red'))
    assert classifier.runtime.buffer.max() == pytest.approx(2.0)


def test_network_that_takes_bytes_gets_pixels(foreign):
    path = foreign(shape=(1, 32, 32, 3), dtype=UINT8)
    classifier = load(path, labels=str(path.parent / 'labels.txt'))
    classifier.classify(photo('green'))
    assert classifier.runtime.buffer[0, 0].tolist() == [0, 255, 0]


def test_what_ultralytics_notes_in_a_file_is_enough(foreign):
    noted = {'author': 'Ultralytics', 'names': NAMES, 'imgsz': '[32, 32]'}
    classifier = load(foreign(shape=('batch', 3, 'height', 'width'), **noted))
    assert classifier.labels == ('red', 'green', 'blue')
    assert classifier.classify(photo('blue')).predictions[0].label == 'blue'
    assert classifier.runtime.buffer.shape == (32, 32, 3)
    assert classifier.runtime.buffer.max() == 1.0  # it does not normalize


@pytest.mark.parametrize('names', ['[', '{1: "a"}', '{0: "a", 2: "b"}', '(' * 5000, '{0: ""}'])
def test_names_that_cannot_be_used_are_refused(foreign, names):
    assert 'the class names in its metadata cannot be used' in refusal(foreign(names=names))


@pytest.mark.parametrize(
    ('operator', 'kind'),
    [('Identity', 'logits'), ('Softmax', 'probabilities'), ('Sigmoid', 'sigmoid')],
)
def test_softmax_is_not_done_twice(foreign, operator, kind):
    path = foreign(operator=operator)
    classifier = load(path, labels=('red', 'green', 'blue'), input_mean='0 0 0')
    assert classifier.output_kind == kind
    assert classifier.runtime.info.output.startswith(f'{kind}: ')
    given = load(path, labels=('red', 'green', 'blue'), output_kind='logits')
    assert given.output_kind == 'logits'


def test_network_that_answers_at_random_is_refused(foreign):
    message = refusal(foreign(operator='RandomUniformLike'), labels=('red', 'green', 'blue'))
    assert 'it answers the same image differently' in message


def test_network_that_dies_does_not_take_the_process_with_it(foreign, monkeypatch):
    died = ProbeResult(({'onnxruntime': '1'},), 'died with SIGKILL')
    monkeypatch.setattr(onnx_foreign, 'run_probe', lambda *_, **__: died)
    message = refusal(foreign(), labels=('red', 'green', 'blue'))
    assert 'the process in which it runs died with SIGKILL' in message


def test_foreign_file_without_labels_is_refused(foreign):
    assert 'set labels to a file of class names' in refusal(foreign())


def test_foreign_file_with_too_few_labels_is_refused(foreign):
    path = foreign()
    (path.parent / 'labels.txt').write_text('a\nb\n')
    with pytest.raises(ModelError, match='3 classes but 2 labels'):
        load(path, labels=str(path.parent / 'labels.txt'))


@pytest.mark.parametrize(
    ('options', 'values', 'words'),
    [
        ({'shape': (8, 3, 32, 32)}, {}, 'it takes 8 images at once'),
        ({'shape': (1, 3, 'h', 'w')}, {}, 'set input_size'),
        ({}, {'input_size': 64}, 'has 32 pixels a side, but input_size is 64'),
        ({}, {'input_resize': 16}, 'input_resize: 16 is less than the side of its input, 32'),
        ({'opset': 99}, {}, 'save it for an older operator set'),
        ({'operator': 'Custom'}, {}, 'operators outside ONNX are not supported'),
    ],
)
def test_foreign_file_that_does_not_fit_is_refused(foreign, options, values, words):
    path = foreign(**options)
    assert words in refusal(path, labels=str(path.parent / 'labels.txt'), **values)


def test_weights_in_another_file_are_refused(tmp_path):
    path = tmp_path / 'm.onnx'
    onnx.save(colour_means(), str(path), save_as_external_data=True, size_threshold=0)
    assert 'weights in other files (external data)' in refusal(path)


def test_import_that_dies_is_told_with_the_version_to_take(exported, monkeypatch):
    monkeypatch.setattr(onnx_file, 'require_onnxruntime', lambda: OrtRelease('', try_first=True))
    assert load(exported).name == NAME  # it survived in a process of its own
    died = ProbeResult((), 'died with SIGSEGV')
    monkeypatch.setattr(onnx_file, 'run_probe', lambda *_, **__: died)
    message = refusal(exported)
    assert 'its import died with SIGSEGV' in message
    assert PINNED_ORT in message


def test_export_without_onnx_is_refused_before_any_work(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(onnx_file, 'installed', lambda _: None)
    assert export_model.main(['--output', str(tmp_path / 'm.onnx')]) == 1
    assert capsys.readouterr().err == (
        'export_model: onnx is not installed; run: scripts/setup --with-onnx\n'
    )
