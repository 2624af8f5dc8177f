# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Makes the pictures of the live page and of debug_image in doc/_static.

usage: scripts/screenshots [MINUTES]

The real nodes classify photos of scikit-image, over which a camera seems to move. It takes the
page, with a region and with pictures for own classes, after MINUTES (default: 5), when its history
is full.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, ExitStack
import io
from itertools import count, pairwise
import math
from pathlib import Path
import socket
import sys
from tempfile import TemporaryDirectory
import time

import cv2
import numpy as np
from PIL import Image
import rclpy
from rclpy.node import Node
from sensor_msgs.msg import Image as ImageMessage
from support.browser import browsing, CHROMIUM

from rpi_classifier.bringup.processes import Running, running
from rpi_classifier.images.decode import read_image_file
from rpi_classifier.input_spec import Image as Pixels
from rpi_classifier.nodes.common.from_messages import to_bgr
from rpi_classifier.photos import sample_photos

STATIC = Path(__file__).resolve().parent.parent / 'doc' / '_static'
LIMIT_BYTES = 300_000  # of all pictures together
FILM_BYTES = 160_000
SIZE = 640, 480
# Those with a known and free licence: photo and how many seconds it is seen.
FILM = (('chelsea.png', 4.0), ('coffee.png', 3.0), ('rocket.jpg', 3.0))
STORY = (
    ('coffee.png', 34.0), ('chelsea.png', 62.0), ('rocket.jpg', 41.0), ('coffee.png', 18.0),
    ('chelsea.png', 45.0), ('rocket.jpg', 27.0),
)  # fmt: skip
CLASSES = {'cat': 'chelsea.png', 'cup': 'coffee.png', 'rocket': 'rocket.jpg'}
COLLECTED = 12  # photos of each class
# What viewers of the stills find: what was kept, and classes of their own.
KEEPING = {'controls': True, 'keep': 'unsure', 'region': '0.08 0.06 0.84 0.88'}
ZOOM = 0.3  # part of the photo that is left out where the camera is nearest
SHOTS_HZ = 2.5
LABEL = "document.querySelector('#top .label')?.textContent"
SHOWS_CAT = f"{LABEL} === document.querySelector('#stable').textContent && {LABEL}.includes('cat')"


def nearer(photo: Pixels, part: float) -> Pixels:
    """Return the middle of a photo, [480, 640, 3], with ``part`` of its height."""
    height, width = photo.shape[:2]
    rows = min(height, width * SIZE[1] / SIZE[0]) * part
    columns = rows * SIZE[0] / SIZE[1]
    top, left = round((height - rows) / 2), round((width - columns) / 2)
    middle = photo[top : top + round(rows), left : left + round(columns)]
    shape = cv2.INTER_AREA if rows > SIZE[1] else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(middle, SIZE, interpolation=shape), np.uint8)


def write_frames(scenes: Iterable[tuple[str, float]], step_s: float, folder: Path) -> None:
    """Write what a camera sees every ``step_s`` seconds, as files in this order."""
    photos = {path.name: read_image_file(path) for path in sample_photos()}
    numbers = count()
    for name, seconds in scenes:
        steps = round(seconds / step_s)
        for step in range(steps):
            part = 1 - ZOOM * (1 - math.cos(2 * math.pi * step / steps)) / 2
            image = nearer(photos[name], part)
            cv2.imwrite(str(folder / f'{next(numbers):04}.png'), image)


def free_port() -> int:
    """Return the number of a port that nobody listens at."""
    with socket.socket() as listener:
        listener.bind(('127.0.0.1', 0))
        return int(listener.getsockname()[1])


def write_classes(folder: Path) -> None:
    """Write photos of a few classes, as somebody has collected them."""
    for name, photo in CLASSES.items():
        (folder / name).mkdir(parents=True)
        write_frames([(photo, COLLECTED)], 1.0, folder / name)


@contextmanager
def classifying(
    scenes: Iterable[tuple[str, float]], step_s: float, **settings: object
) -> Iterator[tuple[Running, str]]:
    """Run the nodes on photos, with further parameters; yield them and the address of the page."""
    with TemporaryDirectory() as folder:
        write_frames(scenes, step_s, Path(folder))
        port = free_port()
        given = {'device': folder, 'live': 'true', 'live_port': str(port), 'log_level': 'warn'}
        with running(given, {'photo_seconds': step_s, 'fps': 30.0, **settings}) as nodes:
            wait_for_port(port)
            yield nodes, f'http://127.0.0.1:{port}/'


