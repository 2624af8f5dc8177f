# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The command classify."""

import io
import json
from pathlib import Path
import shutil
import sys

import cv2
import numpy as np
import pytest
from support.colours import colour_image
from support.records import change_record

from rpi_classifier import nodes
from rpi_classifier.cli.classify import main

COLOURS = Path(__file__).resolve().parents[1] / 'fixtures' / 'v0.1' / 'colours.pt'


def test_json_has_the_references_top_1_for_each_photo(weights, photos, capsys):
    assert main(['--json', *map(str, photos)]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert [entry['image'] for entry in printed] == list(map(str, photos))
    for entry, expected in zip(printed, photos.values()):
        assert len(entry['results']) == 10
        assert entry['results'][0]['index'] == expected[0]['index']
        assert entry['results'][0]['label'] == expected[0]['label']
        assert 0 <= entry['results'][0]['score'] <= 1


def test_text_is_the_tutorials_list(weights, photos, capsys):
    path = next(path for path in photos if path.name == 'cat.jpg')
    assert main(['--top-k', '3', str(path)]) == 0
    name, *lines = capsys.readouterr().out.splitlines()
    assert name == str(path)
    assert len(lines) == 3
    percent, label = lines[0].strip().split(' ', 1)
    assert percent.endswith('%')
    assert label == 'Egyptian cat'


def test_file_that_is_no_image_is_one_sentence_and_status_2(tmp_path, capsys):
    path = tmp_path / 'notes.txt'
    path.write_text('no image')
    assert main([str(path)]) == 2
    captured = capsys.readouterr()
    assert captured.out == ''
    assert str(path) in captured.err
    assert captured.err.count(str(path)) == 1
    assert 'Traceback' not in captured.err


@pytest.mark.parametrize(
    'options', [['--top-k', '0'], ['--engine', 'fpga'], ['--unknown-below', '1.5']]
)
def test_bad_option_is_one_sentence_and_status_2(options, photo_folder, capsys):
    assert main([*options, str(photo_folder / '1_blue.png')]) == 2
    assert options[1] in capsys.readouterr().err


def test_unknown_comes_first_where_no_class_is_likely_enough(photo_folder, capsys):
    words = ['--model', str(COLOURS), '--top-k', '2', str(photo_folder)]
    assert main(['--json', '--unknown-below', '1', *words]) == 0
    for entry in json.loads(capsys.readouterr().out):
        first, *others = entry['results']
        assert (first['index'], first['label']) == (-1, 'unknown')
        assert [one['score'] for one in others] == sorted(one['score'] for one in others)[::-1]
        assert len(others) == 2
    assert main(['--unknown-below', '1', *words]) == 0
    assert capsys.readouterr().out.splitlines()[1].endswith('% unknown')
    assert main(['--json', *words]) == 0
    assert '"unknown"' not in capsys.readouterr().out


def test_unknown_model_is_one_sentence_and_status_1(photo_folder, capsys):
    assert main(['--model', 'alexnet', str(photo_folder / '1_blue.png')]) == 1
    assert 'alexnet' in capsys.readouterr().err


def test_good_photos_are_classified_beside_bad_ones(weights, photo_folder, capsys):
    (photo_folder / '2_broken.jpg').write_bytes(b'')
    words = ['https://example.org/cat.jpg', str(photo_folder)]
    assert main(['--json', *words]) == 2
    printed = capsys.readouterr()
    names = [Path(entry['image']).name for entry in json.loads(printed.out)]
    assert names == ['1_blue.png', '2_green.png', '3_red.png']
    assert 'is a URL' in printed.err
    assert '2_broken.jpg' in printed.err


def test_region_alone_is_classified_and_must_fit_into_every_photo(tmp_path, capsys):
    red, blue = (cv2.resize(colour_image(index), (80, 100)) for index in (0, 2))
    cv2.imwrite(str(tmp_path / '1_both.png'), np.hstack([red, blue]))
    cv2.imwrite(str(tmp_path / '2_small.png'), red)
    words = ['--model', str(COLOURS), '--top-k', '1', '--json', str(tmp_path)]
    for region, colours, status in (
        ('0,0,0.5,1', ['red', 'red'], 0),
        ('0.5 0 0.5 1', ['blue', 'red'], 0),
        ('80,0,80,100', ['blue'], 2),
    ):
        assert main(['--region', region, *words]) == status
        printed = capsys.readouterr()
        entries = json.loads(printed.out)
        assert [entry['results'][0]['label'] for entry in entries] == colours
        assert ('2_small.png: region: 80 0 80 100 does not fit' in printed.err) == (status == 2)


def test_region_of_the_model_counts_unless_another_one_is_given(tmp_path, capsys):
    colours = [cv2.resize(colour_image(index), (100, 100)) for index in (0, 1, 2)]
    cv2.imwrite(str(tmp_path / 'all.png'), np.hstack(colours))
    change_record(shutil.copy(COLOURS, tmp_path / 'm.pt'), region='200 0 100 100')
    words = ['--model', str(tmp_path / 'm.pt'), '--top-k', '1', str(tmp_path / 'all.png')]
    for region, colour in ('', 'blue'), ('0,0,0.3,1', 'red'), ('0,0,1,1', 'green'):
        assert main(['--region', region, *words]) == 0
        assert capsys.readouterr().out.splitlines()[1].endswith(colour)
    change_record(tmp_path / 'm.pt', region='200 0 101 100')
    assert main(words) == 2
    assert (
        'all.png: region: 200 0 101 100 does not fit into an image of 300x100 pixels; set a '
        'smaller one, or parts of 1, as in 0.25 0 0.5 1; colours was trained on this one, which '
        'counts while none is set'
    ) in capsys.readouterr().err


def test_a_dash_is_standard_input(weights, photo_folder, monkeypatch, capsys):
    class Input:
        buffer = io.BytesIO((photo_folder / '1_blue.png').read_bytes())

    monkeypatch.setattr(sys, 'stdin', Input)
    assert main(['-']) == 0
    assert capsys.readouterr().out.startswith('standard input\n')


@pytest.mark.parametrize(
    ('words', 'said'),
    [
        ([], 'exactly one of them'),
        (['cat.jpg', '--topic', '/image'], 'exactly one of them'),
        (['cat.jpg', '--watch'], 'exactly one of them'),
        (['cat.jpg', '--count', '2'], '--count: 2 is for --watch only; add it'),
        (['--watch', '--count', '0'], '--count: 0 is not a whole number above 0'),
        (['--watch', '--region', '0 0 1 1'], "--region: '0 0 1 1' is for images, not for --watch"),
        (['cat.jpg', '--region', '1,1,1,1'], "region: '1 1 1 1' goes beyond the image"),
        (
            ['--watch', '--unknown-below', '0.5'],
            "--unknown-below: '0.5' is for images, not for --watch; a running classifier has the "
            'parameter unknown_below',
        ),
        (['--watch', '--top-k', '3'], "--top-k: '3' is for images, not for --watch"),
        (['--watch', '--eager'], 'a running classifier has the parameter jit'),
        (['--watch', '--input-size', '96'], "--input-size: '96' is for images"),
        (['cat.jpg', '--wait', '3'], '--wait: 3 is for --topic and --watch; leave it out'),
        (['--topic', '/image', '--wait', '0'], '--wait: 0 is not a number of seconds'),
        (['--topic', '/image', '--wait', 'nan'], '--wait: nan is not a number of seconds'),
    ],
)
def test_sources_that_do_not_go_together_are_one_sentence_and_status_2(words, said, capsys):
    assert main(words) == 2
    printed = capsys.readouterr()
    assert said in printed.err
    assert printed.err.count('\n') == 1
    assert printed.out == ''


def test_a_missing_model_is_refused_before_an_image_is_waited_for(capsys):
    assert main(['--topic', '/image', '--wait', '3600', '--model', 'missing.pt']) == 1
    assert 'missing.pt' in capsys.readouterr().err


@pytest.mark.parametrize('words', [['--topic', '/image'], ['--watch']])
def test_without_ros_the_graph_is_refused_in_one_sentence(words, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, 'rclpy', None)
    monkeypatch.delitem(sys.modules, 'rpi_classifier.nodes.graph_listener', raising=False)
    monkeypatch.delattr(nodes, 'graph_listener', raising=False)
    assert main(words) == 2
    printed = capsys.readouterr()
    assert 'need ROS 2, which cannot be imported' in printed.err
    assert printed.err.count('\n') == 1
