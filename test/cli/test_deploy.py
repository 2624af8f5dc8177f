# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""deploy through a real sshd on the loopback interface, to a classifier in its own process."""

import difflib
import os
from pathlib import Path
import shlex
import shutil
import signal
import socket
import subprocess
import sys

import numpy as np
import pytest

pytest.importorskip('rclpy', reason='there is no ROS 2 here')

from lifecycle_msgs.msg import TransitionEvent
from rclpy.qos import qos_profile_sensor_data
from sensor_msgs.msg import Image
from std_msgs.msg import Header
from support.onnx_models import recorded_colours
from support.ros import graph, start, wait_for  # noqa: F401
from support.sshd import free_port, running_sshd
from vision_msgs.msg import Classification

from rpi_classifier.cli import deploy
from rpi_classifier.deploy import plan
from rpi_classifier.models.files import file_sha256
from rpi_classifier.nodes.common.to_messages import image_to_message
from rpi_classifier.probes import robot_apply
from rpi_classifier.runtime.known_answer import known_images

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ROOT / 'config' / 'classifier.yaml'
SPACE = f'deploy_{os.getpid()}'  # other classifiers may run on this machine
NODE = f'/{SPACE}/classifier'
FORMER, OTHER = ('red', 'green', 'blue'), ('rot', 'grün', 'blau')


@pytest.fixture(scope='module')
def sshd(tmp_path_factory):
    with running_sshd(tmp_path_factory.mktemp('ssh keys')) as found:
        yield found


class Files:
    """A parameter file as the package has it, with a model that runs, and one to deploy."""

    def __init__(self, folder):
        self.robot = folder / "robot's $HOME ö"
        self.models = self.robot / 'my models'
        self.former = self.write(self.robot / 'former.onnx', FORMER)
        self.model = self.write(folder / "mine; 'new' $x ü.onnx", OTHER)
        self.params = self.robot / 'classifier.yaml'
        text = SHIPPED.read_text().replace('model: mobilenet_v2', f'model: "{self.former}"')
        self.before = text
        self.params.write_text(text)
        self.params.chmod(0o640)

    def write(self, path, labels, **options):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(recorded_colours(labels, **options))
        return path

    def changed_lines(self):
        """Return the first words of the lines that differ from the former file."""
        lines = difflib.ndiff(self.before.splitlines(), self.params.read_text().splitlines())
        return [line[2:].split()[0] for line in lines if line.startswith('+ ')]

    def backups(self):
        return sorted(self.robot.glob('classifier.yaml.*'))


@pytest.fixture
def files(tmp_path):
    return Files(tmp_path)


@pytest.fixture
def run(sshd, files, capsys):
    """Return a caller of deploy, which tells its status, its output and its errors."""

    def run(*words, model=None, ssh='', host='', params=None):
        command = ['--model', str(model or files.model), '--node', NODE]
        command += ['--folder', str(files.models), '--ssh', ssh or sshd.ssh()]
        command += ['--params-file', str(params)] if params else []
        capsys.readouterr()
        status = deploy.main([*command, *words, '--', host or sshd.host])
        captured = capsys.readouterr()
        assert captured.err.count('\n') == bool(status), captured.err
        return status, captured.out, captured.err

    return run


@pytest.fixture
def put(run, files):
    """Return a caller of deploy for a node that does not run."""
    return lambda *words, **options: run(
        '--no-reload', *words, **{'params': files.params, **options}
    )


@pytest.fixture
def node(start, files):  # noqa: F811
    """Return a process with a classifier that has loaded its model."""
    words = ('-r', f'__ns:=/{SPACE}', '--params-file', str(files.params))
    process = start('classifier_node', *words)
    wait_for(process, 'idle until somebody subscribes')
    return process


@pytest.fixture
def wait_for_class(graph):  # noqa: F811
    """Return what publishes red images until the best class has a name."""
    image = np.full((48, 64, 3), 40, np.uint8)
    image[..., 2] = 220
    results = graph.collect(Classification, f'/{SPACE}/classification', 100)
    publisher = graph.client.create_publisher(Image, f'/{SPACE}/image', qos_profile_sensor_data)
    message = image_to_message(image, Header())
    return lambda name: graph.publish_until(
        publisher, message, lambda: results and results[-1].results[0].class_id == name, name
    )


