# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The default runtime, on real int8 networks."""

import numpy as np
import pytest
import torch

from rpi_classifier.cpu import has_exact_byte_products
from rpi_classifier.errors import ModelError
from rpi_classifier.input_spec import Transform
from rpi_classifier.runtime import engines, known_answer, torchscript
from rpi_classifier.runtime.known_answer import known_answers
from rpi_classifier.runtime.torchscript import torch_runtime

ENGINES = [name for name in torch.backends.quantized.supported_engines if name != 'none']


@pytest.mark.parametrize('engine', ENGINES)
def test_each_engine_runs_scripted_and_eager_with_the_same_logits(random_network, engine):
    scripted = torch_runtime(random_network(), Transform(), engine=engine, jit=True)
    eager = torch_runtime(random_network(), Transform(), engine=engine, jit=False)
    rng = np.random.default_rng(0)
    scripted.buffer[:] = eager.buffer[:] = rng.integers(0, 256, scripted.buffer.shape)
    assert scripted.run().shape == (1000,)
    np.testing.assert_allclose(scripted.run(), eager.run(), atol=1e-5)
    assert scripted.info.engine == engine


def test_the_buffer_is_the_memory_of_the_input(random_network):
    runtime = torch_runtime(random_network(), Transform(), jit=False)
    runtime.buffer[:] = 0
    dark = runtime.run().copy()
    runtime.buffer[:] = 255
    assert not np.array_equal(dark, runtime.run())


@pytest.mark.parametrize('answer', [torch.zeros(1, 1000), torch.full((1, 1000), torch.nan)])
def test_a_compiled_network_that_answers_nonsense_does_not_load(
    random_network, monkeypatch, answer
):
    monkeypatch.setattr(torchscript, 'compile_network', lambda network: lambda blob: answer)
    with pytest.raises(ModelError, match='known-answer check'):
        torch_runtime(random_network(), Transform())


def test_a_float_network_is_refused():
    with pytest.raises(ModelError, match='int8'):
        torch_runtime(torch.nn.Sequential(torch.nn.Conv2d(3, 8, 1)), Transform())


@pytest.mark.skipif(
    has_exact_byte_products(), reason='this processor cannot saturate in byte products'
)
def test_headroom_brings_the_logits_nearer_to_qnnpack(weights, monkeypatch):
    from rpi_classifier.models import zoo

    def off():
        model = zoo.build_model('mobilenet_v2')
        info = torch_runtime(model.network, model.transform, engine='onednn').info
        return float(info.known_answer.split()[3])

    with_headroom = off()
    monkeypatch.setattr(engines, 'has_exact_byte_products', lambda: True)
    assert with_headroom < off()
    assert with_headroom < known_answer.TOLERANCE / 2


@pytest.fixture
def threads():
    """Restore torch's number of threads."""
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize(
    ('alone_ns', 'together_ns', 'expected'),
    [(9_000_000, 5_000_000, 1), (20_000_000, 12_000_000, 3), (20_000_000, 21_000_000, 1)],
)
def test_one_thread_is_the_default_where_it_is_enough_or_no_slower(
    random_network, threads, monkeypatch, alone_ns, together_ns, expected
):
    monkeypatch.setattr(torchscript, '_CORES', 3)
    torch.set_num_threads(3)
    took_ns = {1: alone_ns, 3: together_ns}
    monkeypatch.setattr(torchscript, 'paced_ns', lambda _: took_ns[torch.get_num_threads()])
    runtime = torch_runtime(random_network(), Transform(), jit=False)
    assert torch.get_num_threads() == expected
    runtime.set_num_threads(0)
    assert torch.get_num_threads() == runtime.default_threads == expected
    runtime.set_num_threads(2)
    assert torch.get_num_threads() == 2


@pytest.mark.parametrize(('alone_ns', 'expected'), [(9_000_000, 1), (20_000_000, 3)])
def test_number_of_threads_that_is_asked_for_is_not_exceeded_while_loading(
    random_network, threads, monkeypatch, alone_ns, expected
):
    used = []
    monkeypatch.setattr(torchscript, '_CORES', 3)
    monkeypatch.setattr(
        torchscript, 'paced_ns', lambda _: used.append(torch.get_num_threads()) or alone_ns
    )
    torch.set_num_threads(1)
    runtime = torch_runtime(random_network(), Transform(), jit=False)
    assert (used, runtime.default_threads) == ([1], expected)


@pytest.mark.parametrize('engine', ENGINES)
def test_network_answers_the_same_with_another_number_of_threads(random_network, threads, engine):
    runtime = torch_runtime(random_network(), Transform(), engine=engine)
    made, expected = runtime._network, known_answers(runtime, Transform())
    runtime.set_num_threads(3)
    assert (runtime._network is made) == (engine == 'qnnpack')
    assert np.array_equal(known_answers(runtime, Transform()), expected)
