# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The live page in a real browser, beside real nodes."""

from __future__ import annotations

from pathlib import Path
import re
import shutil
import signal
import threading

import pytest

pytest.importorskip('rclpy', reason='there is no ROS 2 here')
pytest.importorskip('aiohttp', reason='aiohttp is not installed')

from support.browser import browsing, CHROMIUM
from support.colours import Colours
from support.foreign import save_scripted
from support.ros import wait_for
from vision_msgs.msg import Classification

from rpi_classifier.nodes.camera.node import CameraNode
from rpi_classifier.nodes.classifier import model_loader
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


def test_results_go_on_while_another_model_loads_and_a_refusal_is_shown(
    graph, nodes, serve, browser, tmp_path, monkeypatch
):
    allowed = threading.Event()
    tried = model_loader.try_to_load

    def wait(*arguments):
        assert allowed.wait(60)
        tried(*arguments)

    monkeypatch.setattr(model_loader, 'try_to_load', wait)
    results = graph.collect(Classification, '/classification')
    other = str(shutil.copy(COLOURS, tmp_path / 'other.pt'))
    bad = save_scripted(Colours(), tmp_path / 'bad.pt')  # nobody says what its classes are
    _, url = serve('-p', 'controls:=true')
    browser.open(url)
    browser.wait("document.querySelector('#new-model').value.includes('colours')", 'the model')
    words = "document.querySelector('#model-words')"

    def load(model):
        browser.run("document.querySelector('#new-model').select()")
        browser.call('Input.insertText', text=str(model))
        browser.press('Enter')

    load('mobilenet_v9')
    browser.wait(f"{words}.textContent.includes('is not in the zoo')", 'the refusal')
    assert browser.run("document.querySelector('#new-model').value") == 'mobilenet_v9'  # to mend
    load(other)
    browser.wait(f"{words}.textContent.includes('is loaded in the background; colours')", 'it')
    browser.wait(f"{words}.textContent === 'loading {other}; colours goes on'", 'the status')
    results.clear()
    top = browser.run(TOP)
    browser.wait(f'{TOP} !== {top!r}', 'results that go on')
    graph.wait(lambda: len(results) > 2, 'results that go on')
    allowed.set()
    browser.wait(f"{words}.textContent === '{other} is loaded'", 'the other model')
    load(bad)
    browser.wait(f"{words}.textContent.startsWith('{bad} was refused: ')", 'the refusal')
    browser.wait(f"{words}.className.includes('refused')", 'its colour')
    assert 'labels' in browser.run(f'{words}.textContent')
    browser.wait(f"document.querySelector('#new-model').value === '{other}'", 'the former one')
    results.clear()
    graph.wait(lambda: results, 'results')
    assert browser.log == ['Failed to load resource: the server responded with a status of 409 '
                           '(Conflict)']  # fmt: skip


def drag(browser, kind, start, end):
    """Move a mouse or a finger over the picture, between two points in parts of it."""
    box = browser.run("""(() => {
        const box = document.querySelector('#region').getBoundingClientRect();
        const { naturalWidth: w, naturalHeight: h } = document.querySelector('#picture');
        const scale = Math.min(box.width / w, box.height / h);
        return [box.x + (box.width - w * scale) / 2, box.y + (box.height - h * scale) / 2,
          w * scale, h * scale];
    })()""")
    points = [(box[0] + x * box[2], box[1] + y * box[3]) for x, y in (start, end)]
    if kind == 'mouse':
        for event, (x, y) in zip(('Pressed', 'Moved', 'Released'), (points[0], *points[1:] * 2)):
            browser.call(
                'Input.dispatchMouseEvent',
                type=f'mouse{event}', x=x, y=y, button='left', buttons=1, clickCount=1,
            )  # fmt: skip
        return
    for event, (x, y) in zip(('Start', 'Move'), points):
        browser.call(
            'Input.dispatchTouchEvent', type=f'touch{event}', touchPoints=[{'x': x, 'y': y}]
        )
    browser.call('Input.dispatchTouchEvent', type='touchEnd', touchPoints=[])


