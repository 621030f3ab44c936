"""The pool trusts whom it should, calibrates, and never does worse than its start on what it learned from."""

import numpy as np
import pytest
from numpy.typing import NDArray

from codelength.models.pool import LogarithmicPool


def bits(probabilities: NDArray[np.float64], labels: NDArray[np.int64]) -> float:
    return -float(np.log2(probabilities[np.arange(len(labels)), labels]).sum())


def world(n: int, seed: int = 0) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Probabilities of four classes, and labels that follow them."""
    chance = np.random.default_rng(seed)
    truth = chance.dirichlet([0.3] * 4, size=n)
    labels = (truth.cumsum(axis=1) > chance.random((n, 1))).argmax(axis=1).clip(max=3)
    return truth, labels


def test_it_finds_who_knows_and_repairs_a_temperature() -> None:
    truth, labels = world(4000)
    shy = truth**0.5 / (truth**0.5).sum(axis=1, keepdims=True)
    noise = np.random.default_rng(1).dirichlet([1] * 4, size=4000)
    said = np.stack([shy, noise])
    pool = LogarithmicPool().fit(said[:, :2000], labels[:2000])
    assert pool.weights_ == pytest.approx([2, 0], abs=0.3)
    pooled = pool.pooled(said[:, 2000:])
    assert pooled.sum(axis=1) == pytest.approx(1)
    assert bits(pooled, labels[2000:]) < 1.05 * bits(np.maximum(truth[2000:], 1e-3), labels[2000:])


def test_two_that_know_different_things_beat_both() -> None:
    chance = np.random.default_rng(0)
    labels = chance.integers(4, size=3000)
    experts = []
    for seed in (1, 2):
        seen = np.eye(4)[labels] + np.random.default_rng(seed).normal(scale=0.7, size=(3000, 4))
        powers = np.exp(seen / 0.49)
        experts.append(powers / powers.sum(axis=1, keepdims=True))
    said = np.stack(experts)
    pool = LogarithmicPool().fit(said[:, :1500], labels[:1500])
    assert pool.weights_ == pytest.approx([1, 1], abs=0.2)
    assert bits(pool.pooled(said[:, 1500:]), labels[1500:]) < 0.8 * min(bits(e[1500:], labels[1500:]) for e in experts)


def test_few_forecasts_move_it_little() -> None:
    truth, labels = world(3)
    pool = LogarithmicPool().fit(np.stack([truth, truth[::-1]]), labels)
    assert np.abs(pool.weights_ - 0.5).max() < 1  # type: ignore[operator]


def test_the_newest_forecasts_count_most() -> None:
    truth, labels = world(2000)
    wrong = truth[:, ::-1]
    early, late = truth.copy(), truth.copy()
    early[1000:], late[:1000] = wrong[1000:], wrong[:1000]  # one was right, the other is now
    weights = LogarithmicPool(half_life=0.1).fit(np.stack([early, late]), labels).weights_
    assert weights is not None
    assert weights[1] > 0.7
    assert weights[0] < 0.2


def test_a_lone_certain_mistake_is_survived() -> None:
    labels = np.zeros(500, dtype=np.int64)
    sure = np.tile([1.0, 0.0], (500, 1))
    sure[::100] = [0.0, 1.0]
    pool = LogarithmicPool().fit(sure[None], labels)
    assert bits(pool.pooled(sure[None]), labels) < 60
