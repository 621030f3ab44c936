"""Three ways to pay for a network's weights: given, two-part, prequential. Streams decode, lengths are honest."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from codelength.core import DataError, StreamError
from codelength.models.lanes import TransformerCode, weights_digest
from codelength.models.prequential import PrequentialNetwork
from codelength.models.schedule import Schedule
from codelength.models.transformer import Config, Transformer
from codelength.models.two_part import TwoPart, _rebuilt

CONFIG = Config(symbols=4, context=8, layers=1, heads=2, width=8)
DRAW = np.random.default_rng(0)
DATA = (np.cumsum(DRAW.integers(0, 2, (300, 8)), axis=1) % 4).astype(np.uint16)
MODEL = Transformer(CONFIG, seed=1).requires_grad_(False)
with torch.no_grad():
    for tensor in MODEL.parameters():
        tensor.add_(0.3 * torch.randn(tensor.shape, generator=torch.Generator().manual_seed(2)))
SCHEDULE = Schedule(steps=200, batch=16, rate=1e-2, warm_up=10)
LEARNER = PrequentialNetwork(CONFIG, SCHEDULE, first=16, growth=2.0, effort=3.0, lanes=32)

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.mark.parametrize("bits", [2, 5, 9])
def test_the_network_comes_with_the_stream(bits: int) -> None:
    code = TwoPart(MODEL, bits_per_weight=bits, lanes=16)
    stream = code.encode(DATA[:20])
    assert np.array_equal(TwoPart(Transformer(CONFIG), lanes=16).decode(stream, max_size=160), DATA[:20])
    assert 0 <= 8 * len(stream) - code.bits(DATA[:20]).bits <= 16
    assert code.bits(DATA[:20]).kind == "exact"


def test_finer_steps_cost_more_and_say_what_the_weights_say() -> None:
    sizes = [len(TwoPart(MODEL, bits_per_weight=bits).weights()) for bits in (2, 4, 6, 8, 10)]
    assert sizes == sorted(sizes)
    assert 8 * sizes[2] < 9 * CONFIG.parameters + 800
    exact = TransformerCode(MODEL).bits(DATA).bits
    rounded = [TransformerCode(_rebuilt(TwoPart(MODEL, bits).weights())[0]).bits(DATA).bits for bits in (3, 10)]
    assert abs(rounded[1] - exact) < 0.01 * exact < abs(rounded[0] - exact) + 0.01 * exact
    assert weights_digest(_rebuilt(TwoPart(MODEL, 6).weights())[0]) != weights_digest(MODEL)


def test_damaged_weights_are_refused() -> None:
    stream = TwoPart(MODEL).encode(DATA[:5])
    for damaged in (
        b"",
        stream[:10],
        stream[: len(stream) // 2],
        stream[:20] + b"}" + stream[21:],
        stream[:1] + stream,
    ):
        with pytest.raises(StreamError):
            TwoPart(MODEL).decode(damaged, max_size=40)


def test_a_claim_of_a_huge_network_costs_nothing() -> None:
    text = b'{"symbols":4,"context":8,"layers":99,"heads":1,"width":99999}'
    with pytest.raises(StreamError, match="cannot hold"):
        TwoPart(MODEL).decode(bytes([len(text)]) + text + bytes(100), max_size=40)
    for change in (b'"width":10,"heads":7', b'"width":8.5,"heads":1', b'"width":"8","heads":1', b'"depth":8,"heads":1'):
        wrong = b'{"symbols":4,"context":8,"layers":1,' + change + b"}"
        with pytest.raises(StreamError, match="shape is damaged"):
            TwoPart(MODEL).decode(bytes([len(wrong)]) + wrong + bytes(100), max_size=40)


def test_what_is_learnt_on_the_way_saves_and_comes_back() -> None:
    stream = LEARNER.encode(DATA)
    assert np.array_equal(LEARNER.decode(stream, max_size=DATA.size), DATA)
    assert LEARNER.bits(DATA).bits == pytest.approx(8 * len(stream), abs=8 * 20)
    untrained = TransformerCode(Transformer(CONFIG)).bits(DATA).bits
    assert LEARNER.bits(DATA).bits < 0.85 * untrained
    idle = replace(LEARNER, effort=0.0)
    assert idle.bits(DATA).bits == pytest.approx(untrained, rel=0.02)


def test_no_block_is_coded_by_what_comes_later() -> None:
    other = DATA.copy()
    other[100:] = 3 - other[100:]
    end, same = 0, []
    for (code, block), (again, _) in zip(LEARNER._blocks(DATA), LEARNER._blocks(other), strict=True):
        same.append((end, code.spec == again.spec))  # the weights' digest, before the block is learnt
        end += len(block)
    assert {agree for start, agree in same if start <= 64} == {True}
    assert {agree for start, agree in same if start > 100} == {False}


def test_a_stream_of_another_seed_or_a_damaged_one_does_not_pass_for_the_data() -> None:
    stream = LEARNER.encode(DATA[:60])
    other = replace(LEARNER, schedule=replace(SCHEDULE, seed=9))
    for code, damaged in ((other, stream), (LEARNER, stream[:-4]), (LEARNER, stream + b"x")):
        try:
            found = code.decode(damaged, max_size=DATA.size)
        except StreamError:
            continue
        assert not np.array_equal(found, DATA[:60])
    with pytest.raises(StreamError):
        LEARNER.decode(stream, max_size=100)


@pytest.mark.parametrize("wrong", [{"first": 0}, {"growth": 1.0}, {"effort": -1.0}, {"effort": float("nan")}])
def test_blocks_that_do_not_grow_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(DataError, match="above 1"):
        replace(LEARNER, **wrong)
