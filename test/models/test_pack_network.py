# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The last line of a training: a network of torch becomes a file that a node takes as it is."""

import os
from pathlib import Path
import subprocess
import sys

import numpy as np
import pytest
from support.colours import colour_image, Colours, LABELS
from support.foreign import Around, quantized_colours, save_scripted
import torch
from torch import nn

from rpi_classifier import pack
from rpi_classifier.config import ClassifierConfig
from rpi_classifier.errors import ConfigError, ModelError
from rpi_classifier.inference.classifier import Classifier
from rpi_classifier.input_spec import Transform
from rpi_classifier.models.load import read_metadata
from rpi_classifier.runtime.preprocess import Preprocessor

ROOT = Path(__file__).resolve().parents[2]
SUFFIXES = ['.pt', '.onnx']
STATISTICS = {'mean': (0.5, 0.4, 0.3), 'std': np.array([0.25, 0.5, 1], np.float32)}


@pytest.fixture(autouse=True)
def onnx_is_here(request):
    """Skip tests of ONNX where it is not installed."""
    if 'suffix' in request.fixturenames and request.getfixturevalue('suffix') == '.onnx':
        pytest.importorskip('onnx', reason='needs scripts/setup --with-onnx')
        pytest.importorskip('onnxruntime', reason='needs scripts/setup --with-onnx')


def resnet(classes=3):
    """Return a residual network in training, as after the last step of a training."""
    torch.manual_seed(1)
    return Residual(classes).train()


class Residual(nn.Module):
    """A convolution, batch normalization, a residual block, dropout and a layer of classes."""

    def __init__(self, classes):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 8, 3, 2, 1), nn.BatchNorm2d(8), nn.ReLU())
        self.block = nn.Sequential(nn.Conv2d(8, 8, 3, 1, 1), nn.BatchNorm2d(8), nn.ReLU())
        self.head = nn.Sequential(nn.Dropout(0.5), nn.Linear(8, classes))

    def forward(self, x):
        x = self.stem(x)
        return self.head((x + self.block(x)).mean((2, 3)))


