# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The live page in a real browser, beside real nodes."""

from __future__ import annotations

from pathlib import Path
import re
import signal

import pytest

pytest.importorskip('rclpy', reason='there is no ROS 2 here')
pytest.importorskip('aiohttp', reason='aiohttp is not installed')

from support.browser import browsing, CHROMIUM
from support.ros import wait_for
from vision_msgs.msg import Classification

from rpi_classifier.nodes.camera.node import CameraNode
from rpi_classifier.nodes.classifier.node import ClassifierNode

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason='no Chromium; sudo apt-get install chromium'),
]

COLOURS = Path(__file__).resolve().parents[1] / 'fixtures' / 'v0.1' / 'colours.pt'
LIVE = "document.querySelector('#connection')?.textContent === 'live'"
TOP = "document.querySelector('#top .label')?.textContent"
REMAP = ('-r', 'image:=image_raw', '-r', 'image/compressed:=image_raw/compressed')
# The contrasts below 4.5 of all elements with text of their own, as WCAG computes them.
POOR_CONTRASTS = """
(() => {
  const parse = (text) => (text.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => [r, g, b]
    .map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const colour = parse(getComputedStyle(e).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const found = [];
  for (const element of document.querySelectorAll('body *')) {
    const own = [...element.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    const style = getComputedStyle(element);
    const colour = parse(style.color);
    if (!own || !element.offsetParent || colour[3] === 0) continue;
    const pair = [light(colour), light(ground(element))].sort((a, b) => b - a);
    const ratio = (pair[0] + 0.05) / (pair[1] + 0.05);
    if (ratio < 4.5) found.push(`${element.outerHTML.slice(0, 80)}: ${ratio.toFixed(2)}`);
  }
  return found;
})()
"""
NAMELESS = """
[...document.querySelectorAll('button, input, select, img')].filter((e) => !(
  e.labels?.length || e.textContent.trim() || e.alt || e.getAttribute('aria-labelledby')
)).map((e) => e.outerHTML)
"""


@pytest.fixture(scope='module')
def chromium():
    with browsing() as browser:
        yield browser


@pytest.fixture
def browser(chromium):
    """Return the browser, with an empty page and log."""
    chromium.window(1280, 800)
    yield chromium
    chromium.open('about:blank')
    chromium.log.clear()


@pytest.fixture
def nodes(graph, overrides, photo_folder):
    """Start a camera that shows three colours in turn, and a classifier."""
    made = []
    for kind, values in (
        (CameraNode, {'device': str(photo_folder), 'photo_seconds': 0.5}),
        (ClassifierNode, {'model': str(COLOURS)}),
    ):
        options = {'cli_args': ['--ros-args', *REMAP]}
        node = graph.add(kind(parameter_overrides=overrides(**values), **options))
        assert node.start()
        made.append(node)
    return made


@pytest.fixture
def serve(start):
    """Return a starter of the live page in a process of its own, and its address."""

    def serve(*arguments, port=0):
        process = start('live_view_node', *REMAP, '-p', f'port:={port}', *arguments)
        said = wait_for(process, 'the live page is at')
        return process, re.search(r'http://\S+', said).group()

    return serve


def test_page_shows_what_the_real_classifier_publishes(graph, nodes, serve, browser):
    results = graph.collect(Classification, '/classification')
    _, url = serve()
    browser.open(url)
    browser.wait(LIVE, 'a connection')
    browser.wait(TOP, 'a label')
    shown = browser.run(TOP)
    assert shown in {message.results[0].class_id for message in list(results)}
    browser.wait(f'{TOP} && {TOP} !== {shown!r}', 'another label')
    bars = (
        "[...document.querySelectorAll('#top .bar > span')].map((e) => e.style.transform).join()"
    )
    before = browser.run(bars)
    browser.wait(f'{bars} !== {before!r}', 'bars that move')
    browser.wait("document.querySelector('#picture').naturalWidth === 80", 'the picture')
    browser.wait("document.querySelectorAll('#statuses li').length >= 8", 'diagnostics')
    browser.wait("document.querySelector('#model').textContent.includes('3 classes')", 'model')
    assert browser.run("document.querySelector('#controls').hidden")
    assert browser.log == []  # neither errors nor what the policy of the page forbids