def wait_for_port(port: int) -> None:
    """
    Wait until somebody listens at a port of this machine.

    :raises TimeoutError: if nobody does within a minute.
    """
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with socket.socket() as client:
            if client.connect_ex(('127.0.0.1', port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError(f'nobody listens at port {port}; see the messages above')


def make_film() -> None:
    """Record the picture and the bars for all scenes, once."""
    with classifying(FILM, 0.1) as (_, url), browsing() as browser:
        browser.window(1000, 700)
        browser.open(url)
        browser.wait(SHOWS_CAT, 'a cat')
        browser.wait(f'!({SHOWS_CAT})', 'another photo')
        browser.wait(SHOWS_CAT, 'the cat again')
        bottom = browser.run("document.querySelector('#see').getBoundingClientRect().bottom + 14")
        shots, times = [], [time.monotonic()]
        end_s = times[0] + sum(seconds for _, seconds in FILM)
        while times[-1] < end_s:
            shots.append(take(browser, (720, 0), bottom))
            time.sleep(max(0.0, times[-1] + 1 / SHOTS_HZ - time.monotonic()))
            times.append(time.monotonic())
    save_film(shots, [round(1000 * (b - a)) for a, b in pairwise(times)])


def save_film(shots: list[Image.Image], durations_ms: list[int]) -> None:
    """Write the animation with the best quality that is small enough."""
    for quality in range(80, 10, -10):
        data = io.BytesIO()
        shots[0].save(
            data, 'WEBP', save_all=True, append_images=shots[1:], duration=durations_ms, loop=0,
            quality=quality, method=4,
        )  # fmt: skip
        if data.tell() <= FILM_BYTES:
            break
    (STATIC / 'live_page.webp').write_bytes(data.getvalue())


def take(browser, size, bottom=None):  # type: ignore[no-untyped-def]
    """Return what the window shows down to a line, at a width and, if not 0, a height."""
    with TemporaryDirectory() as folder:
        browser.screenshot(f'{folder}/shot.png')
        image = Image.open(f'{folder}/shot.png').convert('RGB')
    if bottom:
        image = image.crop((0, 0, image.width, round(bottom)))
    height = size[1] or round(image.height * size[0] / image.width)
    return image.resize((size[0], height), Image.Resampling.LANCZOS)


def make_stills(minutes: float) -> None:
    """Take the page at two sizes and the drawn image, after a while."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix='robot_')))
        write_classes(folder / 'photos')
        folders = {'collect_folder': folder / 'photos', 'keep_folder': folder / 'kept'}
        classifier = classifying(STORY, 0.5, **KEEPING, **folders)
        nodes, url = stack.enter_context(classifier)
        browser = stack.enter_context(browsing())
        browser.window(1280, 1540)
        browser.open(url)
        browser.wait(SHOWS_CAT, 'a cat', timeout_s=300)
        time.sleep(60 * minutes)
        browser.wait("document.querySelector('#kept img')?.naturalWidth", 'what was kept')
        still = take_cat(browser, (1000, 0), last='#kept li')
        save(still, 'live_page_desktop', quality=60)
        browser.window(390, 844, 'dark', mobile=True)
        time.sleep(1)
        save(take_cat(browser, (390, 844)), 'live_page_phone')
        save(drawn_image(nodes, lambda: browser.run(SHOWS_CAT)), 'debug_image')


def take_cat(browser, size, last=''):  # type: ignore[no-untyped-def]
    """Return the window, down to an element, while the most likely class is the stable one."""
    end = f"document.querySelector('{last}').getBoundingClientRect().bottom + 14"
    while True:
        browser.wait(SHOWS_CAT, 'a cat', timeout_s=300)
        time.sleep(1.0)
        before = browser.run(SHOWS_CAT)
        image = take(browser, size, browser.run(end) if last else None)
        if before and browser.run(SHOWS_CAT):
            return image


def drawn_image(nodes: Running, is_right: Callable[[], bool]) -> Image.Image:
    """Return an image of the topic debug_image in which all figures are known, at a right time."""
    messages: list[ImageMessage] = []
    rclpy.init(domain_id=int(nodes.environment['ROS_DOMAIN_ID']))
    with ExitStack() as stack:
        stack.callback(rclpy.shutdown)
        node = Node('screenshots')
        stack.callback(node.destroy_node)
        node.create_subscription(ImageMessage, 'debug_image', messages.append, 1)
        while len(messages) < 10 or not is_right():
            rclpy.spin_once(node)
    return Image.fromarray(to_bgr(messages[-1])[..., ::-1].copy())


def save(image: Image.Image, name: str, quality: int = 80) -> None:
    """Write a still."""
    image.save(STATIC / f'{name}.webp', quality=quality, method=6)


def main() -> int:
    """Make all pictures and print their sizes."""
    if not CHROMIUM:
        print('screenshots: no Chromium; run: sudo apt-get install chromium', file=sys.stderr)
        return 2
    make_film()
    make_stills(float(sys.argv[1]) if len(sys.argv) > 1 else 5.0)
    sizes = {path.name: path.stat().st_size for path in sorted(STATIC.glob('*.webp'))}
    for name, size in sizes.items():
        print(f'doc/_static/{name}: {size / 1000:.0f} KB')
    if sum(sizes.values()) > LIMIT_BYTES:
        print(f'screenshots: more than {LIMIT_BYTES / 1000:.0f} KB', file=sys.stderr)
        return 1
    return 0


if __name__ == '__main__':
    sys.exit(main())
