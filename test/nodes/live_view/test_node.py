# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The node of the live page, beside real nodes, asked by a real client."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
import json
from pathlib import Path
import shutil
import threading
import weakref

import cv2
import numpy as np
import pytest

pytest.importorskip('rclpy', reason='there is no ROS 2 here')
pytest.importorskip('aiohttp', reason='aiohttp is not installed')

import aiohttp
from diagnostic_msgs.msg import DiagnosticArray
from rclpy.qos import qos_profile_sensor_data
from sensor_msgs.msg import CompressedImage, Image
from std_msgs.msg import Header
from support.colours import colour_image, Colours
from support.foreign import save_scripted
from support.live import events, jpeg, Server
from support.records import change_record
from support.ros import LATCHED
from vision_msgs.msg import Classification, ObjectHypothesis

from rpi_classifier.nodes.camera.node import CameraNode
from rpi_classifier.nodes.classifier import model_loader
from rpi_classifier.nodes.classifier.node import ClassifierNode
from rpi_classifier.nodes.common import to_messages
from rpi_classifier.nodes.live_view.node import LiveViewNode

COLOURS = Path(__file__).resolve().parents[2] / 'fixtures' / 'v0.1' / 'colours.pt'
REMAP = ('-r', 'image:=image_raw', '-r', 'image/compressed:=image_raw/compressed')
TOPICS = (
    '/image_raw', '/image_raw/compressed', '/classification', '/stable_classification',
    '/label_info', '/vision_info', '/diagnostics',
)  # fmt: skip


@pytest.fixture
def start_node(graph, overrides):
    """Return a starter of nodes, remapped as the launch file does it."""

    def start_node(kind, **values):
        options = {'cli_args': ['--ros-args', *REMAP]}
        node = graph.add(kind(parameter_overrides=overrides(**values), **options))
        assert node.start(), node.reason
        return node

    return start_node


@pytest.fixture
def live(start_node):
    """Return a starter of the live page on a free port."""

    def start(**values):
        node = start_node(LiveViewNode, port=0, **values)
        return Server(node._page, int(node.url.rsplit(':', 1)[1][:-1]))

    return start


@pytest.fixture
def held_trials(monkeypatch):
    """Hold back the trial of every model until what is returned is set."""
    allowed = threading.Event()
    monkeypatch.setattr(model_loader, 'try_to_load', lambda *_: allowed.wait(60))
    yield allowed
    allowed.set()


class Viewer:
    """A viewer of the page, and of the picture if that is wanted: what it has seen so far."""

    def __init__(self):
        self.sections = {}
        self.pictures = []

    async def watch(self, server, picture):
        async with aiohttp.ClientSession() as session:
            work = [self._read_state(session, server)]
            work += [self._read_pictures(session, server)] if picture else []
            await asyncio.gather(*work)

    async def _read_state(self, session, server):
        async with session.get(f'{server.url}/state') as answer:
            async for section, content in events(answer.content):
                self.sections[section] = content

    async def _read_pictures(self, session, server):
        async with session.get(f'{server.url}/picture') as answer:
            reader = aiohttp.MultipartReader.from_response(answer)
            while True:
                self.pictures.append(await (await reader.next()).read())


@contextmanager
def watching(server, picture=False):
    """Watch the page until the end of the context."""
    viewer, loop = Viewer(), asyncio.new_event_loop()
    task = loop.create_task(viewer.watch(server, picture))

    def run():
        with pytest.raises((asyncio.CancelledError, aiohttp.ClientError, AssertionError)):
            loop.run_until_complete(task)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield viewer
    finally:
        loop.call_soon_threadsafe(task.cancel)
        thread.join()
        loop.close()


def subscribed(graph):
    """Return the topics that live_view subscribes to."""
    found = graph.client.get_subscriber_names_and_types_by_node('live_view', '/')
    return {name for name, _ in found}


def test_without_a_viewer_nothing_is_subscribed_to_and_nothing_is_classified(
    graph, start_node, live, photo_folder
):
    camera = start_node(CameraNode, device=str(photo_folder))
    classifier = start_node(ClassifierNode, weights='random')
    server = live()
    graph.wait(lambda: 'live_view' in graph.client.get_node_names(), 'the node')
    assert not subscribed(graph) & set(TOPICS)
    assert sum(camera._images.count_subscriptions()) == 0
    with watching(server, picture=True) as viewer:
        graph.wait(lambda: viewer.sections.get('top') and viewer.pictures, 'classes and pictures')
        assert subscribed(graph) >= set(TOPICS) - {'/image_raw'}
    graph.wait(lambda: not subscribed(graph) & set(TOPICS), 'the end of all subscriptions')
    graph.wait(lambda: not classifier._images.listening, 'an idle classifier')


