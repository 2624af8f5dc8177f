# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The parameter model, set while the classifier runs, over DDS and with files of real networks."""

import gc
from pathlib import Path
import shutil
import threading
import weakref

import pytest

pytest.importorskip('rclpy', reason='there is no ROS 2 here')

from rcl_interfaces.msg import Log
from rclpy.parameter import Parameter
from support.colours import colour_image, Colours, LABELS
from support.foreign import save_scripted
from support.records import change_record
from support.ros import LATCHED
from vision_msgs.msg import Classification, LabelInfo, VisionInfo

from rpi_classifier.config import ClassifierConfig
from rpi_classifier.errors import ModelError
from rpi_classifier.models.files import file_sha256
from rpi_classifier.nodes.classifier import model_loader
from rpi_classifier.nodes.classifier import node as node_module
from rpi_classifier.nodes.common.status import OK, WARN
from rpi_classifier.probes.run_probe import run_probe

EXPORTED = Path(__file__).resolve().parents[2] / 'fixtures' / 'v0.1' / 'colours.pt'
RED = colour_image(0)
MODEL = 'classifier: model'


@pytest.fixture
def colours(tmp_path):
    """Return a file of the colours' network, as export_model writes it."""
    return str(shutil.copy(EXPORTED, tmp_path / 'colours.pt'))


@pytest.fixture
def other(tmp_path):
    """Return the same network as others save it, and the parameters that describe it."""
    path = save_scripted(Colours(), tmp_path / 'other.pt')
    return {'model': str(path), 'labels': ['rot', 'gruen', 'blau'], 'input_size': 32}


def set_model(graph, **values):
    return graph.set_parameters_atomically('classifier', **values)


def classes(message):
    return {result.class_id for result in message.results}


def test_model_goes_on_until_another_one_is_ready_and_everything_follows(
    graph, classifier, send, colours, other
):
    results = graph.collect(Classification, 'classification', 1000)
    labels = graph.collect(LabelInfo, 'label_info', LATCHED)
    infos = graph.collect(VisionInfo, 'vision_info', LATCHED)
    diagnostics = graph.diagnostics()
    node = classifier(model=colours, weights='default')
    answer = set_model(graph, **other)
    assert answer.successful
    assert answer.reason == (
        f'{other["model"]} is loaded in the background; colours goes on until it is ready'
    )
    send(RED, lambda: results and classes(results[-1]) == set(other['labels']), 'other classes')
    assert {frozenset(classes(one)) for one in results} <= {
        frozenset(LABELS),
        frozenset(other['labels']),
    }
    graph.wait(lambda: len(labels) == 2 and len(infos) == 2, 'the announcements')
    assert [entry.class_name for entry in labels[1].class_map] == other['labels']
    assert infos[1].method == 'other'
    assert list(node.get_parameter('class_labels').value) == other['labels']
    graph.wait(lambda: diagnostics.message(MODEL) == 'other', 'its status')


def test_stable_class_of_the_old_model_is_withdrawn(graph, classifier, send, colours, other):
    stable = graph.collect(Classification, 'stable_classification', LATCHED)
    classifier(model=colours, min_duration=0.0, weights='default')
    send(RED, lambda: stable, 'a stable class')
    assert set_model(graph, **other).successful
    send(RED, lambda: len(stable) > 2, 'that of the other model')
    assert [classes(one) for one in stable[:3]] == [{'red'}, set(), {'rot'}]


@pytest.mark.parametrize(
    ('model', 'words'),
    [
        ('mobilenet_v1', 'mobilenet_v2'),
        ('/nowhere/model.pt', '/nowhere/model.pt cannot be read'),
        ('/dev/null', 'is a device'),
    ],
)
def test_model_that_does_not_exist_is_refused_at_once(graph, classifier, colours, model, words):
    node = classifier(model=colours, weights='default')
    answer = set_model(graph, model=model)
    assert not answer.successful
    assert words in answer.reason
    assert node.get_parameter('model').value == colours