def test_a_control_changes_a_parameter_and_a_refusal_is_shown(graph, nodes, serve, browser):
    _, url = serve('-p', 'controls:=true')
    classifier = nodes[1]
    browser.open(url)
    browser.wait("document.getElementById('classifier.top_k')", 'the field')

    def enter(name, value):
        browser.run(f'document.getElementById({name!r}).select()')
        browser.call('Input.insertText', text=value)
        browser.press('Enter')

    browser.run("document.getElementById('classifier.top_k').focus()")
    enter('classifier.top_k', '2')
    graph.wait(lambda: classifier.config.top_k == 2, 'the parameter')
    browser.wait("document.querySelectorAll('#top li').length === 2", 'two bars')
    browser.run("document.getElementById('classifier.enter_threshold').focus()")
    enter('classifier.enter_threshold', '0.1')
    words = "document.querySelector('#parameters .refused')?.textContent"
    browser.wait(words, 'the refusal')
    assert browser.run(words) == (
        'leave_threshold: 0.3 is more than enter_threshold, 0.1; set it to that or less'
    )
    browser.run("document.querySelector('#pause').focus()")
    browser.press('Enter')
    graph.wait(lambda: not classifier.active, 'a pause')
    browser.wait("document.querySelector('#pause').textContent === 'Resume'", 'the other word')


def test_page_recovers_after_the_node_is_restarted(nodes, serve, browser):
    process, url = serve()
    browser.open(url)
    browser.wait(f'{LIVE} && {TOP}', 'a label')
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 0
    browser.wait("document.querySelector('#connection').className.includes('lost')", 'the loss')
    browser.run("document.querySelector('#top').replaceChildren()")
    serve(port=int(url.rstrip('/').rpartition(':')[2]))
    browser.wait(f'{LIVE} && {TOP}', 'a label again')
    browser.wait("document.querySelector('#picture').naturalWidth === 80", 'the picture again')


@pytest.mark.parametrize('scheme', ['light', 'dark'])
@pytest.mark.parametrize('size', [(1280, 800), (390, 844), (320, 568)])
def test_page_fits_and_is_readable_by_eye_and_by_screen_reader(
    nodes, serve, browser, scheme, size
):
    _, url = serve('-p', 'controls:=true')
    browser.window(*size, scheme, mobile=size[0] < 500)
    browser.open(url)
    browser.wait(
        f"{LIVE} && {TOP} && document.querySelector('#parameters').children.length", 'all'
    )
    browser.wait("document.querySelector('#stages').children.length", 'figures')
    assert browser.run('document.documentElement.scrollWidth <= innerWidth')
    assert browser.run(POOR_CONTRASTS) == []
    assert browser.run(NAMELESS) == []


def test_keyboard_reaches_everything_in_order(nodes, serve, browser):
    _, url = serve('-p', 'controls:=true')
    browser.open(url)
    browser.wait("document.querySelector('#parameters').children.length", 'the controls')
    reached = []
    for _ in range(6):
        browser.press('Tab')
        reached.append(
            browser.run('document.activeElement.id || document.activeElement.className')
        )
    assert reached[:3] == ['skip', 'snapshot', 'pause']
    assert 'new-model' in reached


def test_a_hidden_tab_watches_nothing(graph, nodes, serve, browser):
    _, url = serve()
    browser.open(url)
    browser.wait(f'{LIVE} && {TOP}', 'a label')
    hide = """
        Object.defineProperty(document, 'hidden', {value: true, configurable: true});
        document.dispatchEvent(new Event('visibilitychange'));
    """
    browser.run(hide)
    camera = nodes[0]
    graph.wait(lambda: not sum(camera._images.count_subscriptions()), 'the end of the stream')
    browser.run(hide.replace('true, conf', 'false, conf'))
    browser.wait(LIVE, 'a connection again')


def test_the_token_is_asked_for_once(nodes, serve, browser):
    _, url = serve('-p', "token:='f3a1c0ffee5b7d92'")
    browser.open(url)
    browser.wait("document.activeElement.id === 'token'", 'the form')
    browser.call('Input.insertText', text='f3a1c0ffee5b7d92')
    browser.press('Enter')
    browser.wait(f'{LIVE} && {TOP}', 'the page')
    browser.open(url)
    browser.wait(f'{LIVE} && {TOP}', 'the page at once')
