"""KT against the exact rational estimator, against its proven bounds, and as a code."""

import math
import pickle
from collections import Counter
from fractions import Fraction
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codelength.core import Predictor, StreamError
from codelength.predictors.kt import KT, WIDTHS

ALPHABETS = sorted(WIDTHS)
FILES = ("calgary/obj1", "calgary/paper5", "calgary/pic", "calgary/geo")


def symbols_of(data: bytes, alphabet: int) -> list[int]:
    width = WIDTHS[alphabet]
    return [(byte >> shift) & (alphabet - 1) for byte in data for shift in range(8 - width, -1, -width)]


def payload_bits(code: KT, data: bytes) -> float:
    """Codelength without that of the length."""
    return code.bits(data).bits - code.bits(b"").bits - 8 * (max(len(data).bit_length() - 1, 0) // 7)


def exact_bits(data: bytes, alphabet: int) -> float:
    """Codelength under (n_a + 1/2) / (n + m/2), by log-gamma."""
    counts = Counter(symbols_of(data, alphabet))
    n, m = sum(counts.values()), alphabet
    seen = sum(math.lgamma(c + 0.5) - math.lgamma(0.5) for c in counts.values())
    return (math.lgamma(n + m / 2) - math.lgamma(m / 2) - seen) / math.log(2)


def entropy_bits(data: bytes, alphabet: int) -> float:
    counts = Counter(symbols_of(data, alphabet))
    n = sum(counts.values())
    return -sum(c * math.log2(c / n) for c in counts.values())


def rounding_slack(n: int, alphabet: int) -> float:
    """The bound of the module's docstring."""
    return 1.443 * 2.0**-32 * WIDTHS[alphabet] * (n + alphabet / 2) * (2 + math.log(1 + 2 * n))


def reference(data: bytes, alphabet: int) -> list[int]:
    """The kernel in plain Python, from symbol counts: P(bit = 1) = (4 c1 + k) / (4 c + 2 k), floored."""
    width, seen, out = WIDTHS[alphabet], [0] * alphabet, []
    for symbol in symbols_of(data, alphabet):
        low, leaves = 0, alphabet
        while leaves > 1:
            half = leaves // 2
            c, c1 = sum(seen[low : low + leaves]), sum(seen[low + half : low + leaves])
            out.append(((4 * c1 + leaves) << 32) // (4 * c + 2 * leaves))
            bit = symbol >> (width - len(bin(alphabet // leaves)) + 2) & 1
            low, leaves = low + bit * half, half
        seen[symbol] += 1
    return out


@pytest.mark.parametrize("alphabet", ALPHABETS)
@given(data=st.binary(max_size=60))
@settings(max_examples=30, deadline=None)
def test_kernel_equals_reference(alphabet: int, data: bytes) -> None:
    assert KT(alphabet).probabilities(data).reshape(-1).tolist() == reference(data, alphabet)


@pytest.mark.parametrize("alphabet", ALPHABETS)
def test_each_symbol_has_the_exact_probability(alphabet: int) -> None:
    data = b"abracadabra, said the cobra" * 3
    probs = KT(alphabet).probabilities(data).reshape(-1, WIDTHS[alphabet])
    seen: Counter[int] = Counter()
    for t, symbol in enumerate(symbols_of(data, alphabet)):
        coded = Fraction(1)
        for j, p in enumerate(probs[t]):
            one = Fraction(int(p), 1 << 32)
            coded *= one if symbol >> (WIDTHS[alphabet] - 1 - j) & 1 else 1 - one
        exact = Fraction(2 * seen[symbol] + 1, 2 * t + alphabet)
        assert abs(coded - exact) <= Fraction(WIDTHS[alphabet], 1 << 32)
        seen[symbol] += 1


@pytest.mark.parametrize("alphabet", ALPHABETS)
@pytest.mark.parametrize("name", FILES)
def test_bounds_on_real_data(alphabet: int, name: str, data_dir: Path) -> None:
    data = (data_dir / name).read_bytes()[:100_000]
    n = len(data) * 8 // WIDTHS[alphabet]
    bits, slack = payload_bits(KT(alphabet), data), rounding_slack(n, alphabet)
    exact = exact_bits(data, alphabet)
    assert exact - slack - 1e-6 <= bits <= exact + slack + 1e-6
    redundancy = (alphabet - 1) / 2 * math.log2(n) + math.log2(alphabet)
    assert bits <= entropy_bits(data, alphabet) + redundancy + slack


@given(data=st.binary(min_size=1, max_size=80))
@settings(max_examples=50, deadline=None)
def test_bounds_on_any_data(data: bytes) -> None:
    for alphabet in ALPHABETS:
        n = len(data) * 8 // WIDTHS[alphabet]
        redundancy = (alphabet - 1) / 2 * math.log2(n) + math.log2(alphabet) + rounding_slack(n, alphabet)
        assert payload_bits(KT(alphabet), data) <= entropy_bits(data, alphabet) + redundancy


def test_kraft_holds_with_equality() -> None:
    """The integer probabilities of all sequences of one byte, and of a second after it, sum to exactly 1."""
    for code in (KT(), KT(2), KT().given(b"kraft")):
        total = 0
        for (byte,) in product(range(256)):
            weight = 1
            for j, p in enumerate(code.probabilities(bytes([byte]))[0].tolist()):
                weight *= p if byte >> (7 - j) & 1 else (1 << 32) - p
            total += weight
        assert total == 1 << (32 * 8)


@pytest.mark.parametrize("alphabet", ALPHABETS)
@given(a=st.binary(max_size=50), b=st.binary(max_size=50))
@settings(max_examples=30, deadline=None)
def test_is_a_predictor(alphabet: int, a: bytes, b: bytes) -> None:
    code = KT(alphabet)
    assert isinstance(code, Predictor)
    assert code.decode(code.encode(a), max_size=len(a)) == a
    primed, before = code.given(a), pickle.dumps(code.given(a))
    assert np.array_equal(primed.given(b).probabilities(a), code.given(a + b).probabilities(a))
    assert primed.decode(primed.encode(b), max_size=len(b)) == b
    assert pickle.dumps(primed) == before
    whole = code.probabilities(a + b)
    assert np.array_equal(whole[: len(a)], code.probabilities(a))
    assert np.array_equal(whole[len(a) :], primed.probabilities(b))
    walk = primed.walk()
    for byte, row in zip(b, primed.probabilities(b).tolist(), strict=True):
        for j, p in enumerate(row):
            assert walk.p == p
            walk.push(byte >> (7 - j) & 1)


def test_probabilities_stay_possible_at_huge_counts() -> None:
    code = KT(2)
    code._state.counts[:] = [0, 1 << 40, 1 << 40, 0]
    assert code.walk().p == 1
    code._state.counts[:] = [0, 1 << 40, 0, 1 << 40]
    assert code.walk().p == (1 << 32) - 1
    code._state.counts[:] = [0, 1 << 40, 1 << 39, 1 << 39]
    assert abs(code.walk().p - (1 << 31)) <= 4


def test_a_truncated_stream_is_refused() -> None:
    code = KT()
    with pytest.raises(StreamError):
        code.decode(code.encode(bytes(range(200)))[:-20], max_size=1000)


def test_spec_and_parameters() -> None:
    assert KT().spec == "kt"
    assert KT(2).spec == "kt:alphabet=2"
    with pytest.raises(ValueError, match="alphabet is 3"):
        KT(3)
