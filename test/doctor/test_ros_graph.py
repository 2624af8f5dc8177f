# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What doctor says of a graph; the probe that looks at it is in test/probes."""

import pytest

from rpi_classifier.doctor import ros_graph
from rpi_classifier.probes.run_probe import ProbeResult

IMAGE, JPEG = 'sensor_msgs/msg/Image', 'sensor_msgs/msg/CompressedImage'


def verdict(finding):
    return finding.severity


def graph(nodes, **topics):
    classifiers = [node for node in nodes if node != '/camera']
    found = {'nodes': nodes, 'classifiers': classifiers, 'topics': topics}
    return ros_graph.check_graph(ProbeResult((found,)))


def ends(publishers=(), subscribers=(), clashes=(), type_=IMAGE):
    return {
        'publishers': [{'node': node, 'type': type_} for node in publishers],
        'subscribers': [{'node': node, 'type': type_} for node in subscribers],
        'clashes': list(clashes),
    }


def starving(topic='/image', type_=IMAGE, **others):
    """Return the finding of a classifier that waits for a topic beside topics of others."""
    named = {'/' + name.replace('__', '/'): it for name, it in others.items()}
    return graph(['/eye'], **{topic: ends([], ['/eye'], type_=type_)}, **named)


def test_the_graph_tells_clashes_and_starving_classifiers():
    clash = {'between': ['/camera', '/viewer'], 'reason': 'reliability', 'by_type': False}
    found = graph(['/camera'], image_raw=ends(['/camera'], ['/viewer'], [clash]))
    assert (found.severity, '/camera -> /viewer on image_raw' in found.finding) == ('error', True)
    others = graph(['/camera'], other=ends(['/a'], ['/b'], [{**clash, 'between': ['/a', '/b']}]))
    assert verdict(others) == 'warn'
    starving = graph(['/classifier'], image=ends([], ['/classifier']), other=ends(['/usb_cam']))
    assert (starving.severity, 'image:=other' in starving.fix) == ('warn', True)
    twins = graph(['/camera', '/camera', '/classifier'])
    assert (twins.severity, '2 nodes are named /camera' in twins.finding) == ('warn', True)
    assert verdict(graph([])) == 'skipped'
    assert verdict(graph(['/camera', '/classifier'], image_raw=ends(['/camera']))) == 'ok'
    assert verdict(ros_graph.check_graph(ProbeResult((), 'no rclpy'))) == 'skipped'


@pytest.mark.parametrize(
    ('topics', 'fix'),
    [
        (
            {'cam__image_raw': ends(['/cam']), 'a__compressed': ends(['/a'], type_=JPEG)},
            f'start with camera:=false image:=/cam/image_raw ({IMAGE})',
        ),
        (
            {'cam__image_raw__compressed': ends(['/esp'], type_=JPEG)},
            f'start with camera:=false image:=/cam/image_raw/compressed ({JPEG})',
        ),
        (
            {'cam__jpeg': ends(['/esp'], type_=JPEG)},
            'set image_transport: compressed and remap image/compressed:=/cam/jpeg',
        ),
        (
            {'image__compressed': ends(['/esp'], type_=JPEG), 'other': ends(['/cam'])},
            f'set image_transport: compressed, to take /image/compressed ({JPEG})',
        ),
        (
            {
                'depth__image_raw': ends(['/cam']),
                'x__compressedDepth': ends(['/cam'], type_=JPEG),
            },
            'start a camera',
        ),
        (
            {
                'debug_image': ends(['/eye']),
                'debug_image__compressed': ends(['/eye'], type_=JPEG),
            },
            'start a camera',
        ),
    ],
)
def test_a_starving_classifier_is_advised_only_what_it_can_take(topics, fix):
    found = starving(**topics)
    assert found.finding == f'/eye waits for /image ({IMAGE}), which nobody publishes'
    assert found.fix == fix


def test_a_classifier_of_compressed_images_is_told_what_raw_ones_need():
    wanted = '/image/compressed'
    assert starving(wanted, JPEG, image=ends(['/cam'])).fix == (
        f'set image_transport: raw, to take /image ({IMAGE})'
    )
    assert starving(wanted, JPEG, cam=ends(['/cam'])).fix == (
        f'start with camera:=false image:=/cam ({IMAGE}) and image_transport: raw'
    )


def test_an_own_clash_of_types_comes_before_those_of_others_and_says_what_to_set():
    def clash(*pair):
        return {'between': list(pair), 'reason': 'types', 'by_type': True}

    foreign = ends(['/a'], ['/b'], [clash('/a', '/b')])
    jpeg = ends(['/esp'], ['/eye'], [clash('/esp', '/eye')])
    found = graph(['/eye'], **{'/a': foreign, '/jpeg': jpeg})
    assert (found.severity, found.finding) == ('error', '/esp -> /eye on /jpeg: types')
    assert 'image_transport: compressed and remap image/compressed:=/jpeg' in found.fix
    assert graph([], **{'/a': foreign}).fix == 'remap /a or /b: one topic has one type'
