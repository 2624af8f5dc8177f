# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The command collect, with videos and photos; test/vm has a camera, test/nodes a topic."""

import os
from pathlib import Path
import pty
import shutil
import signal
import subprocess
import sys

import cv2
import numpy as np
import pytest
from support.disks import full_after
from support.kept import keep
from support.scenes import moved, noisy, scene, write_photos, write_video

from rpi_classifier import nodes
from rpi_classifier.cli.collect import main

CTRL_C, CTRL_D = '\x03', '\x04'


@pytest.fixture
def video(tmp_path):
    """Return a video of 12 s: 20 scenes of half a second, then 3 of them again, then a blur."""
    views = [*range(20), 3, 4, 5]
    frames = [noisy(scene(view), seed=seed) for view in views for seed in range(5)]
    frames += [moved(frames[-1], 25)] * 5
    write_video(tmp_path / 'walk.avi', frames)
    return tmp_path / 'walk.avi'


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Return a runner of the command in a folder of its own, and what that printed."""
    monkeypatch.chdir(tmp_path)

    def start(*words):
        status = main([str(word) for word in words])
        return status, *capsys.readouterr()

    return start


def test_a_video_becomes_photos_of_its_moments_without_near_duplicates_and_blur(
    run, video, tmp_path
):
    status, out, errors = run('--class', 'cup', '--device', video, '--every', 0.5)
    assert (status, errors) == (0, f'collect: {video}: video file at 10 fps\n')
    assert out.splitlines() == [
        f'photos/cup (in {tmp_path}): kept 20, skipped 3 near-duplicate and 1 blurred',
        '    20 cup',
    ]
    photos = sorted((tmp_path / 'photos' / 'cup').iterdir())
    assert [path.name for path in photos] == [f'photo_{n:05d}.jpg' for n in range(1, 21)]
    for number, path in enumerate(photos):
        assert np.abs(cv2.imread(str(path)).astype(int) - scene(number)).mean() < 15


def test_a_second_run_adds_what_is_new_and_names_thin_classes(run, video, tmp_path):
    run('--class', 'cup', '--device', video, '--count', 5)
    first = {path: path.read_bytes() for path in (tmp_path / 'photos' / 'cup').iterdir()}
    assert len(first) == 5
    status, out, _ = run('--class', 'cup', '--device', video, '--count', 50)
    assert status == 0
    assert 'kept 15, skipped 8 near-duplicate and 1 blurred' in out
    assert {path: path.read_bytes() for path in first} == first
    _, out, _ = run('--class', 'mug', '--device', video, '--count', 3)
    assert out.splitlines()[1:] == [
        '    20 cup',
        '     3 mug  (thin)',
        'thin: take more photos of these, from other sides and in other light',
    ]


def test_a_folder_of_photos_is_taken_photo_by_photo_blurred_or_not(run, tmp_path):
    images = [scene(1), scene(1), scene(2), scene(3), scene(4), moved(scene(5), 25)]
    write_photos(tmp_path / 'camera', images)
    (tmp_path / 'camera' / 'zero.jpg').write_bytes(b'')
    status, out, errors = run('--class', 'Tasse à café', '--device', tmp_path / 'camera')
    assert status == 0
    assert 'kept 5, skipped 1 near-duplicate and 0 blurred' in out
    assert '     5 Tasse à café  (thin)' in out
    assert 'zero.jpg is empty: 0 bytes (left out)' in errors
    kept = tmp_path / 'photos' / 'Tasse à café' / 'photo_00001.jpg'
    assert kept.read_bytes() == (tmp_path / 'camera' / '000.jpg').read_bytes()


def test_0_keeps_everything(run, video):
    _, out, _ = run(
        '--class', 'cup', '--device', video, '--difference', 0, '--blur', 0, '--count', 99
    )
    assert 'kept 24, skipped 0 near-duplicate and 0 blurred' in out


def test_many_photos_that_are_compared_are_told(run, tmp_path):
    write_photos(tmp_path / 'photos' / 'cup', [scene(number, 64, 48) for number in range(101)])
    write_photos(tmp_path / 'more', [scene(100, 64, 48), scene(101, 64, 48)])
    (tmp_path / 'photos' / 'cup' / '000.jpg').write_bytes(b'')
    _, out, errors = run('--class', 'cup', '--device', 'more')
    assert f'comparing with the 101 photos of photos/cup (in {tmp_path}) ...' in errors
    assert '1 of the 101 photos of ' in errors
    assert 'kept 1, skipped 1 near-duplicate' in out


def test_class_that_differs_in_its_letters_is_told(run, video, tmp_path):
    run('--class', 'Cup', '--device', video, '--count', 1)
    _, out, errors = run('--class', 'cup', '--device', video, '--count', 1)
    assert 'cup is a new class; photos' in errors
    assert 'has Cup, too' in errors
    assert [line.split()[1] for line in out.splitlines()[1:3]] == ['Cup', 'cup']


@pytest.mark.parametrize(
    ('words', 'said'),
    [
        ([], 'name the class of the photos'),
        (['--class', 'a/b'], "class: 'a/b' has a slash"),
        (['--class', 'cup', '--count', '0'], '--count: 0 is not a number of photos'),
        (['--class', 'cup', '--every', '0'], '--every: 0 is not a number of seconds'),
        (['--class', 'cup', '--every', 'nan'], '--every: nan is not a number of seconds'),
        (['--class', 'cup', '--wait', '-1'], '--wait: -1 is not a number of seconds'),
        (['--class', 'cup', '--blur', '2'], '--blur: 2 is not a number from 0 to 1'),
        (['--class', 'cup', '--difference', 'nan'], '--difference: nan is not a number from 0'),
        (['--class', 'cup', '--size', '0x5'], 'width: 0 is not a whole number'),
        (['--class', 'cup', '--pixel-format', 'jpgg'], 'did you mean'),
        (['--class', 'cup', '--topic', '/i', '--device', '0'], '--device has no effect with a t'),
        (['--class', 'cup', '--topic', '/i', '--size', '64x48'], '--size has no effect with a t'),
        (['--class', 'cup', '--device', '.', '--every', '1'], '--every has no effect with photos'),
        (['--class', 'cup', '--yes'], '--yes has no effect with a camera'),
        (['--from', 'kept', '--class', 'cup'], '--class has no effect with --from'),
        (['--from', 'kept', '--least', '0.5'], '--least: 0.5 is for --yes only; add it'),
        (['--from', 'kept', '--yes', '--least', '2'], '--least: 2 is not a number from 0 to 1'),
        (['--class', 'cup', '--output', 'no/where'], 'no is not a folder; make it first'),
        (['--class', 'cup', '--output', 'file'], ' is not a folder; name another one'),
        (['--class', 'cup', '--output', '$NOWHERE_/x'], 'names the variable NOWHERE_'),
    ],
)
def test_bad_options_are_one_sentence_and_status_2(run, tmp_path, words, said):
    (tmp_path / 'file').write_text('')
    write_photos(tmp_path, [scene(1)])
    before = sorted(tmp_path.rglob('*'))
    status, out, errors = run(*words)
    assert (status, out) == (2, '')
    assert said in errors
    assert errors.count('\n') == 1
    assert sorted(tmp_path.rglob('*')) == before


def test_a_missing_camera_is_one_sentence_and_leaves_no_folder(run, tmp_path):
    status, out, errors = run('--class', 'cup', '--device', '/dev/video99')
    assert (status, out) == (1, '')
    assert errors.startswith('collect: camera /dev/video99 does not exist; plug it in')
    assert errors.count('\n') == 1
    assert list(tmp_path.iterdir()) == []


def test_without_ros_a_topic_is_refused_in_one_sentence(run, monkeypatch):
    monkeypatch.setitem(sys.modules, 'rclpy', None)
    monkeypatch.delitem(sys.modules, 'rpi_classifier.nodes.graph_listener', raising=False)
    monkeypatch.delattr(nodes, 'graph_listener', raising=False)
    status, out, errors = run('--class', 'cup', '--topic', '/image')
    assert (status, out) == (2, '')
    assert errors.startswith('collect: --topic needs ROS 2, which cannot be imported')


def test_a_full_disk_is_one_sentence_after_the_summary_and_photos_stay_whole(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    write_photos(tmp_path / 'small', [scene(1, 32, 24)])
    write_photos(tmp_path / 'small', [scene(2)], '.png')
    (tmp_path / 'small' / '000.png').rename(tmp_path / 'small' / '001.png')
    with full_after(6000):
        status = main(['--class', 'cup', '--device', str(tmp_path / 'small')])
    out, errors = capsys.readouterr()
    assert status == 1
    assert 'kept 1, skipped 0' in out
    assert 'photo_00002.jpg (in ' in errors
    assert 'cannot be written: File too large; all photos before it are whole' in errors
    assert [path.name for path in (tmp_path / 'photos' / 'cup').iterdir()] == ['photo_00001.jpg']


def begin(*words, **options):
    return subprocess.Popen(
        [sys.executable, '-m', 'rpi_classifier.cli.collect', *map(str, words)],
        **options,
    )


def test_ctrl_c_keeps_what_was_taken_and_prints_it(tmp_path):
    write_photos(tmp_path / 'camera', [scene(number) for number in range(3)])
    many = tmp_path / 'camera' / '100.jpg'
    for number in range(900):
        shutil.copy(tmp_path / 'camera' / '000.jpg', many.with_stem(str(100 + number)))
    words = ['--class', 'cup', '--device', tmp_path / 'camera', '--output', tmp_path / 'photos']
    process = begin(*words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    third = tmp_path / 'photos' / 'cup' / 'photo_00003.jpg'
    while not third.exists():
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    out, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (130, 'collect: interrupted\n')
    assert 'kept 3, skipped ' in out
    assert '     3 cup  (thin)' in out


def test_guesses_are_taken_with_yes_if_they_are_sure_enough(run, tmp_path):
    paths = keep(
        tmp_path / 'kept',
        [('tabby, tiger cat', 0.75)], [('dog', 0.25)], [('a/b', 0.9)], [('dog', 0.5)], [],
    )  # fmt: skip
    paths[4].with_suffix('.json').write_text('damaged')
    words = ['--from', tmp_path / 'kept', '--output', 'mine', '--yes', '--least', 0.5]
    status, out, errors = run(*words)
    assert status == 0
    assert out.splitlines() == [
        f'mine (in {tmp_path}): copied 2, skipped 3, sorted before 0, damaged 0',
        '     1 dog  (thin)',
        '     1 tabby, tiger cat  (thin)',
        'thin: take more photos of these, from other sides and in other light',
    ]
    assert '1 damaged lines of records, the first: ' in errors
    assert f"{paths[2].name}: class: 'a/b' has a slash" in errors
    _, out, _ = run(*words)
    assert 'copied 0, skipped 3, sorted before 2, damaged 0' in out


def test_without_a_terminal_and_without_yes_nobody_is_asked(tmp_path):
    keep(tmp_path / 'kept', [('cup', 0.5)])
    process = begin('--from', tmp_path / 'kept', stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
    errors = process.communicate(timeout=60)[1].decode()
    assert process.returncode == 2
    assert 'standard input is not a terminal; run it in one, or give --yes' in errors
    assert errors.count('\n') == 1


@pytest.fixture
def terminal(tmp_path):
    """Return what sorts the folder kept at a terminal, with lines that a person types."""

    def start(lines):
        person, end = pty.openpty()
        process = begin(
            '--from', 'kept', '--output', 'mine', stdin=end, stdout=end, stderr=end, cwd=tmp_path
        )
        os.close(end)
        shown = b''
        for line in lines:
            while not shown.endswith((b'quit: ', b'no: ')):
                shown += os.read(person, 1)
            if line == CTRL_C:
                while ') S ' not in Path(f'/proc/{process.pid}/stat').read_text():
                    pass  # a signal just before Python reads would wait for the next line
                process.send_signal(signal.SIGINT)
            else:
                os.write(person, line.encode())
            shown += b'|'
        try:
            while more := os.read(person, 1000):
                shown += more
        except OSError:  # the process has ended
            pass
        os.close(person)
        return process.wait(60), shown.decode().replace('\r', '')

    return start


def counts(folder):
    return {path.name: len(list(path.iterdir())) for path in folder.iterdir() if path.is_dir()}


def test_a_person_confirms_corrects_skips_and_quits(terminal, tmp_path):
    cup = [('cup', 0.5), ('mug', 0.25), ('bowl', 0.125)]
    paths = keep(tmp_path / 'kept', *[cup] * 7)
    answers = [
        '\n',  # the guess
        '2\n',  # mug
        'BOWL\n',  # a name, however it is written
        'mugg\n', '\n',  # the nearest name
        's\n',
        '9\n', 'a/b\n', 'jar\n', '\n',  # no number, no name of a folder, a new class
        'q\n',
    ]  # fmt: skip
    status, shown = terminal(answers)
    assert status == 0
    first = f'[1/7] kept/{paths[0].name} (unsure)\n  1 cup 50.0%   2 mug 25.0%   3 bowl 12.5%\n'
    assert first in shown
    assert 'class? Enter = cup, number, name, s = skip, q = quit: ' in shown
    assert 'did you mean mug? Enter = yes, n = no: ' in shown
    assert 'there is no number 9' in shown
    assert "class: 'a/b' has a slash" in shown
    assert 'make a new class jar? Enter = yes, n = no: ' in shown
    assert '3 bowl 12.5%   4 cup   5 mug   6 bowl   7 jar\n' in shown  # in the order they came
    assert 'copied 5, skipped 1, sorted before 0, damaged 0' in shown
    assert counts(tmp_path / 'mine') == {'cup': 1, 'mug': 2, 'bowl': 1, 'jar': 1}
    status, shown = terminal(['6\n'])
    assert f'[7/7] kept/{paths[6].name}' in shown
    assert '3 bowl 12.5%   4 bowl   5 cup   6 jar   7 mug' in shown
    assert counts(tmp_path / 'mine')['jar'] == 2


@pytest.mark.parametrize(('key', 'status'), [(CTRL_D, 0), (CTRL_C, 130)])
def test_the_end_of_the_input_and_ctrl_c_end_with_what_was_sorted(terminal, tmp_path, key, status):
    keep(tmp_path / 'kept', *[[('cup', 0.5)]] * 3)
    ended, shown = terminal(['\n', key])
    assert ended == status
    assert 'copied 1, skipped 0' in shown
    assert 'Traceback' not in shown
    assert counts(tmp_path / 'mine') == {'cup': 1}
