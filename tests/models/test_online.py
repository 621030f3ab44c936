"""The online transformer: its step is the model's, it learns only from what is behind it, and it decodes."""

import numpy as np
import pytest
import torch

from codelength.codes import Gated, Mixture, Switching
from codelength.coding import binary
from codelength.core import DataError, Predictor, StreamError
from codelength.models.online import Online, OnlineTransformer
from codelength.models.single_step import room_of, step, weights_of
from codelength.models.transformer import Cache, Config, Transformer
from codelength.predictors.kt import KT

TINY = Online(layers=1, heads=2, width=8, context=16, block=8, batch=3, rate=2e-2, warm_up=3)
TEXT = b"she sells sea shells on the sea shore; the shells she sells are sea shells. " * 3

pytestmark = pytest.mark.usefixtures("one_thread")


def shaken(config: Config) -> Transformer:
    model = Transformer(config, seed=1).requires_grad_(False)
    for weight in model.parameters():
        weight.add_(0.3 * torch.randn(weight.shape, generator=torch.Generator().manual_seed(weight.numel())))
    return model


@pytest.mark.parametrize(("layers", "heads", "width"), [(1, 1, 8), (3, 2, 24), (2, 4, 32)])
def test_the_compiled_step_is_the_models(layers: int, heads: int, width: int) -> None:
    model = shaken(Config(7, 20, layers, heads, width, "rotary"))
    tokens = torch.randint(0, 9, (1, 20), generator=torch.Generator().manual_seed(0))
    whole = model(tokens)[0].numpy()
    logits = np.empty(7, dtype=np.float32)
    for known in (0, 6):  # from nothing, and behind tokens that were read all at once
        cache = Cache(model.config, 1, model.head.weight)
        if known:
            assert model.begin(tokens[:, :known], cache)[0].numpy() == pytest.approx(whole[known - 1], abs=1e-4)
        room, weights = room_of(cache), weights_of(model)
        for t in range(known, 20):
            step(weights, room, t, int(tokens[0, t]), logits)
            assert logits == pytest.approx(whole[t], abs=1e-4)
    assert np.abs(whole).max() > 0.5


def test_other_shapes_have_no_compiled_step() -> None:
    with pytest.raises(DataError, match="rotary"):
        weights_of(Transformer(Config(7, 20, 1, 1, 8)))


@pytest.mark.parametrize("data", [b"", b"x", TEXT[:7], TEXT[:8], TEXT[:90], bytes(40)])
def test_round_trip_and_honest_length(data: bytes) -> None:
    code = OnlineTransformer(TINY)
    stream = code.encode(data)
    assert OnlineTransformer(TINY).decode(stream, max_size=len(data)) == data
    assert abs(8 * len(stream) - code.bits(data).bits) <= 32 + 1e-4 * code.bits(data).bits


def test_is_a_predictor_whose_walk_says_what_probabilities_says() -> None:
    code = OnlineTransformer(TINY).given(TEXT[:21])
    assert isinstance(code, Predictor)
    walk = code.walk()
    for row, byte in zip(code.probabilities(TEXT[21:61]), TEXT[21:61], strict=True):
        for j in range(8):
            assert walk.p == row[j]
            walk.push(byte >> (7 - j) & 1)


def test_the_probabilities_of_all_bytes_sum_to_one() -> None:
    code = OnlineTransformer(TINY).given(TEXT[:50])
    costs = [binary.cost(bytes([v]), code.probabilities(bytes([v]))) for v in range(256)]
    assert sum(2.0**-cost for cost in costs) == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("cut", [5, 8, 16, 43])
def test_given_in_parts_is_given_at_once(cut: int) -> None:
    code = OnlineTransformer(TINY)
    whole = code.probabilities(TEXT[:70])
    assert np.array_equal(code.given(TEXT[:cut]).probabilities(TEXT[cut:70]), whole[cut:])
    twice = code.given(TEXT[:3]).given(TEXT[3:cut])
    assert np.array_equal(twice.probabilities(TEXT[cut:70]), whole[cut:])
    assert np.array_equal(code.probabilities(TEXT[:70]), whole)  # nobody's value has changed


def test_what_has_been_learnt_is_not_learnt_again() -> None:
    told: list[int] = []
    code = OnlineTransformer(TINY, on_progress=told.append).given(TEXT[:40])
    code.bits(b"")
    code.probabilities(TEXT[40:48])
    before = len(told)
    further = code.given(TEXT[40:60])
    assert np.array_equal(
        further.probabilities(TEXT[60:70]), OnlineTransformer(TINY).given(TEXT[:60]).probabilities(TEXT[60:70])
    )
    assert all(behind > 40 - TINY.block for behind in told[before:])


def test_what_comes_later_changes_nothing() -> None:
    code = OnlineTransformer(TINY)
    before, after = code.probabilities(TEXT[:60]), code.probabilities(TEXT[:30] + bytes(30))
    assert np.array_equal(before[:30], after[:30]) and not np.array_equal(before[31:], after[31:])


def test_it_learns_and_side_information_saves() -> None:
    code, still = OnlineTransformer(TINY), OnlineTransformer(Online(**{**_fields(), "rate": 1e-9}))
    assert code.bits(TEXT).bits < 0.8 * still.bits(TEXT).bits
    assert code.given(TEXT).bits(TEXT[:80]).bits < 0.8 * code.bits(TEXT[:80]).bits


def _fields() -> dict[str, float]:
    return {name: getattr(TINY, name) for name in ("layers", "heads", "width", "context", "block", "batch", "warm_up")}


@pytest.mark.parametrize("kind", [Mixture, Switching, Gated])
def test_mixtures_of_a_network_and_a_portable_code_decode(kind: type) -> None:
    code = kind([KT(), OnlineTransformer(TINY)])
    stream = code.encode(TEXT[:100])
    assert code.decode(stream, max_size=100) == TEXT[:100]
    best = min(expert.bits(TEXT).bits for expert in code.experts)
    assert code.bits(TEXT).bits <= best + code.regret_bound(len(TEXT)).bits


def test_damaged_streams_are_refused() -> None:
    code = OnlineTransformer(TINY)
    stream = code.encode(TEXT[:40])
    with pytest.raises(StreamError, match="max_size"):
        code.decode(stream, max_size=39)
    for damaged in (stream + b"more than eight bytes left over", binary.length_prefix(1000) + stream[1:], b""):
        with pytest.raises(StreamError):
            code.decode(damaged, max_size=1000)


def test_settings_that_cannot_be_are_refused() -> None:
    for wrong, says in (
        ({"block": 200}, "context of 96"),
        ({"batch": 0}, "batch is 0"),
        ({"rate": 0.0}, "more than 0"),
        ({"width": 30}, "shared"),
    ):
        with pytest.raises(DataError, match=says):
            Online(**wrong)
    assert OnlineTransformer(TINY).spec.startswith("online:layers=1,heads=2,width=8,context=16,block=8")