def test_model_that_is_refused_changes_nothing_and_the_parameter_returns(
    graph, classifier, send, colours, other
):
    results = graph.collect(Classification, 'classification', 1000)
    log, diagnostics = graph.collect(Log, '/rosout', 100), graph.diagnostics()
    node = classifier(model=colours, weights='default')
    assert set_model(graph, model=other['model']).successful  # without labels
    graph.wait(lambda: node.get_parameter('model').value == colours, 'the old parameter')
    graph.wait(lambda: diagnostics.status(MODEL).level == WARN, 'a warning')
    told = diagnostics.message(MODEL)
    assert told.startswith(f'colours; {other["model"]} was refused: ')
    assert 'labels' in told
    said = f'was refused: {told.split("refused: ")[1]}'
    graph.wait(lambda: any(said in line.msg for line in log), 'the line in the log')
    send(RED, lambda: results, 'a result')
    assert classes(results[-1]) == set(LABELS)
    assert set_model(graph, **other).successful
    graph.wait(lambda: diagnostics.status(MODEL).level == OK, 'no warning')


def test_process_that_dies_of_a_model_is_not_this_one(
    graph, classifier, colours, other, monkeypatch
):
    dies = '-c', 'import os; os.kill(os.getpid(), 11)'
    monkeypatch.setattr(model_loader, 'run_probe', lambda *_, **more: run_probe(*dies, **more))
    diagnostics = graph.diagnostics()
    node = classifier(model=colours, weights='default')
    assert set_model(graph, **other).successful
    graph.wait(lambda: 'died with SIGSEGV' in diagnostics.message(MODEL), 'the reason')
    assert node.get_parameter('model').value == colours
    assert node.get_parameter('labels').value == ''


@pytest.fixture
def trials(monkeypatch):
    """Hold back every trial of a model until its file's name is added to what is returned."""
    allowed, started = set(), []

    def wait(config, cancelled):
        started.append(Path(config.model).name)
        while not cancelled.wait(0.01):
            if Path(config.model).name in allowed:
                return

    monkeypatch.setattr(model_loader, 'try_to_load', wait)
    return allowed, started


def test_newer_request_replaces_the_one_that_loads(graph, classifier, colours, other, trials):
    allowed, started = trials
    infos, diagnostics = graph.collect(VisionInfo, 'vision_info', LATCHED), graph.diagnostics()
    classifier(model=colours, weights='default')
    newer = {**other, 'model': str(shutil.copy(other['model'], Path(colours).parent / 'new.pt'))}
    assert set_model(graph, **other).successful
    graph.wait(lambda: 'loading' in diagnostics.message(MODEL), 'what is loaded')
    assert set_model(graph, **newer).successful
    allowed.update({'other.pt', 'new.pt'})
    graph.wait(lambda: len(infos) == 2, 'the other model')
    assert infos[1].method == 'new'
    assert started == ['other.pt', 'new.pt']


def test_return_to_the_running_model_cancels_the_other(graph, classifier, colours, other, trials):
    _, started = trials
    node = classifier(model=colours, weights='default')
    assert set_model(graph, **other).successful
    graph.wait(lambda: started, 'the trial')
    answer = set_model(graph, model=colours, labels='', input_size=0)
    assert (answer.successful, answer.reason) == (True, 'colours goes on')
    diagnostics = graph.diagnostics()
    graph.wait(lambda: diagnostics.message(MODEL) == 'colours', 'the status')
    assert node.config.model == colours


def test_node_is_cleaned_up_while_a_model_loads(graph, classifier, colours, other, trials):
    _, started = trials
    node = classifier(model=colours, weights='default')
    assert set_model(graph, **other).successful
    graph.wait(lambda: started, 'the trial')
    node.trigger_deactivate()
    node.trigger_cleanup()
    assert not [one for one in threading.enumerate() if one.name == 'load']
    assert node.start()  # the parameter counts from now on
    assert node.get_parameter('class_labels').value == other['labels']


def test_inactive_node_exchanges_its_model_too(graph, classifier, colours, other):
    node = classifier(model=colours, weights='default')
    node.trigger_deactivate()
    assert set_model(graph, **other).successful
    graph.wait(lambda: list(node.get_parameter('class_labels').value) == other['labels'], 'it')
    assert node.trigger_activate()


