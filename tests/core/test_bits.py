"""Bits: the four kinds stay honest under arithmetic."""

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codelength.core import Bits, Kind, either, total

KINDS: tuple[Kind, ...] = ("exact", "upper", "lower", "estimate")
FINITE = st.floats(-1e12, 1e12)

SUMS = {
    ("exact", "exact"): "exact",
    ("exact", "upper"): "upper",
    ("exact", "lower"): "lower",
    ("exact", "estimate"): "estimate",
    ("upper", "upper"): "upper",
    ("upper", "lower"): "estimate",
    ("upper", "estimate"): "estimate",
    ("lower", "lower"): "lower",
    ("lower", "estimate"): "estimate",
    ("estimate", "estimate"): "estimate",
}


@pytest.mark.parametrize(("a", "b"), list(itertools.product(KINDS, KINDS)))
def test_kind_of_a_sum(a: Kind, b: Kind) -> None:
    expected = SUMS.get((a, b)) or SUMS[(b, a)]
    assert (Bits(1.0, a) + Bits(2.0, b)) == Bits(3.0, expected)


@pytest.mark.parametrize(("a", "b"), list(itertools.product(KINDS, KINDS)))
def test_a_bound_is_never_made_of_bounds_of_opposite_sides(a: Kind, b: Kind) -> None:
    """Whatever lies within the operands' meaning lies within the meaning of the difference."""
    truths = {"exact": [0.0], "upper": [0.0, -5.0], "lower": [0.0, 5.0], "estimate": [-5.0, 0.0, 5.0]}
    difference = Bits(10.0, a) - Bits(7.0, b)
    for x, y in itertools.product(truths[a], truths[b]):
        truth = (10.0 + x) - (7.0 + y)
        if difference.kind == "exact":
            assert truth == difference.bits
        elif difference.kind == "upper":
            assert truth <= difference.bits
        elif difference.kind == "lower":
            assert truth >= difference.bits


@given(FINITE, FINITE, st.sampled_from(KINDS), st.sampled_from(KINDS))
def test_addition_commutes(x: float, y: float, a: Kind, b: Kind) -> None:
    assert Bits(x, a) + Bits(y, b) == Bits(y, b) + Bits(x, a)


@given(FINITE, st.sampled_from(KINDS))
def test_negating_twice_changes_nothing(x: float, kind: Kind) -> None:
    negated = -Bits(x, kind)
    assert -negated == Bits(x, kind)


def test_a_negative_factor_turns_a_bound_round() -> None:
    assert Bits(4.0, "upper") * -2 == Bits(-8.0, "lower")
    assert 0.5 * Bits(4.0, "upper") == Bits(2.0, "upper")
    assert Bits(4.0, "estimate", 1.0) * -3 == Bits(-12.0, "estimate", 3.0)


def test_standard_errors_add_in_squares() -> None:
    assert (Bits(1.0, "estimate", 3.0) - Bits(1.0, "estimate", 4.0)).stderr == 5.0
    assert (Bits(1.0, "estimate", 3.0) + Bits(1.0)).stderr == 3.0


def test_total_of_nothing_is_exactly_zero() -> None:
    assert total([]) == Bits(0.0, "exact")
    assert total([Bits(1.0), Bits(2.0, "upper")]) == Bits(3.0, "upper")


def test_nats() -> None:
    assert Bits(1.0).nats == math.log(2)


@pytest.mark.parametrize(
    ("bits", "kind", "stderr"),
    [
        (math.nan, "exact", None),
        (1.0, "roughly", None),
        (1.0, "exact", 0.5),
        (1.0, "estimate", -1.0),
        (1.0, "upper", 0.0),
    ],
)
def test_refuses_what_means_nothing(bits: float, kind: Kind, stderr: float | None) -> None:
    with pytest.raises(ValueError, match=r"bits|kind|stderr"):
        Bits(bits, kind, stderr)


def test_arithmetic_with_plain_numbers_is_refused() -> None:
    """A number without a kind cannot be added: that would mix kinds unseen."""
    with pytest.raises(TypeError):
        Bits(1.0) + 2.0  # type: ignore[operator]
    with pytest.raises(TypeError):
        Bits(1.0) - 2.0  # type: ignore[operator]


@pytest.mark.parametrize(("a", "b"), list(itertools.product(KINDS, KINDS)))
def test_either_of_two_is_a_bit_above_the_shorter_and_claims_no_more_than_both(a: Kind, b: Kind) -> None:
    expected = SUMS.get((a, b)) or SUMS[(b, a)]
    assert either(Bits(5.0, a), Bits(2.0, b)) == either(Bits(2.0, b), Bits(5.0, a)) == Bits(3.0, expected)


def test_either_keeps_the_error_of_the_one_chosen() -> None:
    sampled = Bits(2.0, "estimate", stderr=0.5)
    assert either(sampled, Bits(5.0)).stderr == 0.5
    assert either(Bits(1.0), sampled).stderr is None