@pytest.mark.parametrize('kind', ['mouse', 'finger'])
def test_a_rectangle_that_is_drawn_over_the_picture_is_what_is_classified(
    graph, nodes, serve, browser, kind
):
    _, url = serve('-p', 'controls:=true')
    if kind == 'finger':
        browser.window(390, 844, mobile=True)
    browser.open(url)
    browser.wait("document.querySelector('#picture').naturalWidth", 'the picture')
    browser.wait("!document.querySelector('#region-deeds').hidden", 'the buttons')
    classifier = nodes[1]
    drag(browser, kind, (0.25, 0.0), (0.75, 1.0))  # nothing is asked for yet
    browser.run("document.querySelector('#choose-region').focus()")
    browser.press('Enter')
    drag(browser, kind, (0.75, 0.9), (0.25, 0.1))  # from any corner
    graph.wait(lambda: classifier.config.region, 'the region')
    found = [float(number) for number in classifier.config.region.split()]
    assert found == pytest.approx([0.25, 0.1, 0.5, 0.8], abs=0.03)
    shown = "document.querySelector('#region rect')"
    browser.wait(f"{shown}.style.display === '' && {shown}.width.baseVal.value > 30", 'the frame')
    pressed = "document.querySelector('#choose-region').getAttribute('aria-pressed')"
    assert browser.run(pressed) == 'false'
    (answer,) = graph.set_parameters('classifier', region=[8, 6, 40, 30])
    assert answer.successful
    browser.wait(f'{shown}.width.baseVal.value === 40', 'a region that somebody else has set')
    browser.run("document.querySelector('#clear-region').focus()")
    browser.press('Enter')
    graph.wait(lambda: classifier.config.region == '', 'the whole image')
    browser.wait(f"{shown}.style.display === 'none'", 'no frame')
    assert browser.log == []


def test_pictures_are_put_into_classes_with_the_keyboard_alone(
    graph, nodes, serve, browser, tmp_path
):
    own, kept = tmp_path / 'own', tmp_path / 'kept'
    values = {'keep_folder': str(kept), 'keep': 'every', 'keep_seconds': 1.0}
    assert graph.set_parameters_atomically('classifier', **values).successful
    _, url = serve('-p', 'controls:=true', '-p', f'collect_folder:={own}')
    browser.open(url)
    browser.wait("document.querySelector('#picture').naturalWidth", 'the picture')
    browser.wait("document.querySelectorAll('#class-names option').length >= 3", 'suggestions')
    browser.wait("!document.querySelector('#collect').hidden", 'the form')
    browser.run("document.querySelector('#class-name').focus()")
    browser.call('Input.insertText', text='Tasse <b>')
    browser.press('Enter')
    words = "document.querySelector('#collect-words').textContent"
    browser.wait(words, 'an answer')
    assert browser.run(words) == 'kept as Tasse <b>/photo_00001.jpg'
    browser.wait("document.querySelectorAll('#kept li').length >= 2", 'kept pictures')
    assert graph.set_parameters('classifier', keep='none')[0].successful
    browser.wait("document.querySelector('#kept img').naturalWidth === 80", 'a kept picture')
    guess = browser.run("document.querySelector('#kept input').value")
    assert guess in ('red', 'green', 'blue')
    browser.run("document.querySelector('#kept button').focus()")
    browser.press('Enter')
    browser.wait(f"{words}.startsWith('copied to {guess}/kept_')", 'the answer')
    assert browser.run('document.activeElement.textContent') == 'Confirm'  # of the next one
    browser.press('Tab')
    browser.press('Enter')
    browser.wait(f"{words} === 'dismissed'", 'the answer')
    counts = "document.querySelector('#class-counts').textContent"
    browser.wait(f"{counts}.includes('Tasse <b> 1 · {guess} 1')", 'the counts')
    assert len(list((own / guess).glob('*.jpg'))) == 1
    assert browser.run(NAMELESS) == []
    assert browser.log == []


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
    graph, nodes, serve, browser, tmp_path, scheme, size
):
    values = {'keep_folder': str(tmp_path / 'kept'), 'keep': 'every', 'keep_seconds': 1.0}
    assert graph.set_parameters_atomically('classifier', **values).successful
    _, url = serve('-p', 'controls:=true', '-p', f'collect_folder:={tmp_path / "own"}')
    browser.window(*size, scheme, mobile=size[0] < 500)
    browser.open(url)
    browser.wait(
        f"{LIVE} && {TOP} && document.querySelector('#parameters').children.length", 'all'
    )
    browser.wait("document.querySelector('#stages').children.length", 'figures')
    browser.wait("document.querySelector('#kept img')?.naturalWidth", 'a kept picture')
    assert browser.run('document.documentElement.scrollWidth <= innerWidth')
    assert browser.run(POOR_CONTRASTS) == []
    assert browser.run(NAMELESS) == []


def test_keyboard_reaches_everything_in_order(nodes, serve, browser):
    _, url = serve('-p', 'controls:=true')
    browser.open(url)
    browser.wait("document.querySelector('#parameters').children.length", 'the controls')
    reached = []
    for _ in range(8):
        browser.press('Tab')
        reached.append(
            browser.run('document.activeElement.id || document.activeElement.className')
        )
    assert reached[:5] == ['skip', 'snapshot', 'choose-region', 'clear-region', 'pause']
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
