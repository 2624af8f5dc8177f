# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Both nodes under use_sim_time: a clock that stands still, is slow or fast, and jumps."""

import pytest

pytest.importorskip('rclpy', reason='there is no ROS 2 here')

from rclpy.qos import qos_profile_sensor_data
from rosgraph_msgs.msg import Clock
from sensor_msgs.msg import Image
from std_msgs.msg import Header
from vision_msgs.msg import Classification

from rpi_classifier.nodes.camera.node import CameraNode
from rpi_classifier.nodes.classifier.node import ClassifierNode
from rpi_classifier.nodes.common import to_messages

ENOUGH = 20  # results, of images a hundredth of a second apart
IN_FLIGHT = 10  # images from a camera's hand to the classifier's: 7 in DDS, 2 at its ends, 1 waits
TICK_S = 0.02  # of real time between two messages on /clock


@pytest.fixture
def simulate(graph, image):
    """Return a simulation that sets the clock and shows one image, until it is classified."""
    clock = graph.client.create_publisher(Clock, '/clock', 10)
    camera = graph.client.create_publisher(Image, 'image', qos_profile_sensor_data)
    results = graph.collect(Classification, 'classification')

    def show(second):
        time = Clock()
        time.clock.sec = second
        header = Header()
        header.stamp.sec = second
        message = to_messages.image_to_message(image, header)

        def seen():
            clock.publish(time)
            return results and results[-1].header.stamp.sec == second

        graph.publish_until(camera, message, seen, f'a result of second {second}')

    return show


def test_diagnostics_come_while_the_clock_stands_still(graph, classifier):
    seen = graph.diagnostics()
    classifier(use_sim_time=True)
    graph.wait(lambda: seen.status('classifier: model'), 'diagnostics')


def test_images_before_the_first_tick_are_refused_and_the_reason_names_the_clock(
    graph, classifier, send, image
):
    seen = graph.diagnostics()
    classifier(use_sim_time=True, always_on=True)
    send(
        image,
        lambda: int(seen.values('classifier: input').get('refused: stamp ahead', 0)) > 0,
        'a refusal',
    )
    assert '/clock' in seen.values('classifier: input')['newest']


def test_results_go_on_over_jumps_of_the_clock(classifier, simulate):
    node = classifier(use_sim_time=True, always_on=True, max_age=10.0)
    for second in (100, 101, 3700, 3701, 50, 51):
        simulate(second)
    assert node.error is None


@pytest.fixture
def tick(graph):
    """Return a function that advances the simulated time by so many seconds and publishes it."""
    publisher = graph.client.create_publisher(Clock, '/clock', 10)
    now_s = 0.0

    def tick(step_s):
        nonlocal now_s
        now_s += step_s
        time = Clock()
        time.clock.sec, time.clock.nanosec = int(now_s), int(now_s % 1 * 1e9)
        publisher.publish(time)
        return now_s

    return tick


@pytest.fixture(params=['composed', 'on a topic'])
def robot(request, graph, overrides, photo_folder, tick):
    """Return a starter of a classifier and a camera with simulated time, once they know it."""

    def start():
        values = overrides(use_sim_time=True, device=str(photo_folder), fps=100.0)
        camera = graph.add(CameraNode(parameter_overrides=values))
        values = overrides(use_sim_time=True, weights='random', always_on=True, max_age=5.0)
        remap = ['--ros-args', '-r', 'image:=image_raw']
        composed = camera if request.param == 'composed' else None
        classifier = ClassifierNode(composed, parameter_overrides=values, cli_args=remap)
        assert graph.add(classifier).start()
        clocks = camera.get_clock(), classifier.get_clock()
        graph.wait(
            lambda: tick(0) and all(clock.now().nanoseconds for clock in clocks), 'a first tick'
        )
        assert camera.start()
        return classifier, camera

    return start


def stamps_s(messages):
    return [message.header.stamp.sec + message.header.stamp.nanosec / 1e9 for message in messages]


@pytest.mark.parametrize('rate', [0, 0.1, 1, 10])
def test_a_clock_of_any_rate_stamps_images_and_refuses_none(graph, robot, tick, rate):
    """A real-time age subtracted from simulated time would make stamps go back and forth."""
    seen = graph.diagnostics()
    results = graph.collect(Classification, 'classification', 100)
    tick(1000)
    node, _ = robot()

    def enough():
        now_s = tick(rate * TICK_S)
        return sum(1000 <= stamp_s <= now_s for stamp_s in stamps_s(results)) >= ENOUGH

    graph.wait(enough, f'results at {rate} times real time')
    stamps = stamps_s(results)
    assert stamps == sorted(stamps)
    said = f'{node.status_name}: input'
    graph.wait(lambda: 'refused' in seen.values(said), 'the status of the input')
    assert seen.values(said)['refused'] == '0', seen.values(said)
    stream = 'camera: stream'
    graph.wait(lambda: 'stamp source' in seen.values(stream), 'the status of the stream')
    assert seen.values(stream)['stamp source'] == 'simulated'


def test_a_clock_that_jumps_back_begins_anew(graph, robot, tick):
    results = graph.collect(Classification, 'classification', 100)
    tick(1000)
    classifier, camera = robot()
    refused = classifier._rejected._counts
    clocks = classifier.get_clock(), camera.get_clock()
    for step_s in (0, -995, -2):
        began_s = tick(step_s)

        def known():
            return all(clock.now().nanoseconds / 1e9 < tick(0) + 1 for clock in clocks)

        def since(began_s=began_s):
            now_s = tick(TICK_S)
            return sum(began_s <= stamp_s <= now_s for stamp_s in stamps_s(results))

        # Of two nodes, each learns of the jump by itself; what comes in between may be refused.
        graph.wait(known, f'{step_s} s in both nodes')
        before = refused.total()
        graph.wait(since, f'a result after {step_s} s')
        in_flight = 2 if classifier._camera else IN_FLIGHT
        assert refused.total() - before <= in_flight, refused
        before = refused.total()
        graph.wait(lambda: since() > ENOUGH, f'results after {step_s} s')
        assert refused.total() == before, refused
    assert set(refused) <= {'clock back', 'stamp back', 'stamp too old'}


def test_latency_of_images_with_simulated_stamps_is_from_their_arrival(graph, robot, tick):
    seen = graph.diagnostics()
    tick(1000)
    node, _ = robot()
    since = 'capture' if node._camera else 'arrival'
    status = 'classifier: latency'
    graph.wait(lambda: f' ms from {since} to result' in seen.message(status), 'a latency')
    assert float(seen.values(status)['receive ms p50']) >= 0