def test_who_watches_the_state_only_needs_no_pictures(graph, start_node, live, photo_folder):
    camera = start_node(CameraNode, device=str(photo_folder))
    with watching(live()) as viewer:
        graph.wait(lambda: viewer.sections.get('diagnostics'), 'diagnostics')
        assert sum(camera._images.count_subscriptions()) == 0


def test_page_shows_what_the_classifier_publishes(graph, start_node, live, photo_folder):
    results = graph.collect(Classification, '/classification')
    start_node(CameraNode, device=str(photo_folder), photo_seconds=0.2)
    start_node(ClassifierNode, weights='random', top_k=3)
    with watching(live()) as viewer:
        graph.wait(lambda: len(viewer.sections.get('top', ())) == 3, 'three classes')
        graph.wait(lambda: viewer.sections.get('figures', {}).get('stages'), 'the stages')
        shown = viewer.sections
        published = {one.results[0].class_id for one in list(results)}
        assert shown['top'][0][0] in published
        assert shown['model'] == {
            'name': 'mobilenet_v2', 'runtime': 'torchscript', 'classes': 1000,
            'running': 'mobilenet_v2', 'loading': '', 'refused': '',
            'kernels': shown['model']['kernels'],
        }  # fmt: skip
        assert {name for name, _, _ in shown['diagnostics']} >= {
            'camera: stream',
            'classifier: rate',
        }
        assert [name for name, *_ in shown['figures']['stages']][-1] == 'end to end'
        graph.wait(lambda: viewer.sections['troubles'] == [], 'no troubles')


def test_unknown_is_shown_by_its_name_and_does_not_count_as_a_class_of_the_model(
    graph, start_node, live, photo_folder
):
    start_node(CameraNode, device=str(photo_folder), photo_seconds=0.2)
    start_node(ClassifierNode, weights='random', unknown_below=1.0, class_id='index')
    with watching(live()) as viewer:
        graph.wait(lambda: viewer.sections.get('top'), 'classes')
        graph.wait(lambda: viewer.sections['top'][0][0] == 'unknown', 'the name')
        graph.wait(lambda: viewer.sections.get('model', {}).get('classes') == 1000, 'the number')


def test_stable_class_and_its_history_are_shown(graph, live):
    message = Classification()
    message.results = [ObjectHypothesis(class_id='猫', score=0.9)]
    publisher = graph.client.create_publisher(Classification, '/stable_classification', LATCHED)
    publisher.publish(message)
    with watching(live()) as viewer:
        graph.wait(lambda: viewer.sections.get('stable') == '猫', 'the stable class')
        graph.wait(lambda: viewer.sections.get('history'), 'the history')
        ((label, start, end),) = viewer.sections['history']
        assert (label, end) == ('猫', None)
        assert start > 0


def test_jpeg_of_the_camera_is_passed_on_byte_by_byte(graph, live):
    picture = jpeg(99, side=48)
    message = CompressedImage(format='bgr8; jpeg compressed bgr8', data=picture)
    publisher = graph.client.create_publisher(
        CompressedImage, '/image_raw/compressed', qos_profile_sensor_data
    )
    with watching(live(), picture=True) as viewer:
        graph.publish_until(publisher, message, lambda: viewer.pictures, 'a picture')
        assert viewer.pictures[0] == picture
        graph.wait(lambda: viewer.sections.get('picture', {}).get('words'), 'words about it')
        assert viewer.sections['picture']['words'] == "48x48, the camera's own JPEG"


@pytest.mark.parametrize('kind', ['raw', 'png'])
def test_other_images_are_encoded_once(graph, live, kind):
    image = np.full((40, 60, 3), (10, 20, 200), np.uint8)
    if kind == 'raw':
        message, topic = to_messages.image_to_message(image, Header()), '/image_raw'
    else:
        data = cv2.imencode('.png', image)[1].tobytes()
        message, topic = CompressedImage(format='png', data=data), '/image_raw/compressed'
    publisher = graph.client.create_publisher(type(message), topic, qos_profile_sensor_data)
    with watching(live(), picture=True) as viewer:
        graph.publish_until(publisher, message, lambda: viewer.pictures, 'a picture')
        shown = cv2.imdecode(np.frombuffer(viewer.pictures[0], np.uint8), cv2.IMREAD_COLOR)
        assert shown.shape == image.shape
        assert np.abs(shown.astype(int) - image).max() < 20