def test_hash_is_compared_when_it_is_set(graph, classifier, colours):
    node = classifier(model=colours, weights='default')
    digest = file_sha256(Path(colours).read_bytes())
    answer = set_model(graph, model_sha256='0' * 64)
    assert not answer.successful
    assert digest in answer.reason
    assert set_model(graph, model_sha256=digest.upper()).successful
    answer = set_model(graph, model='/nowhere.pt', model_sha256='')
    assert not answer.successful
    assert node.config.model == colours


def test_hash_that_is_set_while_the_node_loads_its_first_model_is_compared(
    graph, classifier, colours, monkeypatch
):
    announce = node_module.ModelInfoPublisher

    def set_hash(node, *arguments):
        assert node.set_parameters([Parameter('model_sha256', value='0' * 64)])[0].successful
        return announce(node, *arguments)

    monkeypatch.setattr(node_module, 'ModelInfoPublisher', set_hash)
    node = classifier(model=colours, weights='default')
    diagnostics = graph.diagnostics()
    graph.wait(lambda: 'has sha256' in diagnostics.message(MODEL), 'the refusal')
    graph.wait(lambda: node.config.model_sha256 == '', 'the parameter that counts')


def test_parameters_return_though_they_are_set_again_and_again(
    graph, classifier, colours, other, monkeypatch
):
    def refuse(*_):
        raise ModelError('it is odd')

    monkeypatch.setattr(model_loader, 'try_to_load', refuse)
    node = classifier(model=colours, weights='default')
    for _ in range(60):
        assert set_model(graph, **other).successful
    graph.wait(lambda: node.get_parameter('model').value == colours, 'the old parameter')
    assert node.get_parameter('labels').value == ''
    assert node.config.model == colours


def test_file_that_was_replaced_is_told_and_loaded_by_its_hash(graph, classifier, colours):
    infos = graph.collect(VisionInfo, 'vision_info', LATCHED)
    classifier(model=colours, weights='default')
    assert set_model(graph, model=colours).reason == ''
    change_record(Path(colours), name='newer')
    digest = file_sha256(Path(colours).read_bytes())
    answer = set_model(graph, model=colours)
    assert answer.reason == (
        f'colours goes on, though {colours} has changed since it was loaded; to load it, set '
        f'model_sha256 to {digest}'
    )
    answer = set_model(graph, model_sha256=digest)
    assert 'is loaded in the background; colours goes on until it is ready' in answer.reason
    graph.wait(lambda: infos[-1].method == 'newer', 'the other model')


def test_hash_of_another_file_is_compared_before_it_is_loaded(graph, classifier, colours, other):
    classifier(model=colours, weights='default')
    answer = set_model(graph, **other, model_sha256='0' * 64)
    assert not answer.successful
    assert 'has sha256' in answer.reason


def test_trial_is_ended_when_it_is_cancelled(other):
    cancelled = threading.Event()
    threading.Timer(0.2, cancelled.set).start()
    with pytest.raises(ModelError, match='was cancelled'):
        model_loader.try_to_load(ClassifierConfig(model='resnet50', weights='random'), cancelled)


def test_many_exchanges_leave_no_thread_behind(
    graph, classifier, send, colours, other, monkeypatch
):
    monkeypatch.setattr(model_loader, 'try_to_load', lambda *_: None)  # once is enough for a file
    infos = graph.collect(VisionInfo, 'vision_info', LATCHED)
    classifier(model=colours, always_on=True, weights='default')
    before = threading.active_count()
    back = {'model': colours, 'labels': '', 'input_size': 0}
    for count, wanted in enumerate([other, back] * 5, 2):
        assert set_model(graph, **wanted).successful
        graph.wait(lambda count=count: len(infos) >= count, 'the exchange')
    assert threading.active_count() == before


@pytest.fixture
def tried(monkeypatch):
    """Return the growing list of files that were tried in a process of their own."""
    names, try_to_load = [], model_loader.try_to_load

    def noted(config, cancelled):
        names.append(Path(config.model).name)
        try_to_load(config, cancelled)

    monkeypatch.setattr(model_loader, 'try_to_load', noted)
    return names