class Attentive(nn.Module):
    """Colours of places that attend to each other, as in vision transformers."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 8, 8)
        layer = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, 1)
        self.attention = nn.MultiheadAttention(8, 2, batch_first=True)
        self.head = nn.Linear(8, 3)

    def forward(self, x):
        x = self.encoder(self.stem(x).flatten(2).transpose(1, 2))
        return self.head(self.attention(x, x, x, need_weights=False)[0].mean(1))


@pytest.mark.parametrize('suffix', SUFFIXES)
def test_transformer_is_packed_without_torchs_fused_attention(tmp_path, suffix):
    torch.manual_seed(0)
    fast = torch.backends.mha.get_fastpath_enabled()
    pack(Attentive(), tmp_path / f'a{suffix}', labels=LABELS, input_size=32)
    assert torch.backends.mha.get_fastpath_enabled() == fast


@pytest.mark.parametrize(
    'labels',
    [
        {'plate': 2, 'cup': 0, 'fork': np.int64(1)},  # class_to_idx
        {2: 'plate', 0: 'cup', np.int64(1): 'fork'},  # id2label
        {'2': 'plate', '0': 'cup', '1': 'fork'},  # the same, out of JSON
    ],
)
def test_dict_of_labels_counts_by_its_indices(tmp_path, labels):
    pytest.importorskip('onnx', reason='needs scripts/setup --with-onnx')
    pytest.importorskip('onnxruntime', reason='needs scripts/setup --with-onnx')
    file = pack(resnet(), tmp_path / 'a.onnx', labels=labels, input_size=np.int64(32))
    assert read_metadata(str(file)).labels == ('cup', 'fork', 'plate')


@pytest.mark.parametrize(
    ('labels', 'words'),
    [
        ({'cup', 'fork', 'plate'}, 'a set has no order'),
        ({'cup': 0, 'fork': 0, 'plate': 5}, 'index 0 is given twice'),
        ({'cup': 'a', 'fork': 'b', 'plate': 'c'}, 'give a list, or a dict of indices and names'),
        ({'cup': None, ('fork',): 1, 'plate': 2}, 'give a list, or a dict of indices and names'),
    ],
)
def test_labels_without_an_order_are_refused(tmp_path, labels, words):
    error = refusal(resnet(), tmp_path / 'a.pt', ConfigError, labels=labels, input_size=32)
    assert words in error


def refusal(network, output, error=ModelError, **values):
    with pytest.raises(error) as caught:
        pack(network, output, **{'labels': LABELS, 'input_size': 32, **values})
    assert '\n' not in str(caught.value)
    assert not output.exists()
    return str(caught.value)


def scores(network, transform, image):
    """Return the probabilities that a network itself gives, in eval mode."""
    buffer = np.zeros((transform.size, transform.size, 3), np.float32)
    Preprocessor(transform)(image, buffer)
    with torch.no_grad():
        return network(torch.tensor(buffer).permute(2, 0, 1)[None])[0].softmax(0).numpy()


@pytest.mark.parametrize('suffix', SUFFIXES)
def test_network_in_training_is_packed_as_it_infers_and_stays_in_training(tmp_path, suffix):
    network, labels = resnet(), ['Käse', '犬', 'чашка']
    path = pack(
        network, tmp_path / f'robot{suffix}', labels=labels, input_size=32, input_resize=40,
        **STATISTICS,
    )  # fmt: skip
    assert all(module.training for module in network.modules())
    classifier = Classifier.load(ClassifierConfig(model=str(path)))
    assert (classifier.labels, classifier.name) == (tuple(labels), 'robot')
    transform = read_metadata(str(path)).transform
    assert transform == Transform(32, 40, (0.5, 0.4, 0.3), (0.25, 0.5, 1))
    network.eval()
    for index in range(3):
        own = scores(network, transform, colour_image(index))
        found = classifier.classify(colour_image(index)).probabilities
        assert found == pytest.approx(own, abs=1e-5)


class Output(dict):
    """What networks of transformers return: a mapping that also has attributes."""


class Wrapped(nn.Module):
    """A network that returns its loss, scores and features by name."""

    def __init__(self):
        super().__init__()
        self.colours = Colours()

    def forward(self, image):
        scores = self.colours(image)
        return Output(loss=None, logits=scores, features=scores * 2)


@pytest.mark.parametrize('suffix', SUFFIXES)
def test_scores_are_taken_out_of_what_a_network_returns(tmp_path, suffix):
    path = pack(Wrapped(), tmp_path / f'robot{suffix}', labels=LABELS, input_size=32)
    classifier = Classifier.load(ClassifierConfig(model=str(path)))
    found = [classifier.classify(colour_image(index), 1).predictions[0] for index in range(3)]
    assert tuple(one.label for one in found) == LABELS


@pytest.mark.parametrize('suffix', SUFFIXES)
def test_softmax_within_the_network_is_found(tmp_path, suffix):
    path = pack(
        Around(nn.Softmax(dim=1)), tmp_path / f'robot{suffix}', labels=LABELS, input_size=32
    )
    assert read_metadata(str(path)).output_kind == 'probabilities'


def test_network_in_another_precision_or_wrapped_is_packed(tmp_path):
    network = nn.DataParallel(Colours().double())
    path = pack(network, tmp_path / 'robot.pt', labels=LABELS, input_size=32)
    assert next(network.parameters()).dtype == torch.float64
    assert Classifier.load(ClassifierConfig(model=str(path))).labels == LABELS


def test_int8_network_is_packed(tmp_path):
    colours = Colours()
    colours.relu = nn.ReLU()
    path = pack(quantized_colours(colours), tmp_path / 'm.pt', labels=LABELS, input_size=32)
    classifier = Classifier.load(ClassifierConfig(model=str(path)))
    assert classifier.classify(colour_image(1), 1).predictions[0].label == 'green'


def test_path_of_a_file_is_packed_in_its_format(tmp_path):
    file = save_scripted(Colours(), tmp_path / 'm.pt')
    labels = tmp_path / 'labels.txt'
    labels.write_text('\n'.join(LABELS))
    path = pack(file, str(tmp_path / 'robot.pt'), labels=labels, input_size=32)
    assert read_metadata(str(path)).labels == LABELS
    said = refusal(str(file), tmp_path / 'robot.onnx', ConfigError)
    assert 'a network of torch becomes either by rpi_classifier.pack' in said


def test_labels_may_come_from_any_collection(tmp_path):
    labels = np.array(['a', 'b', 'c'])
    path = pack(Colours(), tmp_path / 'm.pt', labels=labels, input_size=32)
    assert read_metadata(str(path)).labels == ('a', 'b', 'c')


@pytest.mark.parametrize(
    ('values', 'said'),
    [
        ({'labels': ['a', 'b']}, 'the model has 3 classes but 2 labels'),
        ({'labels': []}, 'labels'),
        ({'labels': ['a', 'a\nb', 'c']}, 'labels'),
        ({'input_size': 0}, 'input_size: 0 is not the side of an image'),
        ({'input_size': -1}, 'input_size'),
        ({'input_size': 32, 'input_resize': 16}, 'input_resize: 16 is less than input_size'),
        ({'mean': (127.5,) * 3}, 'divide each number by 255'),
        ({'mean': (0.5,)}, 'is not three numbers'),
        ({'std': ('a', 'b', 'c')}, 'is not three numbers'),
        ({'std': 5}, 'input_std'),
        ({'output_kind': 'scores'}, "output_kind: 'scores' is not one of"),
        ({'output_kind': 'sigmoid'}, 'means values from 0 to 1'),
    ],
)
def test_description_that_does_not_fit_is_refused(tmp_path, values, said):
    assert said in refusal(Colours(), tmp_path / 'm.pt', (ConfigError, ModelError), **values)


class Returns(nn.Module):
    """``Colours`` with something made of its input and its scores."""

    def __init__(self, make):
        super().__init__()
        self.colours, self.make = Colours(), make

    def forward(self, image):
        return self.make(image, self.colours(image))


def branch(image, scores):
    """Go another way for images with less contrast, as the image of noise of the export has."""
    return scores if image.std() > 0.6 else scores.flip(1)


@pytest.mark.parametrize(
    ('make', 'said'),
    [
        (lambda image, scores: (scores, scores), '2 outputs that could be the scores'),
        (lambda image, scores: image, 'a feature map or a segmentation'),
        (lambda image, scores: 'nothing', 'the network returns nothing of numbers'),
        (lambda image, scores: scores / 0, 'the network returns'),
        (lambda image, scores: scores * 0, 'it answers the same to different images'),
        (lambda image, scores: scores.reshape(5), 'the network cannot be run on a float image'),
        (lambda image, scores: branch(image, scores), 'export it by torch.jit.script'),
    ],
    ids=['two', 'map', 'text', 'infinite', 'constant', 'raises', 'branches'],
)
def test_network_that_does_not_classify_is_refused_with_a_sentence(tmp_path, make, said):
    message = refusal(Returns(make), tmp_path / 'm.pt')
    assert said in message
    assert 'pack-' not in message


@pytest.mark.parametrize(
    ('suffix', 'fits'),
    [
        ('.pt', lambda image: float(image.mean()) > -1.0),
        ('.onnx', lambda image: float(image.mean()) > -1.0),
        ('.onnx', lambda image: image.max() < 2.0),
        ('.onnx', lambda image: image.std() > 0.5),
    ],
    ids=['dark, torch', 'dark', 'bright', 'faint'],
)
@pytest.mark.filterwarnings('ignore:.*Python value of the image')
def test_branch_that_no_known_image_takes_is_found(tmp_path, suffix, fits):
    network = Returns(lambda image, scores: scores if fits(image) else image.mean((2, 3)))
    assert 'the branches of its forward may depend' in refusal(network, tmp_path / f'm{suffix}')


@pytest.mark.parametrize(
    ('suffix', 'fits'),
    [
        ('.pt', lambda image: float(image.mean()) > -9),
        ('.onnx', lambda image: [False, True][(image.max() > -9).long()]),
        ('.onnx', lambda image: torch.allclose(image, image * 1)),
        ('.onnx', lambda image: image.numpy().max() > -9),
    ],
    ids=['float', 'index', 'allclose', 'numpy'],
)
def test_value_of_the_image_in_the_code_is_told_at_once_and_by_the_file(tmp_path, suffix, fits):
    network = Returns(lambda image, scores: scores if fits(image) else -scores)
    with pytest.warns(UserWarning, match='makes a Python value of the image') as told:
        file = pack(network, tmp_path / f'm{suffix}', labels=LABELS, input_size=32)
    assert [one.filename for one in told] == [__file__]
    loaded = Classifier.load(ClassifierConfig(model=str(file)))
    assert 'makes a Python value of the image' in loaded.runtime.info.caution


@pytest.mark.parametrize('suffix', ['.onnx'])
@pytest.mark.parametrize(
    'make',
    [
        lambda image, scores: scores if image.shape[2] > 3 else -scores,
        lambda image, scores: scores / float(image.shape[2]),
        lambda image, scores: scores * int(torch.tensor(2)),
        lambda image, scores: torch.where(image.mean() > 0, scores, -scores),
    ],
    ids=['shape', 'size', 'constant', 'where'],
)
def test_values_that_are_the_same_for_all_images_need_no_caution(tmp_path, recwarn, suffix, make):
    file = pack(Returns(make), tmp_path / f'm{suffix}', labels=LABELS, input_size=32)
    assert (list(recwarn), read_metadata(str(file)).caution) == ([], '')


@pytest.mark.parametrize('suffix', SUFFIXES)
def test_network_that_is_random_in_eval_mode_is_refused_with_the_cause(tmp_path, suffix):
    network = Returns(lambda image, scores: nn.functional.dropout(scores))
    said = refusal(network, tmp_path / f'm{suffix}')
    assert 'it answers the same image differently' in said
    assert 'take what is random out of its forward' in said


@pytest.mark.parametrize('suffix', SUFFIXES)
def test_settings_of_a_training_do_not_change_the_file(tmp_path, suffix):
    network = resnet()
    plain = pack(network, tmp_path / f'm{suffix}', labels=LABELS, input_size=32)
    torch.set_default_dtype(torch.float64)
    try:
        with torch.autocast('cpu', dtype=torch.bfloat16):
            file = pack(network, tmp_path / f'n{suffix}', labels=LABELS, input_size=32)
            assert torch.is_autocast_enabled('cpu')
        assert torch.get_default_dtype() == torch.float64
    finally:
        torch.set_default_dtype(torch.float32)
    found, expected = (read_metadata(str(path)).answers for path in (file, plain))
    assert np.array_equal(found, expected)


def test_network_that_torch_cannot_export_is_refused_with_a_sentence(tmp_path, capfd):
    pytest.importorskip('onnx', reason='needs scripts/setup --with-onnx')
    network = Returns(lambda image, scores: torch.special.i1(scores))  # ONNX has no such function
    assert 'cannot be exported as FILE.onnx' in refusal(network, tmp_path / 'm.onnx')
    assert capfd.readouterr() == ('', '')  # the graph is not printed


def test_network_whose_weights_are_nowhere_is_refused(tmp_path):
    assert 'cannot be copied to the CPU' in refusal(Colours().to('meta'), tmp_path / 'm.pt')


@pytest.mark.parametrize(
    ('network', 'name', 'said'),
    [
        ('nowhere.pt', 'm.pt', 'cannot be read: No such file'),
        (object(), 'm.pt', "'object' is neither a torch.nn.Module nor the path"),
        (Colours(), 'm.bin', 'does not end in .pt or .onnx'),
        (Colours(), 'm.pte', 'does not end in .pt or .onnx'),
        (Colours(), 'no/m.pt', 'is not a folder; make it first'),
    ],
)
def test_what_cannot_be_packed_is_refused(tmp_path, network, name, said):
    assert said in refusal(network, tmp_path / name, (ConfigError, ModelError))


def test_importing_the_package_imports_nothing_heavy():
    program = (
        'import sys\n'
        'before = set(sys.modules)\n'
        'from rpi_classifier import pack\n'
        "print(*sorted({name.partition('.')[0] for name in set(sys.modules) - before}))\n"
    )
    done = subprocess.run(
        [sys.executable, '-c', program],
        env={**os.environ, 'PYTHONPATH': str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    heavy = {'torch', 'numpy', 'cv2', 'rclpy', 'onnxruntime', 'pathlib', 'argparse'}
    assert done.stderr == ''
    assert set(done.stdout.split()) & heavy == set()
