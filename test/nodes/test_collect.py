# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Collecting photos from a running topic of images, over real DDS."""

from itertools import islice
import subprocess
import sys

import numpy as np
import pytest

pytest.importorskip('rclpy', reason='there is no ROS 2 here')

from sensor_msgs.msg import CompressedImage, Image
from std_msgs.msg import Header
from support.scenes import scene

from rpi_classifier.cli.collect import main
from rpi_classifier.errors import EncodingError, ImageError, NothingCame
from rpi_classifier.nodes.common import to_messages
from rpi_classifier.nodes.graph_listener import sample_images

PATIENCE_S = 60.0


@pytest.fixture
def play(graph):
    """Return a starter of publishers that repeat messages over and over."""

    def start(topic, *messages, period_s=0.02):
        publisher = graph.client.create_publisher(type(messages[0]), topic, 5)
        numbers = iter(range(1 << 30))

        def publish():
            if publisher.get_subscription_count():
                publisher.publish(messages[next(numbers) % len(messages)])

        graph.client.create_timer(period_s, publish)
        return publisher

    return start


def raw(image):
    return to_messages.image_to_message(image, Header())


def jpeg(image):
    return to_messages.image_to_jpeg(image, Header(), 90)


def take(count, topic, every_s=0.001, wait_s=PATIENCE_S, tell=print):
    pictures = sample_images(topic, every_s, wait_s, tell)
    taken = list(islice(pictures, count))
    pictures.close()
    return taken


def test_images_of_a_topic_come_one_after_the_other(play):
    play('camera/image_raw', raw(scene(1)), raw(scene(2)))
    taken = take(4, '/camera/image_raw')
    assert all(picture.jpeg is None for picture in taken)
    assert any(np.array_equal(picture.image, scene(1)) for picture in taken)
    assert any(np.array_equal(picture.image, scene(2)) for picture in taken)


def test_images_between_two_that_are_taken_are_not_decoded(play, monkeypatch):
    from rpi_classifier.nodes import graph_listener

    decoded = []
    unpack = graph_listener.to_bgr

    def count(message):
        decoded.append(message)
        return unpack(message)

    monkeypatch.setattr(graph_listener, 'to_bgr', count)
    play('image', raw(scene(1)), period_s=0.005)
    assert len(take(3, 'image', every_s=0.3)) == len(decoded) == 3


def test_a_jpeg_comes_with_its_file_unless_its_colours_are_swapped(play):
    message = jpeg(scene(1))
    swapped = CompressedImage(format='rgb8; jpeg compressed rgb8', data=message.data)
    play('plain', message)
    play('swapped', swapped)
    assert take(1, 'plain')[0].jpeg == bytes(message.data)
    (picture,) = take(1, 'swapped')
    assert picture.jpeg is None
    assert np.abs(picture.image[..., ::-1].astype(int) - scene(1)).mean() < 10


def test_a_damaged_image_is_told_once_and_left_out(play):
    cut_off = CompressedImage(format='jpeg', data=jpeg(scene(1)).data[:500])
    play('image', cut_off, jpeg(scene(2)))
    told = []
    assert len(take(3, 'image', tell=told.append)) == 3
    (sentence,) = told
    assert sentence.startswith('an image on /image was refused: ')
    assert sentence.endswith('(left out)')


def test_images_that_are_all_damaged_end_with_the_reason(play):
    play('image', CompressedImage(format='jpeg', data=b'no picture'))
    with pytest.raises(ImageError, match='an image on /image was refused'):
        take(1, 'image', wait_s=3.0)


def test_an_encoding_that_is_no_picture_is_an_error_at_once(play):
    depth = Image(encoding='16UC1', width=4, height=4, step=8, data=bytes(32))
    play('depth', depth)
    with pytest.raises(ImageError, match='an image on /depth was refused') as caught:
        take(1, 'depth')
    assert isinstance(caught.value.__cause__, EncodingError)


def test_silence_after_some_images_ends_too(play):
    publisher = play('image', raw(scene(1)))
    pictures = sample_images('image', 0.001, 5.0, print)
    next(pictures)
    publisher.destroy()
    with pytest.raises(NothingCame, match='nothing came on /image within 5 s'):
        list(pictures)


def test_command_collects_from_a_topic_as_it_came(play, tmp_path, capsys):
    messages = [jpeg(scene(number)) for number in range(4)]
    play('camera/image_raw/compressed', *messages, period_s=0.05)
    words = ['--class', 'cup', '--topic', '/camera/image_raw/compressed', '--every', '0.01']
    words += ['--wait', '60', '--count', '4', '--output', str(tmp_path / 'photos')]
    assert main(words) == 0
    out, errors = capsys.readouterr()
    assert errors == ''
    assert out.startswith(f'{tmp_path}/photos/cup: kept 4, skipped ')
    written = {path.read_bytes() for path in (tmp_path / 'photos' / 'cup').iterdir()}
    assert written == {bytes(message.data) for message in messages}


def test_command_ends_with_3_if_nothing_new_comes(play, tmp_path, capsys):
    play('image', raw(scene(1)))
    words = ['--class', 'cup', '--topic', '/image', '--every', '0.05', '--wait', '60']
    assert main([*words, '--patience', '1', '--output', str(tmp_path / 'photos')]) == 3
    out, errors = capsys.readouterr()
    assert 'kept 1, skipped ' in out
    assert errors == (
        'collect: nothing new came within 1 s; move what is seen, or the camera, or lower '
        '--difference and --blur\n'
    )


def test_command_without_a_publisher_ends_with_3_and_makes_no_folder(graph, tmp_path):
    words = ['--class', 'cup', '--topic', '/nothing', '--wait', '0.5']
    done = subprocess.run(
        [sys.executable, '-m', 'rpi_classifier.cli.collect', *words],
        cwd=tmp_path, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (3, '')
    assert done.stderr.startswith(
        'collect: nothing came on /nothing within 0.5 s: it has no publisher'
    )
    assert done.stderr.count('\n') == 1
    assert list(tmp_path.iterdir()) == []
