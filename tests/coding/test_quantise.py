"""The frequency quantiser: every frequency >= 1, exact sums, the cost bound symbol by symbol, exact inversion."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from codelength.coding import quantise as q


def reference(weights: list[int], k: int) -> list[int]:
    total, spare = sum(weights), 2**k - len(weights)
    freqs = [1 + w * spare // total for w in weights]
    freqs[weights.index(max(weights))] += 2**k - sum(freqs)
    return freqs


def rows_of(integers: bool) -> st.SearchStrategy[tuple[int, np.ndarray]]:
    if integers:
        values = st.one_of(st.integers(0, 3), st.integers(0, 2**32))
        dtype: type = np.int64
    else:
        values = st.one_of(st.floats(0, 1), st.floats(0, 1e300), st.sampled_from([0.0, 5e-324, 1e-310, 1 / 3]))
        dtype = np.float64
    return st.integers(1, 24).flatmap(
        lambda k: st.tuples(
            st.just(k),
            hnp.arrays(dtype, st.tuples(st.integers(1, 4), st.integers(1, min(2**k, 40))), elements=values),
        )
    )


def check(freqs: np.ndarray, weights: np.ndarray, k: int, slack: float) -> None:
    assert freqs.dtype == np.uint32
    assert freqs.shape == weights.shape
    assert (freqs >= 1).all()
    assert (freqs.sum(axis=-1, dtype=np.uint64) == 2**k).all()
    bound = q.quantising_cost(weights.shape[-1], k)
    for row, weight in zip(freqs.tolist(), weights.tolist(), strict=True):
        total = math.fsum(weight)
        for f, w in zip(row, weight, strict=True):
            if w / total > 0:
                assert k - math.log2(f) <= -math.log2(w / total) + bound + slack


@given(rows_of(integers=True))
@settings(deadline=None, max_examples=200)
def test_integers(pair: tuple[int, np.ndarray]) -> None:
    k, weights = pair
    weights[(weights == 0).all(axis=1)] = 1
    freqs = q.quantise_integers(weights, k)
    assert freqs.tolist() == [reference(row, k) for row in weights.tolist()]
    check(freqs, weights, k, 1e-9)


@given(rows_of(integers=False))
@settings(deadline=None, max_examples=200)
def test_floats(pair: tuple[int, np.ndarray]) -> None:
    k, weights = pair
    weights[(weights == 0).all(axis=1)] = 1
    freqs = q.quantise_floats(weights, k)
    check(freqs, weights, k, 1e-6)
    assert (freqs == q.quantise_floats(weights.copy(), k)).all()


def test_integers_and_floats_agree_where_floats_are_exact() -> None:
    counts = np.random.default_rng(0).integers(0, 1000, size=(50, 64))
    counts[:, 0] += 2**16 - counts.sum(axis=1)
    assert (q.quantise_integers(counts, 16) == q.quantise_floats(counts, 16)).all()


def test_the_average_cost_on_many_rows_stays_below_the_bound() -> None:
    """Redundancy of 300 random distributions over 256 symbols, in bits per symbol: between 0 and the bound."""
    p = np.random.default_rng(1).dirichlet(np.full(256, 0.1), size=300)
    for k in (10, 12, 16, 24):
        freqs = q.quantise_floats(p, k)
        with np.errstate(divide="ignore", invalid="ignore"):
            each = np.where(p > 0, p * (np.log2(p) + k - np.log2(freqs)), 0.0)
        redundancy = each.sum(axis=1)
        assert redundancy.min() > -1e-9
        assert redundancy.max() <= q.quantising_cost(256, k)


def test_as_many_symbols_as_frequencies_leaves_one_each() -> None:
    assert q.quantise_integers([7, 0, 100, 3], 2).tolist() == [1, 1, 1, 1]
    assert q.quantise_floats([7.0, 0.0, 100.0, 3.0], 2).tolist() == [1, 1, 1, 1]
    assert q.quantising_cost(4, 2) == math.inf


def test_the_quoted_costs() -> None:
    assert q.quantising_cost(256, 16) == pytest.approx(0.00565, abs=5e-6)
    assert q.quantising_cost(256, 24) == pytest.approx(0.000022, abs=5e-7)


def test_the_largest_sums_do_not_overflow() -> None:
    top = q.MAX_INTEGER_SUM
    assert q.quantise_integers([top, 0], 24).tolist() == [2**24 - 1, 1]
    assert q.quantise_integers([top - 1, 1], 24).tolist() == reference([top - 1, 1], 24)
    assert q.quantise_floats([1e308, 0.0], 24).tolist() == [2**24 - 1, 1]


@given(rows_of(integers=True), st.integers(0, 2**24 - 1))
@settings(deadline=None)
def test_target_to_symbol_inverts_symbol_to_interval(pair: tuple[int, np.ndarray], at: int) -> None:
    k, weights = pair
    weights[(weights == 0).all(axis=1)] = 1
    freqs = q.quantise_integers(weights, k)[0]
    symbol, start = q.find(freqs, at % 2**k)
    assert start <= at % 2**k < start + freqs[symbol]
    starts, widths = q.intervals(freqs, np.arange(freqs.size))
    assert starts.tolist() == [sum(freqs[:i].tolist()) for i in range(freqs.size)]
    for i, (low, width) in enumerate(zip(starts.tolist(), widths.tolist(), strict=True)):
        assert q.find(freqs, low) == (i, low)
        assert q.find(freqs, low + width - 1) == (i, low)


def test_intervals_of_one_row_and_of_a_row_each_agree() -> None:
    row = q.quantise_integers([5, 1, 9, 0], 8)
    chosen = [3, 0, 2, 1, 1]
    for one, each in zip(q.intervals(row, chosen), q.intervals(np.tile(row, (5, 1)), chosen), strict=True):
        assert one.dtype == each.dtype == np.uint32
        assert one.tolist() == each.tolist()
    assert q.intervals(row, [])[0].size == 0


@pytest.mark.parametrize(
    ("weights", "k", "says"),
    [
        ([1, 2], 0, "total_bits"),
        ([1, 2], 25, "total_bits"),
        ([1, 2, 3], 1, "expected"),
        (np.empty((3, 0), dtype=np.int64), 4, "expected"),
        (5, 4, "expected"),
        ([1, -1], 4, "expected >= 0"),
        ([0, 0], 4, "sums to 0"),
        ([[1, 1], [0, 0]], 4, "sums to 0"),
        ([2**40, 1], 4, "sums to"),
        ([2**41, 1], 4, "at most"),
        ([1.0, 2.0], 4, "integers"),
    ],
)
def test_bad_integers_are_refused(weights: object, k: int, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        q.quantise_integers(weights, k)


@pytest.mark.parametrize("weights", [[1.0, math.nan], [1.0, math.inf], [1.0, -1e-9], [0.0, 0.0], [1.7e308, 1.7e308]])
def test_bad_floats_are_refused(weights: list[float]) -> None:
    with pytest.raises(ValueError, match="finite"):
        q.quantise_floats(weights, 8)


def test_symbols_outside_the_alphabet_are_refused() -> None:
    row = q.quantise_integers([1, 1], 4)
    for bad in ([2], [-1]):
        with pytest.raises(ValueError, match="expected 0 to 1"):
            q.intervals(row, bad)
    with pytest.raises(ValueError, match="symbols"):
        q.intervals(np.tile(row, (3, 1)), [0, 1])