def test_file_that_was_loaded_before_is_not_tried_again(graph, classifier, colours, tried):
    changed = Path(colours).with_name('changed.pt')
    changed.write_bytes(Path(colours).read_bytes() + b'\0')
    infos = graph.collect(VisionInfo, 'vision_info', LATCHED)
    node = classifier(model=colours, weights='default')
    for count, path in enumerate([changed, colours, changed, colours], 2):
        assert set_model(graph, model=str(path)).successful
        graph.wait(lambda count=count: len(infos) >= count, 'the exchange')
    assert tried == ['changed.pt']
    changed.write_bytes(Path(colours).read_bytes() + b'\1')
    assert set_model(graph, model=str(changed)).successful
    graph.wait(lambda: len(infos) == 6, 'the exchange')
    assert tried == ['changed.pt'] * 2
    with node._models.slot.lock:  # the announcement comes before the exchange ends
        assert node._models.slot.classifier.sha256 == file_sha256(changed.read_bytes())


def test_file_that_changes_after_its_trial_is_not_loaded(graph, classifier, colours, monkeypatch):
    changing = Path(colours).with_name('changing.pt')
    changing.write_bytes(Path(colours).read_bytes())
    monkeypatch.setattr(
        model_loader, 'try_to_load', lambda *_: changing.write_bytes(changing.read_bytes() + b'1')
    )
    diagnostics = graph.diagnostics()
    node = classifier(model=colours, weights='default')
    assert set_model(graph, model=str(changing)).successful
    graph.wait(lambda: 'has sha256' in diagnostics.message(MODEL), 'the refusal')
    assert node.config.model == colours


def test_whatever_fails_after_the_trial_changes_nothing(
    graph, classifier, send, colours, other, trials, monkeypatch
):
    allowed, _ = trials
    allowed.add('other.pt')
    results, diagnostics = graph.collect(Classification, 'classification'), graph.diagnostics()
    node = classifier(model=colours, weights='default')

    def fail(*_):
        raise MemoryError('none is left')

    monkeypatch.setattr(model_loader.Classifier, 'load', fail)
    assert set_model(graph, **other).successful
    graph.wait(lambda: 'MemoryError: none is left' in diagnostics.message(MODEL), 'the reason')
    send(RED, lambda: results, 'a result')
    assert node.config.model == colours
    assert node.error is None


def test_return_to_the_running_model_while_it_is_exchanged_ends_with_it(
    graph, classifier, colours, other, monkeypatch
):
    infos = graph.collect(VisionInfo, 'vision_info', LATCHED)
    node = classifier(model=colours, weights='default')
    before, followers = node.config, node._models._followers

    def change_mind(_):
        monkeypatch.undo()
        node.config = before

    monkeypatch.setattr(node._models, '_followers', (change_mind, *followers))
    assert set_model(graph, **other).successful
    graph.wait(lambda: len(infos) == 3, 'the exchange, and the one back')
    assert [info.method for info in infos] == ['colours', 'other', 'colours']
    graph.wait(lambda: list(node.get_parameter('class_labels').value) == list(LABELS), 'labels')


def test_idle_node_does_not_hold_the_model_that_was_replaced(
    graph, classifier, send, colours, other
):
    results = graph.collect(Classification, 'classification')
    infos = graph.collect(VisionInfo, 'vision_info', LATCHED)
    node = classifier(model=colours, weights='default')
    send(RED, lambda: results, 'a result')
    replaced = weakref.ref(node._models.slot.classifier)
    assert set_model(graph, **other).successful
    graph.wait(lambda: len(infos) == 2, 'the exchange')
    gc.collect()
    graph.wait(lambda: replaced() is None, 'its end')


def test_node_that_is_cleaned_up_frees_its_model_at_once(graph, classifier, send, colours):
    results = graph.collect(Classification, 'classification')
    node = classifier(model=colours, weights='default')
    send(RED, lambda: results, 'a result')
    gc.collect()
    gc.disable()  # it would hide a circle of references, some time later
    try:
        model = weakref.ref(node._models.slot.classifier.runtime)
        node.trigger_deactivate()
        node.trigger_cleanup()
        graph.wait(lambda: model() is None, 'its end', timeout_s=5.0)
    finally:
        gc.enable()
