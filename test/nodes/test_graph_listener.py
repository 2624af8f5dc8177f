# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Listening to a running graph, as the command classify does, over real DDS."""

import json
import os
from pathlib import Path
import signal
import subprocess
import sys

import numpy as np
import pytest

pytest.importorskip('rclpy', reason='there is no ROS 2 here')

from rclpy.qos import QoSProfile, ReliabilityPolicy
from sensor_msgs.msg import CompressedImage, Image
from std_msgs.msg import Header, String
from support.colours import colour_image
from support.ros import LATCHED
from vision_msgs.msg import Classification, ObjectHypothesis

from rpi_classifier.cli.classify import main
from rpi_classifier.errors import ConfigError, ImageError, NothingCame
from rpi_classifier.nodes import graph_listener
from rpi_classifier.nodes.common import to_messages
from rpi_classifier.nodes.graph_listener import receive_image, watch_classes

COLOURS = Path(__file__).resolve().parents[1] / 'fixtures' / 'v0.1' / 'colours.pt'
RED = colour_image(0)
RELIABLE = QoSProfile(depth=5)
BEST_EFFORT = QoSProfile(depth=5, reliability=ReliabilityPolicy.BEST_EFFORT)
PATIENCE_S = 60.0


@pytest.fixture
def repeat(graph):
    """Return a starter of publishers that repeat messages in turn."""

    def start(topic, *messages, qos=RELIABLE, period_s=0.05):
        publisher = graph.client.create_publisher(type(messages[0]), topic, qos)
        queue = list(messages)

        def publish():
            if publisher.get_subscription_count():
                publisher.publish(queue[0])
                if len(queue) > 1:
                    queue.pop(0)

        graph.client.create_timer(period_s, publish)
        return publisher

    return start


def classification(*classes):
    results = [ObjectHypothesis(class_id=name, score=score) for name, score in classes]
    message = Classification(results=results)
    message.header.stamp.sec = 7
    return message


def raw(image):
    return to_messages.image_to_message(image, Header(frame_id='lens'))


@pytest.mark.parametrize('qos', [RELIABLE, BEST_EFFORT, LATCHED])
def test_an_image_comes_whatever_the_publisher_offers(repeat, qos):
    repeat('camera/image_raw', raw(RED), qos=qos)
    assert np.array_equal(receive_image('/camera/image_raw', PATIENCE_S), RED)


def test_a_latched_image_of_the_past_comes(graph):
    graph.client.create_publisher(Image, 'map', LATCHED).publish(raw(RED))
    assert np.array_equal(receive_image('map', PATIENCE_S), RED)


def test_a_compressed_topic_is_known_by_its_type(repeat):
    repeat('pictures', to_messages.image_to_jpeg(RED, Header(), 95))
    image = receive_image('pictures', PATIENCE_S)
    assert image.shape == RED.shape
    assert np.abs(image.astype(int) - RED).mean() < 5


def test_a_topic_without_publishers_is_said_with_those_that_have_some(repeat):
    repeat('camera/image_raw', raw(RED))
    with pytest.raises(NothingCame) as caught:
        receive_image('image', 3.0)
    assert str(caught.value) == (
        'nothing came on /image within 3 s: it has no publisher; of this kind there is '
        '/camera/image_raw'
    )


def test_another_type_is_named(repeat):
    repeat('chatter', String(data='hello'))
    with pytest.raises(NothingCame, match='it is of type std_msgs/msg/String; expected sensor_ms'):
        receive_image('chatter', 3.0)


def test_silence_is_said(graph):
    graph.client.create_publisher(Image, 'image', RELIABLE)
    with pytest.raises(NothingCame, match='has 1 publishers, but they are silent'):
        receive_image('image', 3.0)


def test_qos_that_does_not_fit_is_said(graph, monkeypatch):
    graph.client.create_publisher(Image, 'image', BEST_EFFORT)
    monkeypatch.setattr(graph_listener, 'QoSProfile', lambda **_: RELIABLE)
    with pytest.raises(NothingCame, match='the QoS of client does not fit'):
        receive_image('image', 3.0)


def test_a_bad_name_and_a_bad_image_are_one_sentence(repeat):
    with pytest.raises(ConfigError, match=r"--topic: 'two words' is not the name of a topic"):
        receive_image('two words', 1.0)
    repeat('image', CompressedImage(data=b'no picture', format='jpeg'))
    with pytest.raises(ImageError, match='the image on /image was refused'):
        receive_image('image', PATIENCE_S)


def test_changes_of_the_best_class_are_yielded_and_nothing_else(repeat):
    cat, dog = ('cat', 0.8), ('dog', 0.2)
    repeat(
        'classification',
        *[classification(cat, dog)] * 3,
        *[classification(dog, cat)] * 3,
        *[classification()] * 2,
        classification(cat),
    )
    changes = watch_classes('/classification', PATIENCE_S)
    seen = [[one.class_id for one in next(changes).results] for _ in range(4)]
    changes.close()
    assert seen[-3:] == [['dog', 'cat'], [], ['cat']]
    assert seen[0] == ['cat', 'dog']


def run(*words, **options):
    return subprocess.Popen(
        [sys.executable, '-m', 'rpi_classifier.cli.classify', *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


def test_command_classifies_one_image_of_a_running_camera(repeat):
    repeat('camera/image_raw', raw(RED))
    process = run('--topic', '/camera/image_raw', '--wait', '60', '--json', '--model', COLOURS)
    out, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    (entry,) = json.loads(out)
    assert entry['image'] == '/camera/image_raw'
    assert entry['results'][0]['label'] == 'red'


def test_command_without_a_publisher_ends_with_3_and_one_sentence(graph):
    process = run('--topic', '/nothing', '--wait', '0.5', '--model', COLOURS)
    out, errors = process.communicate(timeout=120)
    assert (process.returncode, out) == (3, '')
    assert errors.startswith(
        'classify: nothing came on /nothing within 0.5 s: it has no publisher'
    )
    assert errors.count('\n') == 1


def test_command_watches_a_running_classifier_until_ctrl_c(graph, classifier, repeat):
    classifier(model=str(COLOURS), weights='default')
    repeat('image', *[raw(RED)] * 5, *[raw(colour_image(2))] * 2)
    process = run('--watch', '--wait', '60')
    lines = [process.stdout.readline() for _ in range(2)]
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (0, '')
    assert [line.split()[-1] for line in lines] == ['red', 'blue']


def test_count_ends_the_watching_and_json_has_one_line_per_change(repeat, capsys):
    cat, dog = ('cat', 0.75), ('dog', 0.25)
    repeat('robot/seen', classification(cat, dog), classification(('dog', 1.0)))
    words = ['--watch', '--topic', 'robot/seen', '--wait', '60', '--count', '2', '--json']
    assert main(words) == 0
    changes = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert changes[1] == {'stamp_ns': 7 * 10**9, 'results': [{'class_id': 'dog', 'score': 1.0}]}
    assert changes[0]['results'][0] == {'class_id': 'cat', 'score': 0.75}


def test_a_graph_that_cannot_start_is_one_sentence():
    environment = {**os.environ, 'ROS_DOMAIN_ID': 'home'}
    process = run('--topic', '/image', env=environment)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 2
    assert errors.startswith('classify: ROS 2 does not start: ')
    assert errors.count('\n') == 1
