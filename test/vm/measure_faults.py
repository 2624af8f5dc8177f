# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Prints a Markdown table of faults and of the time until frames flow again.

usage: scripts/exec test/vm/with_camera -- python test/vm/measure_faults.py [TIMES]

The camera is opened with the default parameters. Times run from the end of a fault, or from the
fault itself if it has no duration, to the first frame that was captured afterwards.
"""

from __future__ import annotations

from contextlib import contextmanager
import statistics
import subprocess
import sys
import time

from support.vivid import ONE_CAMERA, Vivid
from support.watched import until, Watched

from rpi_classifier.camera import v4l2
from rpi_classifier.config import CameraConfig

LASTS_S = 3.0
DROPPED = 'percentage_of_dropped_buffers'


@contextmanager
def streaming():
    capture = Watched(CameraConfig())
    capture.start()
    try:
        yield capture
    finally:
        assert capture.stop()


def after(capture, end=lambda: None):
    """End a fault and return the seconds until the first frame after that."""
    began = time.monotonic()
    end()
    capture.next()
    return time.monotonic() - began


def absent(vivid):
    vivid.pull()
    with streaming() as capture:
        capture.wait(LASTS_S)
        return after(capture, vivid.plug), capture


def pulled(vivid):
    with streaming() as capture:
        capture.next()
        vivid.pull()
        capture.wait(LASTS_S)
        return after(capture, vivid.plug), capture


def renumbered(vivid):
    with streaming() as capture:
        capture.next()
        vivid.pull()
        capture.wait(LASTS_S)
        return after(capture, lambda: vivid.load(*ONE_CAMERA, 'vid_cap_nr=7')), capture


def pressed(button, opens_again=True):
    def run(vivid):
        with streaming() as capture:
            capture.next()
            began = time.monotonic()
            vivid.press(button)
            if opens_again:
                until(lambda: capture.stats.opened == 2, 'opening again')
            capture.next()
            return time.monotonic() - began, capture

    return run


def not_starting(vivid):
    vivid.press('inject_vidioc_streamon_error')
    with streaming() as capture:
        return after(capture), capture


def starved(vivid):
    with streaming() as capture:
        capture.next()
        for _ in range(2):
            vivid.press('inject_vidioc_qbuf_error')
            capture.next()
        began = time.monotonic()
        until(lambda: capture.stats.opened == 2, 'opening again')
        capture.next()
        return time.monotonic() - began, capture


def silent(vivid):
    with streaming() as capture:
        capture.next()
        vivid.press(DROPPED, 100)
        capture.wait(LASTS_S)
        return after(capture, lambda: vivid.press(DROPPED, 0)), capture


def busy(vivid):
    command = ['v4l2-ctl', '--stream-mmap', '--stream-to', '/dev/null']
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as other:
        until(lambda: v4l2.is_busy('/dev/video0'), 'the other program')
        with streaming() as capture:
            capture.wait(LASTS_S)

            def end():
                other.terminate()
                other.wait()

            return after(capture, end), capture


FAULTS = {
    'absent at start, plugged in 3 s later': absent,
    'pulled, back 3 s later': pulled,
    'pulled, back 3 s later under another number': renumbered,
    'disconnected for a moment': pressed('disconnect'),
    'fatal streaming error': pressed('inject_fatal_streaming_error'),
    'stream does not start': not_starting,
    'buffer with error flag': pressed('inject_v4l2_buf_flag_error', opens_again=False),
    'driver does not take its buffers back': starved,
    'no frames for 3 s': silent,
    'busy for 3 s': busy,
}


def main() -> None:
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    print('| fault | told | frames flow again, median s | longest s |\n|---|---|---|---|')
    for name, run in FAULTS.items():
        results = []
        for _ in range(times):
            vivid = Vivid()
            try:
                seconds, capture = run(vivid)
                results.append(seconds)
                told = [message for good, message in capture.told if not good]
            finally:
                vivid.mend()
        text = '; '.join(told) or 'nothing'
        median, longest = statistics.median(results), max(results)
        print(f'| {name} | {text} | {median:.2f} | {longest:.2f} |', flush=True)


if __name__ == '__main__':
    main()