def test_images_that_are_no_pictures_are_named(graph, live):
    message = Image(encoding='16UC1', width=2, height=2, step=4, data=bytes(8))
    publisher = graph.client.create_publisher(Image, '/image_raw', qos_profile_sensor_data)
    with watching(live(), picture=True) as viewer:
        graph.publish_until(
            publisher, message, lambda: viewer.sections.get('troubles'), 'words about it'
        )
        (said,) = [one for one in viewer.sections['troubles'] if 'image_raw' in one]
        assert said.startswith('The images of /image_raw cannot be shown: ')
        assert 'is depth, not a picture' in said


def test_camera_and_classifier_that_are_missing_are_named_and_come_back(
    graph, start_node, live, photo_folder
):
    with watching(live(), picture=True) as viewer:
        graph.wait(lambda: len(viewer.sections.get('troubles', ())) == 2, 'two sentences')
        camera, classifier = viewer.sections['troubles']
        assert camera.startswith('The camera has not published for ')
        assert camera.endswith(
            ' s: nobody publishes /image_raw; start the camera, and it is shown.'
        )
        assert classifier.startswith('The classifier has not published for ')
        assert '/classifier does not answer' in classifier
        start_node(CameraNode, device=str(photo_folder))
        start_node(ClassifierNode, weights='random')
        graph.wait(lambda: viewer.sections['troubles'] == [] and viewer.pictures, 'both')


def test_results_with_indices_and_strange_numbers_are_shown(graph, live):
    publisher = graph.client.create_publisher(Classification, '/classification', 10)
    message = Classification()
    message.results = [
        ObjectHypothesis(class_id='<b>' + 'x' * 10_000, score=float('nan')),
        *(ObjectHypothesis(class_id=str(index), score=0.1) for index in range(500)),
    ]
    with watching(live()) as viewer:
        graph.publish_until(publisher, message, lambda: viewer.sections.get('top'), 'classes')
        top = viewer.sections['top']
        assert len(top) == 20
        assert top[0] == ['<b>' + 'x' * 197, 0.0]


def test_controls_change_parameters_and_show_refusals_of_the_node(graph, start_node, live):
    node = start_node(ClassifierNode, weights='random')
    server = live(controls=True)
    with watching(server) as viewer:
        graph.wait(lambda: viewer.sections.get('controls'), 'the controls')
        shown = {one['name']: one for one in viewer.sections['controls']['parameters']}
        assert (shown['enter_threshold']['minimum'], shown['enter_threshold']['maximum']) == (
            0.01,
            1,
        )
        assert server.control(do='set', node='classifier', name='top_k', value=3)[0] == 200
        assert node.config.top_k == 3
        status, text = server.control(
            do='set', node='classifier', name='enter_threshold', value=0.1
        )
        assert status == 409
        assert json.loads(text)['refused'] == (
            'leave_threshold: 0.3 is more than enter_threshold, 0.1; set it to that or less'
        )
        status, text = server.control(do='set', node='classifier', name='model', value='resnet18')
        assert 'is not a parameter that this page changes' in text


def test_pause_and_start_go_by_the_lifecycle(graph, start_node, live):
    node = start_node(ClassifierNode, model=str(COLOURS))
    server = live(controls=True)
    with watching(server) as viewer:
        graph.wait(lambda: viewer.sections.get('controls'), 'the controls')
        assert server.control(do='pause') == (200, '{"done": "the classifier is paused"}')
        assert not node.active
        assert server.control(do='pause')[0] == 200
        assert server.control(do='resume') == (200, '{"done": "the classifier runs"}')
        assert node.active
        assert server.control(do='resume')[0] == 200
        node.trigger_deactivate()
        node.trigger_cleanup()
        done = 'no_such is loaded when the classifier is started'
        assert server.control(do='model', model='no_such') == (200, json.dumps({'done': done}))
        status, text = server.control(do='resume')
        assert status == 409
        assert json.loads(text)['refused'].startswith("model 'no_such' is not in the zoo; ")
        assert server.control(do='model', model=str(COLOURS))[0] == 200
        assert server.control(do='resume')[0] == 200
        assert node.active


