# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The topic debug_image over DDS: drawn for those who watch, never in the way of results."""

import threading

import cv2
import numpy as np
import pytest

pytest.importorskip('rclpy', reason='there is no ROS 2 here')

from rcl_interfaces.msg import Log
from sensor_msgs.msg import CompressedImage, Image
from vision_msgs.msg import Classification

from rpi_classifier.nodes.classifier import debug_image

WIDTH, HEIGHT = 320, 240
GRAY = np.full((HEIGHT, WIDTH, 3), 128, np.uint8)


def pixels(message):
    return np.frombuffer(message.data, np.uint8).reshape(message.height, message.width, 3)


def test_image_shows_what_was_seen_under_the_header_of_the_camera(graph, classifier, send):
    drawn = graph.collect(Image, 'debug_image')
    classifier()
    send(GRAY, lambda: drawn, 'a drawn image')
    assert (drawn[0].width, drawn[0].height, drawn[0].encoding) == (WIDTH, HEIGHT, 'bgr8')
    assert (drawn[0].header.frame_id, drawn[0].header.stamp.sec) == ('lens', 1234)
    seen = (pixels(drawn[0]) != 128).any(axis=2)
    assert seen[-10:].mean() > 0.9  # the bars
    assert seen[:10].mean() > 0.9  # the figures
    assert not seen[HEIGHT // 3 : HEIGHT // 2].any()


def test_jpeg_alone_is_made_for_those_who_want_it_compressed(graph, classifier, send):
    drawn = graph.collect(CompressedImage, 'debug_image/compressed')
    classifier()
    send(GRAY, lambda: drawn, 'a drawn image')
    assert drawn[0].header.frame_id == 'lens'
    image = cv2.imdecode(np.frombuffer(drawn[0].data, np.uint8), cv2.IMREAD_COLOR)
    assert image.shape == GRAY.shape


def test_nothing_is_drawn_while_nobody_watches(graph, classifier, send, monkeypatch):
    drawn = []
    monkeypatch.setattr(debug_image, 'draw_overlay', lambda *_: drawn.append(1) or GRAY)
    results = graph.collect(Classification, 'classification')
    node = classifier()
    send(GRAY, lambda: len(results) > 3, 'results')
    assert drawn == []
    images = graph.collect(Image, 'debug_image')
    send(GRAY, lambda: images, 'a drawn image')
    assert drawn
    node.trigger_deactivate()
    assert node.count_publishers('debug_image')


def test_results_do_not_wait_for_a_slow_drawing(graph, classifier, send, monkeypatch):
    drawing, go_on, originals = threading.Event(), threading.Event(), []

    def draw(image, *_):
        originals.append(image)
        drawing.set()
        go_on.wait(60.0)
        return image

    monkeypatch.setattr(debug_image, 'draw_overlay', draw)
    graph.collect(Image, 'debug_image')
    results = graph.collect(Classification, 'classification')
    node = classifier(debug_max_rate=0.0)
    send(GRAY, drawing.is_set, 'the first drawing')
    before = len(results)
    send(GRAY, lambda: len(results) > before + 5, 'results while one image is drawn')
    white = np.full_like(GRAY, 255)
    before = len(results)
    send(white, lambda: len(results) > before + 10, 'results of newer images')
    assert len(originals) == 1
    go_on.set()
    graph.wait(lambda: len(originals) > 1, 'the newest image')
    assert (originals[1] == white).all()
    assert node.trigger_deactivate()


def test_stable_class_is_known_without_subscribers_of_its_topic(
    weights, graph, classifier, send, photos, monkeypatch
):
    headlines = []

    def draw(image, overlay, _):
        headlines.append(overlay.headline)
        return image

    monkeypatch.setattr(debug_image, 'draw_overlay', draw)
    graph.collect(Image, 'debug_image')
    path, top5 = next(iter(photos.items()))
    classifier(weights='default', min_duration=0.0)
    send(cv2.imread(str(path)), lambda: top5[0]['label'] in headlines, 'the stable class')


def test_labels_without_a_font_are_told_once(graph, classifier, send, monkeypatch):
    lacking = debug_image.FontFile('DejaVuSans.ttf', missing='\U0010fffd')
    monkeypatch.setattr(debug_image, 'find_font', lambda _: lacking)
    drawn, log = graph.collect(Image, 'debug_image'), graph.collect(Log, '/rosout', 100)
    classifier()
    send(GRAY, lambda: len(drawn) > 2, 'drawn images')

    def told():
        return [line.msg for line in log if 'no font' in line.msg]

    graph.wait(told, 'the line in the log')
    assert len(told()) == 1
    assert 'fonts-noto-cjk' in told()[0]