def test_running_node_gets_the_model_and_only_two_lines_change(node, files, run, wait_for_class):
    wait_for_class('red')
    status, out, _ = run('--dry-run')
    assert status == 0
    assert f"+    model: '{str(files.models).replace(chr(39), 2 * chr(39))}/mine; " in out
    assert out.endswith('nothing was changed (--dry-run)\n')
    assert files.params.read_text() == files.before
    assert not files.models.exists()

    status, out, _ = run()
    assert (status, out.splitlines()[-1]) == (0, f'{NODE} runs {files.model.name}')
    copy = files.models / files.model.name
    assert copy.read_bytes() == files.model.read_bytes()
    assert files.changed_lines() == ['model:', 'model_sha256:']
    assert files.params.stat().st_mode & 0o777 == 0o640
    (backup,) = files.backups()
    assert (backup.read_text(), backup.stat().st_mode & 0o777) == (files.before, 0o640)
    wait_for_class('rot')

    copied_ns = copy.stat().st_mtime_ns
    status, out, _ = run()
    assert (status, out.splitlines()[-1]) == (0, f'{NODE} runs the model already')
    assert f'{copy} is there already\n' in out
    assert (copy.stat().st_mtime_ns, files.backups()) == (copied_ns, [backup])
    assert os.listdir(files.models) == [copy.name]


def test_model_that_the_node_refuses_is_undone_and_the_node_says_why(
    node, files, run, wait_for_class, tmp_path
):
    wrong = [(1.0, 2.0, 3.0)] * len(known_images(32))
    status, _, error = run(model=files.write(tmp_path / 'wrong.onnx', OTHER, answers=wrong))
    assert status == 1
    assert 'wrong.onnx: the model fails its known-answer check' in error
    assert f'; {NODE} goes on as before, and {files.params} is the former one again\n' in error
    assert files.params.read_text() == files.before
    assert files.backups() == []
    wait_for_class('red')


def test_process_that_dies_meanwhile_finds_the_former_file(node, files, run, graph):  # noqa: F811
    graph.client.create_subscription(
        TransitionEvent, f'{NODE}/transition_event', lambda _: node.kill(), 10
    )
    graph.wait(
        lambda: graph.client.count_publishers(f'{NODE}/transition_event'), 'the first transition'
    )
    status, _, error = run()
    assert status == 1
    assert 'its process ended' in error
    assert error.endswith('; restart it\n')
    assert files.params.read_text() == files.before
    assert files.backups() == []
    assert node.wait(60) == -signal.SIGKILL


def test_robot_ends_what_it_has_begun_when_the_connection_breaks(
    node, files, run, sshd, tmp_path, wait_for_class
):
    breaking, before = tmp_path / 'breaking_ssh', tmp_path / 'before'
    before.write_text(files.before)
    params = shlex.quote(str(files.params))
    breaking.write_text(
        f'#!/bin/sh\nexec 3<&0\n{sshd.ssh()} "$@" <&3 &\n'
        f'while kill -0 $! && cmp -s {params} {before}; do :; done 2>/dev/null\n'
        f'cmp -s {params} {before} || kill -9 $!\nwait $!\n'
    )
    breaking.chmod(0o755)
    status, out, error = run(ssh=str(breaking))
    assert status == 1
    assert 'if the robot has begun the change, it completes or undoes it: repeat' in error
    wait_for_class('rot')
    status, out, _ = run()
    assert (status, out.splitlines()[-1]) == (0, f'{NODE} runs the model already')
    assert files.changed_lines() == ['model:', 'model_sha256:']


def test_file_for_a_node_that_does_not_run_counts_when_it_starts(sshd, files, put):
    status, out, _ = put('--folder', 'models')  # the default
    assert (status, out.splitlines()[-1]) == (0, f'{NODE} loads the file at its next start')
    copy = sshd.home / 'models' / files.model.name
    assert copy.read_bytes() == files.model.read_bytes()
    assert files.changed_lines() == ['model:', 'model_sha256:']


def test_other_file_of_the_same_name_is_not_overwritten(files, put):
    files.models.mkdir()
    taken = files.models / files.model.name
    taken.write_bytes(b'another model')
    assert put()[0] == 0
    assert taken.read_bytes() == b'another model'
    (copy,) = set(files.models.iterdir()) - {taken}
    assert copy.read_bytes() == files.model.read_bytes()
    digest = file_sha256(files.model.read_bytes())
    assert copy.name == f'{files.model.stem}-{digest[:8]}.onnx'
    assert str(copy).replace("'", "''") in files.params.read_text()