def test_results_go_on_while_another_model_is_loaded(
    graph, start_node, live, photo_folder, tmp_path, held_trials
):
    results = graph.collect(Classification, '/classification')
    start_node(CameraNode, device=str(photo_folder))
    start_node(ClassifierNode, model=str(COLOURS))
    server = live(controls=True)
    other = str(shutil.copy(COLOURS, tmp_path / 'other.pt'))
    with watching(server) as viewer:
        graph.wait(lambda: viewer.sections.get('model', {}).get('runtime'), 'the model')
        done = f'{other} is loaded in the background; colours goes on until it is ready'
        assert server.control(do='model', model=other) == (200, json.dumps({'done': done}))
        graph.wait(lambda: viewer.sections['model']['loading'] == other, 'what is loaded')
        graph.wait(lambda: viewer.sections['controls']['model'] == other, 'the parameter')
        results.clear()
        graph.wait(lambda: len(results) > 5, 'results of the model that goes on')
        assert viewer.sections['model']['running'] == str(COLOURS)
        held_trials.set()
        graph.wait(lambda: viewer.sections['model']['running'] == other, 'the other model')
        assert viewer.sections['model']['loading'] == viewer.sections['model']['refused'] == ''


def test_model_that_is_refused_is_said_in_the_words_of_the_node(
    graph, start_node, live, photo_folder, tmp_path
):
    results = graph.collect(Classification, '/classification')
    start_node(CameraNode, device=str(photo_folder))
    start_node(ClassifierNode, model=str(COLOURS))
    server = live(controls=True)
    bad = save_scripted(Colours(), tmp_path / 'bad.pt')  # nobody says what its classes are
    with watching(server) as viewer:
        graph.wait(lambda: viewer.sections.get('controls'), 'the controls')
        status, text = server.control(do='model', model='no_such')
        assert status == 409
        assert json.loads(text)['refused'].startswith("model 'no_such' is not in the zoo; ")
        assert server.control(do='model', model=str(bad))[0] == 200
        graph.wait(lambda: viewer.sections.get('model', {}).get('refused'), 'the refusal')
        assert viewer.sections['model']['refused'].startswith(f'{bad} was refused: ')
        assert 'labels' in viewer.sections['model']['refused']
        graph.wait(lambda: viewer.sections['controls']['model'] == str(COLOURS), 'the former one')
        results.clear()
        graph.wait(lambda: results, 'results')
        assert viewer.sections['model']['running'] == str(COLOURS)


def test_paused_classifier_loads_another_model_and_stays_paused(graph, start_node, live, tmp_path):
    node = start_node(ClassifierNode, model=str(COLOURS))
    server = live(controls=True)
    other = str(shutil.copy(COLOURS, tmp_path / 'other.pt'))
    with watching(server) as viewer:
        assert server.control(do='pause')[0] == 200
        assert server.control(do='model', model=other)[0] == 200
        graph.wait(lambda: viewer.sections.get('model', {}).get('running') == other, 'the model')
        assert not node.active


def test_pause_of_a_classifier_that_is_not_started_is_refused_at_once(graph, start_node, live):
    node = start_node(ClassifierNode, model=str(COLOURS))
    node.trigger_deactivate()
    node.trigger_cleanup()
    server = live(controls=True)
    status, text = server.control(do='pause')
    assert status == 409
    assert '/classifier is not started, so nothing is paused' in text
    assert server.control(do='resume')[0] == 200
    assert node.active


def test_names_that_are_numbers_are_not_taken_for_indices(graph, start_node, live, tmp_path):
    path = shutil.copy(COLOURS, tmp_path / 'm.pt')
    change_record(path, labels=('2', '0', '1'))
    cv2.imwrite(str(tmp_path / 'red.png'), colour_image(0))
    start_node(CameraNode, device=str(tmp_path / 'red.png'))
    node = start_node(ClassifierNode, model=str(path), class_id='index')
    with watching(live(), picture=True) as viewer:
        graph.wait(
            lambda: (viewer.sections.get('top') or [['']])[0][0] == '2', 'the name of index 0'
        )
        (answer,) = graph.set_parameters('classifier', class_id='name')
        assert answer.successful
        assert node.config.class_id == 'name'
        seen = graph.collect(Classification, '/classification', 10)
        graph.wait(lambda: seen and seen[-1].results[0].class_id == '2', 'names')
        graph.wait(lambda: (viewer.sections['top'] or [['']])[0][0] == '2', 'the same name')


