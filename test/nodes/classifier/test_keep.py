# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Images that are kept, over DDS: what is written, and that results never wait for a disk."""

import json
import os
from pathlib import Path
import shutil
import threading

import cv2
import numpy as np
import pytest

pytest.importorskip('rclpy', reason='there is no ROS 2 here')

from rcl_interfaces.msg import Log
from support.colours import colour_image
from vision_msgs.msg import Classification

from rpi_classifier.models.files import file_sha256
from rpi_classifier.nodes.classifier import keep
from rpi_classifier.nodes.common.status import OK, WARN

EXPORTED = Path(__file__).resolve().parents[2] / 'fixtures' / 'v0.1' / 'colours.pt'
RED, BLUE = colour_image(0), colour_image(2)
STATUS = 'classifier: keep'


@pytest.fixture
def colours(tmp_path):
    """Return a file of the colours' network, as export_model writes it."""
    return str(shutil.copy(EXPORTED, tmp_path / 'colours.pt'))


@pytest.fixture
def keeping(classifier, colours, tmp_path):
    """Return a starter of a classifier that keeps images of any score, one a second."""

    def start(**values):
        defaults = {
            'model': colours, 'weights': 'default', 'keep': 'every', 'keep_seconds': 1.0,
            'keep_folder': str(tmp_path / 'kept'),
        }  # fmt: skip
        return classifier(**{**defaults, **values})

    return start


def photos(folder: Path) -> list[Path]:
    return sorted(folder.glob('*.jpg'))


def records(folder: Path) -> list[dict]:
    return [json.loads(path.with_suffix('.json').read_text()) for path in photos(folder)]


def test_image_is_kept_with_its_stamp_model_and_classes_though_nobody_subscribes(
    graph, keeping, send, colours, tmp_path
):
    diagnostics, folder = graph.diagnostics(), tmp_path / 'kept'
    keeping()
    send(RED, lambda: photos(folder), 'a kept image')
    (record,) = records(folder)[:1]
    assert record['image'] == photos(folder)[0].name
    assert record['stamp_ns'] == 1234 * 10**9
    assert (record['frame_id'], record['reason'], record['model']) == ('lens', 'every', 'colours')
    assert record['model_sha256'] == file_sha256(Path(colours).read_bytes())
    assert 'region' not in record
    assert [set(one) for one in record['results']] == [{'index', 'label', 'score'}] * 3
    assert record['results'][0]['label'] == 'red'
    kept = cv2.imread(str(photos(folder)[0]))
    assert kept.shape == RED.shape
    assert np.abs(kept.astype(int) - RED).mean() < 5
    graph.wait(lambda: diagnostics.message(STATUS).endswith(f'images kept in {folder}'), 'status')
    assert diagnostics.status(STATUS).level == OK
    values = diagnostics.values(STATUS)
    assert int(values['kept']) >= 1
    assert int(values['bytes']) >= photos(folder)[0].stat().st_size
    assert values['newest error'] == 'none'


def test_unsure_keeps_a_change_of_class_and_the_score_threshold_hides_no_guess(
    graph, keeping, send, tmp_path
):
    folder = tmp_path / 'kept'
    results = graph.collect(Classification, 'classification')
    keeping(keep='unsure', keep_low=0.0, keep_high=0.0, score_threshold=1.0)
    send(RED, lambda: len(results) > 3, 'results')
    assert not folder.exists()
    send(BLUE, lambda: photos(folder), 'the change')
    (record,) = records(folder)
    assert record['reason'] == 'change'
    assert [one['label'] for one in record['results']] == ['blue']


def test_another_model_is_in_the_records_from_its_first_result_on(
    graph, keeping, send, colours, tmp_path
):
    folder, other = tmp_path / 'kept', tmp_path / 'other.pt'
    other.write_bytes(Path(colours).read_bytes() + b'\0')
    hashes = [file_sha256(Path(path).read_bytes()) for path in (colours, other)]
    keeping()
    send(RED, lambda: photos(folder), 'a kept image')
    assert graph.set_parameters('classifier', model=str(other))[0].successful
    send(
        RED,
        lambda: photos(folder) and records(folder)[-1]['model_sha256'] == hashes[1],
        'the hash of the other model',
    )
    found = [record['model_sha256'] for record in records(folder)]
    assert found == sorted(found, key=hashes.index)


def test_nothing_is_kept_by_default_and_there_is_no_status(graph, classifier, send, colours):
    diagnostics, results = graph.diagnostics(), graph.collect(Classification, 'classification')
    node = classifier(model=colours, weights='default')
    assert node.config.keep == 'none'
    send(RED, lambda: len(results) > 2, 'results')
    graph.wait(lambda: diagnostics.status('classifier: board'), 'diagnostics')
    assert diagnostics.status(STATUS) is None