def test_link_leads_to_the_file_that_is_changed(files, put):
    link = files.robot / 'link.yaml'
    link.symlink_to(files.params)
    status, out, _ = put(params=link)
    assert status == 0
    assert f'{link} leads to {files.params}, which is changed\n' in out
    assert link.is_symlink()
    assert files.changed_lines() == ['model:', 'model_sha256:']


def test_file_of_the_package_is_changed_only_if_it_is_named(files, put, monkeypatch):
    installed = files.robot / 'share' / 'rpi_classifier' / 'config' / 'classifier.yaml'
    installed.parent.mkdir(parents=True)
    shutil.copy(files.params, installed)
    monkeypatch.setattr(plan, 'find_params_file', lambda _: str(installed))
    status, _, error = put(params=None)
    assert status == 1
    assert 'comes with the package, so its next installation would replace it' in error
    assert installed.read_text() == files.before
    status, out, _ = put(params=installed)
    assert status == 0
    assert f'{installed} comes with the package: its next installation replaces it\n' in out


def test_robot_that_cannot_be_reached_is_one_sentence_with_what_to_do(sshd, put):
    silent = socket.create_server(('127.0.0.1', 0))
    late = sshd.ssh('-o', 'ConnectTimeout=1', port=silent.getsockname()[1])
    for host, ssh, words in (
        (sshd.host, late, 'it does not answer in time; is it on, and in this network?'),
        (sshd.host, sshd.ssh(port=free_port()), 'nothing listens to ssh there'),
        (sshd.host, sshd.ssh(key='other_key'), 'it accepts no key of this user; run: ssh-copy-id'),
        (sshd.host, sshd.ssh('-o', 'HostKeyAlias=new'), 'its host key is not known here; log in'),
        ('nobody.invalid', sshd.ssh(), 'no machine has this name; give its address'),
    ):
        status, out, error = put(host=host, ssh=ssh)
        assert (status, out) == (1, '')
        assert f'deploy: {host}: {words}' in error
    silent.close()


def test_file_that_is_no_yaml_is_named_and_stays(files, put):
    files.params.write_text('a: [')
    status, _, error = put()
    assert status == 1
    assert f'{files.params}: it is not understood: ' in error
    assert files.params.read_text() == 'a: ['
    status, _, error = put(params=files.robot / 'none.yaml')
    assert status == 1
    assert 'none.yaml does not exist; name the right file with --params-file' in error
    assert not files.models.exists()


def test_word_that_is_no_machine_or_command_is_refused(put):
    for options, words in (
        ({'host': '-oProxyCommand=reboot'}, 'is not a machine'),
        ({'ssh': 'no_such_ssh -p 1'}, 'does not begin with a command that is installed here'),
        ({'ssh': 'ssh "'}, 'is not a command'),
    ):
        status, _, error = put(**options)
        assert status == 2
        assert words in error


@pytest.mark.parametrize('place', ['/proc/models', '{robot}/former.onnx/models'])
def test_folder_that_cannot_take_the_model_leaves_all_as_it_was(files, put, place):
    status, _, error = put('--folder', place.format(robot=files.robot))
    assert status == 1
    assert 'cannot be copied: ' in error or 'is not a folder' in error
    assert files.params.read_text() == files.before
    assert files.backups() == []


def test_full_disk_of_the_robot_leaves_all_as_it_was(tmp_path, files, put):
    (tmp_path / 'ssh').mkdir()
    limit = """/bin/sh -c 'ulimit -f 1; eval "$SSH_ORIGINAL_COMMAND"'"""
    with running_sshd(tmp_path / 'ssh', command=limit) as full:
        status, _, error = put(ssh=full.ssh())
    assert status == 1
    assert 'the model cannot be copied: ' in error
    assert 'File too large' in error
    assert files.params.read_text() == files.before
    assert os.listdir(files.models) == []


def test_robot_without_rsync_that_greets_gets_the_same_file(tmp_path, files, put):
    for name in ('ssh', 'bin'):
        (tmp_path / name).mkdir()
    (tmp_path / 'bin' / 'python3').symlink_to(shutil.which('python3', path=os.defpath))
    work = f'PATH={tmp_path}/bin; eval "$SSH_ORIGINAL_COMMAND"'
    greeting = f"""/bin/sh -c 'echo "Welcome {{"; {work}'"""
    with running_sshd(tmp_path / 'ssh', command=greeting) as plain:
        status, out, _ = put(ssh=plain.ssh())
    assert status == 0
    assert 'copied by ssh\n' in out
    assert (files.models / files.model.name).read_bytes() == files.model.read_bytes()


