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
    """Return a starter of a camera and a classifier with simulated time, once they know it."""

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
        return classifier

    return start


def stamps_s(messages):
    return [message.header.stamp.sec + message.header.stamp.nanosec / 1e9 for message in messages]


@pytest.mark.parametrize('rate', [0, 0.1, 1, 10])
def test_a_clock_of_any_rate_stamps_images_and_refuses_none(graph, robot, tick, rate):
    """A real-time age subtracted from simulated time would make stamps go back and forth."""
    seen = graph.diagnostics()
    results = graph.collect(Classification, 'classification', 100)
    tick(1000)
    node = robot()

    def enough():
        now_s = tick(rate * TICK_S)
        return sum(1000 <= stamp_s <= now_s for stamp_s in stamps_s(results)) >= ENOUGH

    graph.wait(enough, f'results at {rate} times real time')
    stamps = stamps_s(results)
    assert stamps == sorted(stamps)
    said = f'{node.status_name}: input'
    graph.wait(lambda: 'refused' in seen.values(said), 'the status of the input')
    assert seen.values(said)['refused'] == '0', seen.values(said)
    assert seen.values('camera: stream')['stamp source'] == 'simulated'


def test_a_clock_that_jumps_back_begins_anew(graph, robot, tick):
    results = graph.collect(Classification, 'classification', 100)
    tick(1000)
    node = robot()
    for start_s, step_s in ((1000, 0), (5, -995), (3, -2)):
        tick(step_s)
        results.clear()

        def enough(start_s=start_s):
            tick(TICK_S)
            return (
                sum(start_s <= stamp_s < start_s + 500 for stamp_s in stamps_s(results)) > ENOUGH
            )

        graph.wait(enough, f'results after {start_s} s')
    assert set(node._rejected._counts) <= {'clock back', 'stamp back', 'stamp too old'}
    # Of two nodes, each learns of the jump by itself; frames may come in between.
    assert node._rejected._counts.total() <= (2 if node._camera else 20)


def test_latency_of_images_with_simulated_stamps_is_from_their_arrival(graph, robot, tick):
    seen = graph.diagnostics()
    tick(1000)
    node = robot()
    since = 'capture' if node._camera else 'arrival'
    status = 'classifier: latency'
    graph.wait(lambda: f' ms from {since} to result' in seen.message(status), 'a latency')
    assert float(seen.values(status)['receive ms p50']) >= 0
