# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The options that describe a model file of others are the same for all commands."""

import argparse
from importlib import import_module
from pkgutil import iter_modules
import re

import cv2
import pytest
from support.colours import colour_image, Colours
from support.foreign import Around, save_scripted
from torch import nn

from rpi_classifier import cli
from rpi_classifier.cli import benchmark, classify, doctor, export_model
from rpi_classifier.cli.model_options import add_model_options, model_options
from rpi_classifier.config import ClassifierConfig
from rpi_classifier.config.model import DESCRIPTION

WITHOUT = {'train', 'deploy'}  # whose --model is of the zoo, or has a record


@pytest.fixture
def described(tmp_path):
    """Return a file without a record and the options that describe it."""
    path = save_scripted(Around(nn.Softmax(dim=1)), tmp_path / 'best.torchscript')
    labels = tmp_path / 'data.yaml'
    labels.write_text('names: [red, green, blue]\n')
    return path, ['--labels', str(labels), '--input-size', '32', '--output-kind', 'probabilities']


def test_options_have_the_names_and_defaults_of_the_parameters():
    parser = argparse.ArgumentParser()
    add_model_options(parser)
    given = model_options(parser.parse_args([]))
    assert set(given) == {
        'model_sha256', 'labels', 'input_size', 'input_resize', 'input_mean', 'input_std',
        'output_kind',
    }  # fmt: skip
    assert all(getattr(ClassifierConfig, name) == value for name, value in given.items())
    assert '--input-size' in parser.format_help()


def options_of(command, capsys):
    """Return the options that the help of a command lists, without their dashes."""
    with pytest.raises(SystemExit):
        command.arguments(['--help'])
    return set(re.findall(r'--([a-z][a-z0-9-]*)', capsys.readouterr().out))


def test_every_command_with_a_model_takes_all_that_describes_one(capsys):
    describing = {name.replace('_', '-') for name in ('model_sha256', *DESCRIPTION)}
    modules = [import_module(f'{cli.__name__}.{one.name}') for one in iter_modules(cli.__path__)]
    found = set()
    for command in modules:
        name = command.__name__.rpartition('.')[2]
        if not hasattr(command, 'arguments') or name in WITHOUT:
            continue
        options = options_of(command, capsys)
        if options & {'model', 'models'}:
            found.add(name)
            assert describing <= options, name
    assert {'benchmark', 'classify', 'doctor', 'export_model', 'tune'} <= found


def test_mean_and_std_are_understood_too():
    given = classify.arguments(['--mean', '0.5 0.5 0.5', '--std', '1 1 1', 'photo.jpg'])
    assert (given.input_mean, given.input_std) == ('0.5 0.5 0.5', '1 1 1')


def test_commands_take_words_as_the_nodes_do():
    given = benchmark.arguments(
        ['--models', 'MobileNet-V2', '--engines', 'QNNPACK, X86', '--weights', 'Random', '--jit',
         'True', '--reference', 'TopK', '--input-size', '3.2e1', '--output-kind', 'Softmax']
    )  # fmt: skip
    jobs = benchmark.jobs_of(benchmark.arguments(['--models', 'ALL', '--engines', 'QNNPACK, X86']))
    assert {job.engine for job in jobs} == {'qnnpack', 'x86'}
    assert len({job.model for job in jobs}) > 1
    assert (given.weights, given.jit, given.reference) == ('random', 'on', 'topk')
    assert model_options(given)['input_size'] == 32
    assert model_options(given)['output_kind'] == 'probabilities'
    given = export_model.arguments(['--runtime', 'Torch', '--output', 'm.pt'])
    assert given.runtime == 'torchscript'
    assert doctor.arguments(['--skip', 'Camera', 'CSI']).skip == ['camera', 'csi']
    assert classify.arguments(['--top-k', '3.0', '--engine', 'mkldnn', 'x.png']).top_k == 3


def test_export_refuses_another_runtime_with_the_nearest(capsys):
    assert export_model.main(['--runtime', 'onnyx', '--output', 'm.onnx']) == 2
    assert "runtime: 'onnyx' is not one of" in (said := capsys.readouterr().err)
    assert said.endswith('did you mean onnx?\n')


def test_classify_takes_a_described_file(described, tmp_path, capsys):
    path, options = described
    photo = tmp_path / 'green.png'
    cv2.imwrite(str(photo), colour_image(1))
    assert classify.main(['--model', str(path), *options, '--top-k', '1', str(photo)]) == 0
    captured = capsys.readouterr()
    assert captured.out.splitlines()[1].split()[1] == 'green'
    assert 'pin it with model_sha256' in captured.err


def test_benchmark_takes_a_described_file(described, capsys):
    path, options = described
    assert benchmark.main(['--models', str(path), *options, '--duration', '0.1']) == 0
    assert path.name in capsys.readouterr().out


@pytest.mark.parametrize(
    ('words', 'said'),
    [
        (['--labels', 'a.txt'], "labels: 'a.txt' is for a model file that others made"),
        (['--input-std', '0 0 0'], 'input_std'),
        (['--input-size', '-1'], 'input_size'),
    ],
)
def test_benchmark_refuses_a_description_without_such_a_file(words, said, capsys):
    assert benchmark.main(['--weights', 'random', *words]) == 2
    assert said in capsys.readouterr().err


def test_benchmark_compares_files_of_others_with_nothing(tmp_path, capsys):
    path = save_scripted(Colours(), tmp_path / 'm.pt')
    assert benchmark.main(['--models', str(path), '--reference']) == 2
    assert 'no counterpart in the zoo' in capsys.readouterr().err


@pytest.mark.parametrize('command', [benchmark, classify])
def test_commands_take_no_cache(command):
    words = ['photo.jpg'] if command is classify else []
    assert command.arguments(words).cache
    assert not command.arguments([*words, '--no-cache']).cache


def test_benchmark_hands_the_cache_option_to_its_rows():
    jobs = benchmark.jobs_of(benchmark.arguments(['--no-cache', '--jit', 'both', '--reference']))
    assert [job.cache for job in jobs] == [False] * 3
