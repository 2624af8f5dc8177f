# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The parameter region of a running node: what is classified, drawn, kept and refused."""

import json
from pathlib import Path
import shutil

import cv2
import numpy as np
import pytest

pytest.importorskip('rclpy', reason='there is no ROS 2 here')

from rcl_interfaces.msg import Log
from rclpy.qos import qos_profile_sensor_data
from sensor_msgs.msg import CompressedImage, Image
from std_msgs.msg import Header
from support.colours import colour_image
from support.records import change_record
from vision_msgs.msg import Classification

EXPORTED = Path(__file__).resolve().parents[2] / 'fixtures' / 'v0.1' / 'colours.pt'
RED, BLUE = (cv2.resize(colour_image(index), (320, 480)) for index in (0, 2))
BOTH = np.hstack([RED, BLUE])  # [480, 640, 3]


@pytest.fixture
def colours(classifier, tmp_path):
    """Return a starter of a classifier of colours."""
    path = shutil.copy(EXPORTED, tmp_path / 'colours.pt')
    return lambda **values: classifier(**{'model': str(path), 'weights': 'default', **values})


def best(results):
    return results[-1].results[0].class_id if results else None


def test_the_region_alone_decides_and_is_live(graph, colours, send):
    results = graph.collect(Classification, 'classification', 100)
    node = colours(region=[0.0, 0.0, 0.5, 1.0])
    assert node.config.region == '0.0 0.0 0.5 1.0'
    send(BOTH, lambda: best(results) == 'red', 'the class of the left half')
    for region, colour in (('320, 0, 320, 480', 'blue'), ([10, 10, 200, 300], 'red')):
        (answer,) = graph.set_parameters('classifier', region=region)
        assert answer.successful, answer.reason
        send(BOTH, lambda colour=colour: best(results) == colour, f'the {colour} part')
    (answer,) = graph.set_parameters('classifier', region='0.5 0.5 0.6 0.5')
    assert not answer.successful
    assert answer.reason.startswith("region: '0.5 0.5 0.6 0.5' goes beyond the image")
    assert node.config.region == '10 10 200 300'
    (answer,) = graph.set_parameters('classifier', region='')
    assert answer.successful, answer.reason


def test_region_of_the_model_counts_until_another_one_is_set(graph, colours, send, tmp_path):
    for side, region in ('left', '0 0 0.5 1'), ('right', '320 0 320 480'):
        path = shutil.copy(EXPORTED, tmp_path / f'{side}.pt')
        change_record(path, region=region)
    results, seen = graph.collect(Classification, 'classification', 100), graph.diagnostics()
    colours(model=str(tmp_path / 'left.pt'))

    def wait_for(colour, region):
        send(BOTH, lambda: best(results) == colour, f'the {colour} part')
        graph.wait(lambda: seen.values('classifier: rate').get('region') == region, 'the region')

    wait_for('red', '0 0 0.5 1')
    for colour, region, changes in (
        ('blue', '320 0 320 480', {'model': str(tmp_path / 'right.pt')}),
        ('red', '0 0 0.4 1', {'region': '0 0 0.4 1'}),
        ('blue', '320 0 320 480', {'region': ''}),
    ):
        (answer,) = graph.set_parameters('classifier', **changes)
        assert answer.successful, answer.reason
        wait_for(colour, region)
    log = graph.collect(Log, '/rosout', 100)
    (answer,) = graph.set_parameters('classifier', region='0 0 0.4 1')
    assert answer.successful, answer.reason
    (answer,) = graph.set_parameters('classifier', model=str(tmp_path / 'left.pt'))
    assert answer.successful, answer.reason
    told = 'region: 0 0 0.4 1 is set, though the model was trained on 0 0 0.5 1; an empty one is'
    graph.wait(lambda: any(told in line.msg for line in log), 'the warning')


@pytest.mark.parametrize('kind', ['jpeg', 'png of 16 bits', 'raw of 16 bits'])
def test_images_of_all_kinds_are_cut_alike(graph, colours, kind):
    results = graph.collect(Classification, 'classification', 100)
    colours(region='0.5 0 0.5 1', image_transport='raw' if 'raw' in kind else 'compressed')
    deep = BOTH.astype(np.uint16) * 257
    if kind == 'raw of 16 bits':
        deep = np.ascontiguousarray(deep[..., ::-1])
        message = Image(header=Header(frame_id='lens'), encoding='rgb16', width=640, height=480)
        message.step, message.data = 640 * 6, deep.tobytes()
    else:
        picture = cv2.imencode('.jpg', BOTH) if kind == 'jpeg' else cv2.imencode('.png', deep)
        message = CompressedImage(format=kind[:4].strip(), data=picture[1].tobytes())
    topic = 'image' if 'raw' in kind else 'image/compressed'
    publisher = graph.client.create_publisher(type(message), topic, qos_profile_sensor_data)
    graph.publish_until(publisher, message, lambda: results, 'a result')
    assert best(results) == 'blue'


def test_image_that_the_region_does_not_fit_into_is_counted_and_told(graph, colours, send):
    diagnostics = graph.diagnostics()
    results = graph.collect(Classification, 'classification', 100)
    node = colours(region=[320, 0, 320, 480])
    turned = np.ascontiguousarray(np.rot90(BOTH))
    send(turned, lambda: node._rejected.newest_reason == 'region', 'a refusal')
    assert node._rejected.newest.startswith(
        'region: 320 0 320 480 does not fit into an image of 480x640 pixels'
    )
    send(turned, lambda: diagnostics.values('classifier: input').get('refused: region'), 'count')
    assert not results
    send(BOTH, lambda: best(results) == 'blue', 'an image that fits')


def test_drawn_image_is_dimmed_outside_of_the_region_and_has_its_outline(graph, colours, send):
    gray = np.full((480, 640, 3), 128, np.uint8)
    drawn = graph.collect(Image, 'debug_image')
    colours(region='160 120 320 240')
    send(gray, lambda: drawn, 'a drawn image')
    pixels = np.frombuffer(drawn[0].data, np.uint8).reshape(480, 640, 3)
    assert (pixels[140:280, 180:460] == 128).all()
    assert (pixels[140:280, :150] == 64).all()
    assert (pixels[140:280, 160] == (0, 200, 255)).all()
    assert (pixels[140:280, 479] == (0, 200, 255)).all()


def test_kept_image_is_whole_and_its_record_has_the_region_in_pixels(
    graph, colours, send, tmp_path
):
    folder = tmp_path / 'kept'
    colours(region='0.5 0 0.5 1', keep='every', keep_seconds=1.0, keep_folder=str(folder))
    send(BOTH, lambda: list(folder.glob('*.jpg')), 'a kept image')
    path = min(folder.glob('*.jpg'))
    record = json.loads(path.with_suffix('.json').read_text())
    assert record['region'] == [320, 0, 320, 480]
    assert record['results'][0]['label'] == 'blue'
    assert cv2.imread(str(path)).shape == BOTH.shape