def test_disk_that_is_full_at_the_backup_keeps_no_part_of_it(files, monkeypatch):
    def fail(source, target):
        if '.bak-' in target:
            raise OSError(28, 'No space left on device', target)

    monkeypatch.setattr(robot_apply, '_copy_owner', fail)
    before = sorted(files.robot.iterdir())
    content = files.params.read_bytes()
    with pytest.raises(OSError, match='No space left'):
        robot_apply.ParameterFile(str(files.params)).replace(content, b'new')
    assert (sorted(files.robot.iterdir()), files.params.read_bytes()) == (before, content)


@pytest.mark.parametrize(
    ('login', 'said'),
    [
        ('printf "no end of the line"', ''),
        ('exit 0', 'a login through ssh does not run what it is asked to; let files such as'),
        ("echo '{}'; exit 0", 'a login through ssh does not run what it is asked to'),
        ('cat >/dev/null', 'a login through ssh does not run what it is asked to'),
    ],
)
def test_login_that_prints_or_reads_is_understood_or_explained(tmp_path, files, put, login, said):
    (tmp_path / 'ssh').mkdir()
    command = f"""/bin/sh -c '{login.replace("'", '"')}; eval "$SSH_ORIGINAL_COMMAND"'"""
    with running_sshd(tmp_path / 'ssh', command=command) as odd:
        status, _, error = put(ssh=odd.ssh())
    assert status == bool(said)
    assert said in error
    assert (files.params.read_text() == files.before) == bool(said)


def test_other_names_of_the_parameter_file_are_told(files, put):
    os.link(files.params, files.robot / 'other.yaml')
    status, out, _ = put()
    assert status == 0
    assert f'{files.params} has other names (hard links), which keep the former content\n' in out


def test_folder_that_cannot_stand_in_a_parameter_file_is_refused(put):
    status, out, error = put('--folder', 'two\nlines')
    assert (status, out) == (2, '')
    assert "--folder: 'two\\nlines' cannot stand in a parameter file" in error


@pytest.mark.parametrize('name', ['/a b', '/', '//a', '/1/classifier', '/**/classifier', "a'b"])
def test_name_that_no_node_can_have_is_refused(put, name):
    status, out, error = put('--node', name)
    assert (status, out) == (2, '')
    assert f'deploy: --node: {name!r} is not a name; write names of letters, digits and _' in error


@pytest.fixture
def interrupting_ssh(sshd, tmp_path):
    """
    Return a writer of commands that do as ssh does, and press Ctrl-C at one call.

    It is pressed when the call begins, or when the robot has done its work but nobody knows.
    """

    def write(call, *, late):
        script, count = tmp_path / f'ssh_{call}_{late}', tmp_path / f'count_{call}_{late}'
        ssh = f'{sshd.ssh()} "$@"'
        at_call = f'{ssh} >/dev/null; kill -INT $PPID' if late else f'kill -INT $PPID; exec {ssh}'
        script.write_text(
            f'#!/bin/sh\necho >>{count}\n'
            f'if [ $(wc -l <{count}) = {call} ]; then {at_call}; else exec {ssh}; fi\n'
        )
        script.chmod(0o755)
        return str(script)

    return write


@pytest.mark.skipif(not shutil.which('rsync'), reason='calls of ssh are counted with rsync')
@pytest.mark.parametrize(
    ('call', 'late'), [(2, False), (4, True), (5, False), (5, True)],
    ids=['before the copy', 'after the copy', 'before the change', 'after the change'],
)  # fmt: skip
def test_ctrl_c_leaves_the_robot_with_the_former_or_the_new_model(
    files, sshd, interrupting_ssh, call, late
):
    files.models.mkdir()
    words = [
        sshd.host, '--model', files.model, '--no-reload', '--node', NODE, '--params-file',
        files.params, '--folder', files.models, '--ssh', interrupting_ssh(call, late=late),
    ]  # fmt: skip
    done = subprocess.run(
        [sys.executable, '-c', 'import sys; from rpi_classifier.cli import deploy as one; '
         'sys.exit(one.main())', *words], capture_output=True, text=True, timeout=60
    )  # fmt: skip
    assert done.returncode == 130
    assert done.stderr.endswith('deploy: interrupted\n')
    assert 'Traceback' not in done.stderr
    copies = list(files.models.iterdir())
    assert all(copy.read_bytes() == files.model.read_bytes() for copy in copies)
    if files.params.read_text() != files.before:
        assert (files.changed_lines(), len(copies)) == (['model:', 'model_sha256:'], 1)
        assert [backup.read_text() for backup in files.backups()] == [files.before]