def test_keep_is_live_and_is_demand_while_it_is_on(graph, keeping, send, tmp_path):
    folder = tmp_path / 'kept'
    node = keeping(keep='none', keep_folder='')
    assert graph.client.count_subscribers('image') == 0
    (refused,) = graph.set_parameters('classifier', keep='unsure')
    assert not refused.successful
    assert refused.reason == (
        "keep: 'unsure' needs a folder; set keep_folder first, or set both at once"
    )
    results = graph.set_parameters('classifier', keep_folder=str(folder), keep='every')
    assert all(result.successful for result in results)
    send(RED, lambda: photos(folder), 'a kept image')
    (refused,) = graph.set_parameters('classifier', keep_folder='')
    assert 'needs a folder' in refused.reason
    assert graph.set_parameters('classifier', keep='none')[0].successful
    graph.wait(lambda: not graph.client.count_subscribers('image'), 'the end of demand')
    assert node.trigger_deactivate()


def test_results_do_not_wait_for_a_folder_that_blocks_and_neither_does_the_end(
    graph, keeping, send, monkeypatch, tmp_path
):
    blocked, go_on, write = threading.Event(), threading.Event(), keep.KeptFolder.write

    def wait(self, *values):
        blocked.set()
        go_on.wait(60.0)
        write(self, *values)

    monkeypatch.setattr(keep.KeptFolder, 'write', wait)
    monkeypatch.setattr(keep, '_SLOW_S', 0.5)
    results, diagnostics = graph.collect(Classification, 'classification'), graph.diagnostics()
    node = keeping()
    send(RED, blocked.is_set, 'the first image')
    before = len(results)
    send(RED, lambda: len(results) > before + 5, 'results while the folder blocks')
    send(RED, lambda: int(diagnostics.values(STATUS).get('dropped', 0)), 'a dropped image')
    assert 'has not answered' in diagnostics.message(STATUS)
    assert diagnostics.status(STATUS).level == WARN
    assert node.trigger_deactivate()
    go_on.set()
    folder = tmp_path / 'kept'
    graph.wait(lambda: photos(folder), 'what was begun before')
    assert not list(folder.glob('*.part'))


@pytest.mark.parametrize(
    ('path', 'words'),
    [
        ('colours.pt', 'Not a directory; set keep_folder to a folder'),
        ('missing/kept', 'No such file or directory; make the folder that it is to be in'),
    ],
)
def test_what_cannot_be_a_folder_is_one_sentence_and_results_go_on(
    graph, keeping, send, tmp_path, path, words
):
    results, diagnostics = graph.collect(Classification, 'classification'), graph.diagnostics()
    log = graph.collect(Log, '/rosout', 100)
    keeping(keep_folder=str(tmp_path / path))
    send(RED, lambda: int(diagnostics.values(STATUS).get('dropped', 0)) > 1, 'dropped images')
    assert diagnostics.message(STATUS) == f'no image is kept in {tmp_path / path}: {words}'
    assert diagnostics.status(STATUS).level == WARN
    graph.wait(lambda: len(results) > 1, 'results')

    def told():
        return [line.msg for line in log if 'no image is kept' in line.msg]

    graph.wait(told, 'the line in the log')
    assert len(told()) == 1
    repaired = graph.set_parameters('classifier', keep_folder=str(tmp_path / 'kept'))
    assert repaired[0].successful
    send(RED, lambda: diagnostics.status(STATUS).level == OK, 'the end of the warning')
    assert words in diagnostics.values(STATUS)['newest error']


@pytest.mark.parametrize('path', ['~/seen', '${HOME}/seen', 'file://HOME/seen'])
def test_the_folder_is_written_as_every_path(graph, keeping, send, tmp_path, monkeypatch, path):
    monkeypatch.setenv('HOME', str(tmp_path))
    keeping(keep_folder=path.replace('//HOME', f'//{tmp_path}'))
    send(RED, lambda: photos(tmp_path / 'seen'), 'a kept image')


def test_images_of_the_last_run_are_counted(graph, keeping, send, tmp_path):
    folder = tmp_path / 'kept'
    node = keeping()
    send(RED, lambda: photos(folder), 'a kept image')
    assert node.trigger_deactivate()
    (folder / f'{photos(folder)[-1].name}.part').write_bytes(b'half')
    before = len(photos(folder))
    assert node.trigger_activate()
    send(RED, lambda: len(photos(folder)) > before, 'another one')
    assert not list(folder.glob('*.part'))
    assert os.path.basename(photos(folder)[-1]).startswith(f'kept_{before + 1:08d}_')
