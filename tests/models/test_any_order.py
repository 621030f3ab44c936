"""Networks of hidden symbols as codes: whole probabilities, streams that come back, and a bound that is one."""

from pathlib import Path

import numpy as np
import pytest
import torch

from codelength.core import DataError, StreamError
from codelength.models.any_order import AnyOrder, evidence_bound
from codelength.models.lanes import TransformerCode, weights_digest
from codelength.models.schedule import Schedule
from codelength.models.training import train
from codelength.models.transformer import Config, Transformer

MODEL = Transformer(Config(symbols=3, context=5, layers=2, heads=2, width=8), seed=2).requires_grad_(False)
with torch.no_grad():
    MODEL.head.weight *= 40  # far from uniform
DATA = np.random.default_rng(0).integers(0, 3, (7, 5))
ORDER = np.array([3, 0, 4, 1, 2])


def test_kraft_on_all_sequences() -> None:
    every = np.stack(np.meshgrid(*[np.arange(3)] * 4), axis=-1).reshape(-1, 4)
    code = TransformerCode(AnyOrder(MODEL, np.array([2, 0, 3, 1])), lanes=81)
    assert sum(2.0 ** -(code.bits(row[None]).bits - 16) for row in every) == pytest.approx(1.0, abs=1e-6)


@pytest.mark.parametrize("lanes", [2, 64])
def test_round_trip_and_honest_length(lanes: int) -> None:
    code, x = TransformerCode(AnyOrder(MODEL, ORDER), lanes=lanes), DATA[:, ORDER]
    stream = code.encode(x)
    assert np.array_equal(code.decode(stream, max_size=x.size), x)
    assert abs(8 * len(stream) - code.bits(x).bits) <= 16


def test_the_codelength_is_what_the_network_says_of_hidden_symbols() -> None:
    spent = 0.0
    for row in DATA:
        tokens = torch.full((1, 5), MODEL.hidden_symbol)
        for at in ORDER:
            shares = torch.softmax(MODEL(tokens, False)[0, at].double(), dim=-1)
            spent -= float(torch.log2(shares[row[at]]))
            tokens[0, at] = int(row[at])
    assert TransformerCode(AnyOrder(MODEL, ORDER)).bits(DATA[:, ORDER]).bits - 16 == pytest.approx(spent, rel=1e-4)


def test_the_bound_is_the_mean_over_orders() -> None:
    chance = np.random.default_rng(4)
    orders = [chance.permutation(5) for _ in range(3)]
    lengths = [TransformerCode(AnyOrder(MODEL, order)).bits(DATA[:, order]).bits for order in orders]
    bound = evidence_bound(MODEL, DATA, orders=3, seed=4)
    assert bound.kind == "upper" and bound.bits == pytest.approx(np.mean(lengths))
    assert min(lengths) < bound.bits < max(lengths)


def test_training_by_diffusion_estimates_the_bound(tmp_path: Path) -> None:
    coins = np.random.default_rng(1).integers(0, 3, (400, 1))
    x = np.repeat(coins, 5, axis=1)  # one symbol tells all: log2 3 bits for five
    config = Config(symbols=3, context=5, layers=2, heads=2, width=16)
    schedule = Schedule(steps=250, batch=16, rate=1e-2, objective="diffusion", save_every=250)
    model = train(config, x[:300], schedule, tmp_path).requires_grad_(False)
    bits = (evidence_bound(model, x[300:], orders=2).bits - 24) / 100
    assert np.log2(3) * 0.95 < bits < 1.5 * np.log2(3)


def test_another_order_is_another_code() -> None:
    assert weights_digest(AnyOrder(MODEL, ORDER)) != weights_digest(AnyOrder(MODEL, ORDER[::-1].copy()))
    for wrong in (np.array([0, 0]), np.array([1, 2]), np.array([], dtype=int)):
        with pytest.raises(DataError, match="each of them once"):
            AnyOrder(MODEL, wrong)
    with pytest.raises(DataError, match="context of 5"):
        AnyOrder(MODEL, np.arange(6))
    with pytest.raises(DataError, match="0 orders"):
        evidence_bound(MODEL, DATA, orders=0)


def test_more_symbols_than_the_order_has_places_are_refused() -> None:
    code = TransformerCode(AnyOrder(MODEL, np.array([2, 0, 1])))
    with pytest.raises(DataError, match="context of 3"):
        code.bits(DATA)
    stream = code.encode(DATA[:, :3])
    with pytest.raises(StreamError):
        code.decode(bytes([stream[0], 5]) + stream[2:], max_size=99)


def test_the_mixture_over_orders_is_no_longer_than_the_bound() -> None:
    chance = np.random.default_rng(4)
    orders = [chance.permutation(5) for _ in range(3)]
    for row in DATA[:3]:
        lengths = [TransformerCode(AnyOrder(MODEL, order)).bits(row[None, order]).bits for order in orders]
        mixture = -np.log2(np.mean(np.exp2(-np.array(lengths))))
        assert mixture <= evidence_bound(MODEL, row[None], orders=3, seed=4).bits + 1e-9
