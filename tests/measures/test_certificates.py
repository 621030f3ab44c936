"""Certificates: bounds that are bounds, in their order, and at their stated confidence."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codelength.core import DataError
from codelength.measures import Certificate, certificate


def kl(q: float, p: float) -> float:
    wrong = q * math.log(q / p) if q else 0.0
    right = (1 - q) * math.log((1 - q) / (1 - p)) if q < 1 else 0.0
    return wrong + right


counts = st.integers(1, 200_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@settings(max_examples=60, deadline=None)
@given(counts, st.floats(0, 1e5), st.floats(1e-9, 0.999))
def test_each_bound_lies_above_its_formula_in_floats(drawn: tuple[int, int], bits: float, delta: float) -> None:
    errors, n = drawn
    found = certificate(errors, n, bits, delta)
    q, c = errors / n, (bits * math.log(2) - math.log(delta)) / n
    assert found.hoeffding >= min(1.0, q + math.sqrt(c / 2)) * (1 - 1e-12)
    assert found.kl_inverse == 1.0 or kl(q, found.kl_inverse) >= c * (1 - 1e-9) - 1e-12
    shared = c + math.log(40) / n
    at = found.temperature
    assert found.catoni >= min(1.0, -math.expm1(-at * q - shared) / -math.expm1(-at)) * (1 - 1e-12)


@settings(max_examples=60, deadline=None)
@given(counts, st.floats(0, 1e4))
def test_the_kl_inverse_is_the_least_of_the_three_and_none_lies_below_the_training_error(
    drawn: tuple[int, int], bits: float
) -> None:
    found = certificate(*drawn, bits)
    assert found.train_error <= found.bound <= min(found.hoeffding, found.catoni) + 1e-15
    assert found.bound == found.kl_inverse


def test_the_kl_inverse_is_tight_to_the_last_digits() -> None:
    found = certificate(6_000, 60_000, 1_624)
    c = (1_624 * math.log(2) + math.log(20)) / 60_000
    assert kl(0.1, found.kl_inverse - 1e-9) < c <= kl(0.1, found.kl_inverse) + 1e-15


def test_without_errors_the_kl_inverse_has_a_closed_form() -> None:
    """kl(0 || p) = -ln(1 - p)."""
    found = certificate(0, 1_000, 7)
    exact = 1 - Fraction(1, 1) * Fraction(math.exp(-(7 * math.log(2) + math.log(20)) / 1_000))
    assert found.kl_inverse == pytest.approx(float(exact), rel=1e-12)


@pytest.mark.parametrize("more", ["errors", "bits", "confidence"])
def test_what_is_worse_has_a_worse_bound(more: str) -> None:
    plain = certificate(500, 10_000, 100, 0.05)
    worse = {
        "errors": certificate(501, 10_000, 100, 0.05),
        "bits": certificate(500, 10_000, 101, 0.05),
        "confidence": certificate(500, 10_000, 100, 0.04),
    }[more]
    for name in ("hoeffding", "kl_inverse", "catoni"):
        assert getattr(worse, name) > getattr(plain, name)


def test_it_holds_at_its_confidence_for_the_best_of_many_hypotheses() -> None:
    """Thresholds on a line, each told in 6 bits, labels with noise: the chosen one's true error is known exactly."""
    delta, noise, n, draws = 0.2, 0.2, 60, 400
    rng = np.random.default_rng(1)
    thresholds = np.arange(64) / 64
    true = noise + (1 - 2 * noise) * np.abs(thresholds - 0.5)
    violations = 0
    for _ in range(draws):
        x = rng.random(n)
        y = (x > 0.5) ^ (rng.random(n) < noise)
        errors = ((x[:, None] > thresholds) != y[:, None]).sum(axis=0)
        chosen = int(errors.argmin())
        violations += certificate(int(errors[chosen]), n, 6, delta).bound < true[chosen]
    assert violations <= delta * draws


def test_without_a_union_over_hypotheses_the_level_would_be_missed() -> None:
    """The same, a choice among many useless rules not paid for: so the test above can fail."""
    rng = np.random.default_rng(2)
    missed = sum(certificate(int(rng.binomial(60, 0.5, size=64).min()), 60, 0, 0.2).bound < 0.5 for _ in range(200))
    assert missed > 0.5 * 200


@pytest.mark.parametrize(
    ("call", "says"),
    [
        ((1, 0, 5), "at least one"),
        ((5, 4, 5), "expected 0 to 4"),
        ((-1, 4, 5), "expected 0 to 4"),
        ((1, 4, -1), "at least 0"),
        ((1, 4, math.nan), "at least 0"),
        ((1, 4, math.inf), "at least 0"),
        ((1, 4, 5, 0.0), "between 0 and 1"),
        ((1, 4, 5, 1.0), "between 0 and 1"),
        ((1, 4, 5, math.nan), "between 0 and 1"),
    ],
)
def test_figures_that_make_no_sense_are_refused(call: tuple[float, ...], says: str) -> None:
    with pytest.raises(DataError, match=says):
        certificate(*call)  # type: ignore[arg-type]


def test_a_certificate_is_a_value() -> None:
    assert isinstance(certificate(1, 10, 1), Certificate)
    assert certificate(1, 10, 1) == certificate(1, 10, 1)
