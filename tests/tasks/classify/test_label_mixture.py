"""Mixing label distributions: the certificate is an exact inequality, whatever the experts say."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codelength.core import DataError
from codelength.tasks.classify.label_mixture import label_bits, mix_labels
from codelength.tasks.scoring import costs_of

SEEDS = st.integers(0, 2**32 - 1)


def drawn(seed: int, experts: int, n: int, k: int) -> tuple[list[np.ndarray], np.ndarray]:
    """Experts of every sharpness, some of them certain and wrong."""
    rng = np.random.default_rng(seed)
    said = [rng.dirichlet(np.full(k, 10.0 ** rng.uniform(-3, 1)), n) for _ in range(experts)]
    return said, rng.integers(0, k, n)


@settings(deadline=None, max_examples=40)
@given(SEEDS, st.integers(1, 6), st.integers(1, 40), st.integers(1, 20))
def test_bayes_costs_no_more_than_the_best_expert_and_log_n(seed: int, experts: int, n: int, k: int) -> None:
    said, labels = drawn(seed, experts, n, k)
    mixed = mix_labels(said, labels, [str(i) for i in range(experts)])
    assert mixed.bits.bits <= mixed.expert_bits.min() + np.log2(experts) + n * 2.0**-26
    assert mixed.regret.bits <= mixed.certificate.bits
    assert mixed.bits.kind == "exact" and mixed.certificate.kind == "upper"


@settings(deadline=None, max_examples=40)
@given(SEEDS, st.integers(2, 3), st.integers(2, 9), st.integers(2, 6), st.integers(2, 50))
def test_fixed_share_costs_no_more_than_the_best_sequence_and_its_bound(
    seed: int, experts: int, n: int, k: int, period: int
) -> None:
    said, labels = drawn(seed, experts, n, k)
    mixed = mix_labels(said, labels, [str(i) for i in range(experts)], period=period)
    costs = np.array([costs_of(label_bits(one, labels, "it"), bytes(labels.tolist())) for one in said])
    for runs in range(1, min(n, 3) + 1):
        best = min(
            sum(
                costs[expert, start:end].sum()
                for expert, (start, end) in zip(chosen, itertools.pairwise([0, *cuts, n]), strict=True)
            )
            for cuts in itertools.combinations(range(1, n), runs - 1)
            for chosen in itertools.product(range(experts), repeat=runs)
            if all(a != b for a, b in itertools.pairwise(chosen))
        )
        assert mixed.bits.bits <= best + mixed.bound(runs).bits


def test_the_trust_in_an_expert_is_that_in_all_its_voices() -> None:
    said, labels = drawn(0, 3, 20, 4)
    mixed = mix_labels(said, labels, ["a ^1", "b ^1", "a ^2"], groups=["a", "b", "a"])
    trust = mixed.trust()
    assert list(trust) == ["a", "b"]
    assert np.allclose(trust["a"], mixed.weights[:, 0] + mixed.weights[:, 2])
    assert np.allclose(trust["a"] + trust["b"], 1)


@settings(deadline=None, max_examples=40)
@given(SEEDS, st.integers(1, 256))
def test_a_label_costs_what_its_probability_says(seed: int, k: int) -> None:
    rng = np.random.default_rng(seed)
    said = rng.dirichlet(np.ones(k), 5) * 0.9 + 0.1 / k
    labels = rng.integers(0, k, 5)
    mixed = mix_labels([said], labels, ["it"])
    assert np.allclose(mixed.costs, -np.log2(said[np.arange(5), labels]), atol=1e-4)


def test_the_bits_of_all_labels_are_a_distribution() -> None:
    said = np.random.default_rng(0).dirichlet(np.ones(5), 1)
    mass = 0.0
    for label in range(256):
        bits = label_bits(said, np.array([label]), "it")[0].astype(float) / 2.0**32
        mass += np.prod(np.where([label >> (7 - j) & 1 for j in range(8)], bits, 1 - bits))
    assert mass == pytest.approx(1.0, abs=1e-12)


def test_weights_go_to_who_is_right_and_are_kept_over_time() -> None:
    right, wrong = np.tile([0.9, 0.1], (30, 1)), np.tile([0.1, 0.9], (30, 1))
    mixed = mix_labels([right, wrong], np.zeros(30, dtype=int), ["right", "wrong"])
    assert mixed.weights.shape == (31, 2) and mixed.weights[0].tolist() == [0.5, 0.5]
    assert (np.diff(mixed.weights[:, 0]) >= 0).all() and mixed.weights[-1, 0] > 0.999
    assert mixed.best == "right" and mixed.curve()[-1] == pytest.approx(mixed.bits.bits)


def test_switching_follows_the_better_half_each() -> None:
    labels = np.repeat([0, 1], 100)
    zero, one = np.tile([0.95, 0.05], (200, 1)), np.tile([0.05, 0.95], (200, 1))
    bayes, sharing = (mix_labels([zero, one], labels, ["0", "1"], period=period) for period in (None, 50))
    assert sharing.bits.bits < 50 < bayes.bits.bits
    assert sharing.bits.bits < sharing.expert_bits.min()


def test_what_does_not_fit_is_refused() -> None:
    fine, labels = np.full((3, 2), 0.5), np.zeros(3, dtype=int)
    with pytest.raises(DataError, match="257 classes"):
        mix_labels([np.full((3, 257), 1 / 257)], labels, ["many"])
    with pytest.raises(DataError, match="odd says probabilities"):
        mix_labels([fine, np.full((3, 2), np.nan)], labels, ["fine", "odd"])
    with pytest.raises(ValueError, match="period=1"):
        mix_labels([fine], labels, ["fine"], period=1)
    with pytest.raises(ValueError, match="0 experts"):
        mix_labels([], labels, [])
    with pytest.raises(ValueError, match="runs=2"):
        mix_labels([fine], labels, ["fine"]).bound(2)