@pytest.mark.parametrize('text', ['\ud800', 'a\0b'])
def test_a_text_that_no_parameter_can_have_is_refused(graph, start_node, live, text):
    start_node(ClassifierNode, model=str(COLOURS))
    server = live(controls=True)
    region = {'do': 'set', 'node': 'classifier', 'name': 'region', 'value': text}
    for deed in {'do': 'model', 'model': text}, region:
        status, answer = server.control(**deed)
        assert status == 409
        assert 'has a character that no parameter can have' in answer
    number = {'do': 'set', 'node': 'classifier', 'name': 'score_threshold', 'value': 10**400}
    assert server.control(**number)[0] == 409


def test_a_node_that_does_not_run_is_said_to_a_control(live):
    status, text = live(controls=True).control(do='pause')
    assert status == 409
    assert '/classifier/get_state does not answer; does its node run?' in text
    status, text = live(controls=True).control(
        do='set', node='camera', name='jpeg_quality', value=5
    )
    assert (status, '/camera does not answer; does it run?' in text) == (409, True)


def test_pictures_and_what_the_real_classifier_keeps_are_put_into_classes(
    graph, start_node, live, photo_folder, tmp_path
):
    own, kept = tmp_path / 'own', tmp_path / 'kept'
    start_node(CameraNode, device=str(photo_folder))
    values = {'keep': 'every', 'keep_seconds': 1.0, 'keep_folder': str(kept)}
    start_node(ClassifierNode, model=str(COLOURS), region='0 0 0.5 1', **values)
    server = live(controls=True, collect_folder=str(own))
    with watching(server, picture=True) as viewer:
        graph.wait(lambda: viewer.pictures, 'a picture')
        status, text = server.control(**{'do': 'collect', 'class': 'mine'})
        assert (status, text) == (200, '{"done": "kept as mine/photo_00001.jpg"}')
        graph.wait(lambda: (viewer.sections.get('collection') or {}).get('kept'), 'a kept picture')
        graph.wait(lambda: viewer.sections.get('labels'), 'the names of classes')
        assert viewer.sections['labels'] == ['blue', 'green', 'red']
        shown = viewer.sections['collection']['kept'][0]
        assert shown['guesses'][0][0] in viewer.sections['labels']
        assert server.control(**{'do': 'confirm', 'id': shown['id'], 'class': 'other'})[0] == 200
        counts = [['mine', 1], ['other', 1]]
        graph.wait(lambda: viewer.sections['collection']['counts'] == counts, 'the counts')
        graph.wait(lambda: viewer.sections['picture'].get('region'), 'the region')
        assert viewer.sections['picture']['region'] == [0, 0, 0.5, 1]
    assert cv2.imread(str(own / 'mine' / 'photo_00001.jpg')).shape == (60, 80, 3)
    assert len(list((own / 'other').glob('kept_*.jpg'))) == 1


def test_node_that_somebody_watched_is_freed_after_its_end(graph, start_node):
    node = start_node(LiveViewNode, port=0, controls=True)
    page = weakref.ref(node._page)
    with watching(Server(page(), int(node.url.rsplit(':', 1)[1][:-1]))) as viewer:
        graph.wait(lambda: viewer.sections.get('controls'), 'the controls')
    node = weakref.ref(node)
    graph.close()  # its executor, too, holds what it last waited for
    assert (node(), page()) == (None, None)


def test_without_controls_there_are_no_clients(graph, live):
    server = live()
    assert server.control(do='pause')[0] == 409
    clients = graph.client.get_client_names_and_types_by_node('live_view', '/')
    assert clients == []


def test_a_busy_port_fails_the_transition_with_one_sentence(graph, overrides, live):
    server = live()
    options = {'parameter_overrides': overrides(port=server.port), 'cli_args': []}
    other = graph.add(LiveViewNode(**options))
    assert not other.start()
    assert other.reason == (
        f'port {server.port} of 127.0.0.1 is in use by another program; end that program, or set '
        'port to another'
    )


def test_deactivated_node_serves_nothing_and_serves_again(graph, start_node):
    node = start_node(LiveViewNode, port=0)
    node.trigger_deactivate()
    assert node.url == ''
    assert 'http' not in [thread.name for thread in threading.enumerate()]
    node.trigger_activate()
    assert Server(node._page, int(node.url.rsplit(':', 1)[1][:-1])).ask('/')[0] == 200


def test_status_says_where_the_page_is_and_who_watches(graph, live):
    arrays = graph.collect(DiagnosticArray, '/diagnostics')
    server = live()

    def messages():
        found = [one for array in list(arrays) for one in array.status]
        return [one.message for one in found if one.name == 'live_view: page']

    with watching(server):
        graph.wait(lambda: f'1 viewers at {server.url}/' in messages(), 'a viewer')
