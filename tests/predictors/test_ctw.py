"""CTW against exact weighting in rationals, a plain-Python twin of its integers, its theorem, and as a code."""

import math
import pickle
from collections import defaultdict
from fractions import Fraction
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codelength.coding import binary
from codelength.core import Predictor, StreamError
from codelength.predictors.ctw import CTW
from codelength.predictors.kt import WIDTHS
from codelength.predictors.sequential import CHUNK
from predictors.reference_ctw import ReferenceCTW, decisions

SETTINGS = [
    CTW(0, 2),
    CTW(8, 2),
    CTW(64, 2),
    CTW(5, 2, split=3, estimator=4),
    CTW(6, 16),
    CTW(16),
    CTW(),
    CTW(64, split=8, estimator=16),
]
IDS = [code.spec for code in SETTINGS]
TEXT = b"how much wood would a woodchuck chuck if a woodchuck could chuck wood? "


def payload_bits(code: CTW, data: bytes) -> float:
    return binary.cost(data, code.probabilities(data))


def slack(code: CTW, data: bytes, bits: float) -> float:
    """The rounding allowance of the module's docstring."""
    return 8 * len(data) * (1.443 * 2.0**-20 + (code.depth + 2) * 2.0**-25) + 1.8e-5 * bits


def exact_bits(code: CTW, data: bytes) -> float:
    """The weighted probability of the paper, by recursion over all contexts, in rationals."""
    stop = Fraction(1, 1 << code.split)
    alpha = Fraction(1, code.estimator)

    @cache
    def estimate(zeros: int, ones: int) -> Fraction:
        if zeros + ones == 0:
            return Fraction(1)
        if ones:
            return estimate(zeros, ones - 1) * (ones - 1 + alpha) / (zeros + ones - 1 + 2 * alpha)
        return estimate(zeros - 1, 0) * (zeros - 1 + alpha) / (zeros - 1 + 2 * alpha)

    def weighted(visits: list[tuple[tuple[int, ...], int]], depth: int) -> Fraction:
        if not visits:
            return Fraction(1)
        ones = sum(bit for _, bit in visits)
        own = estimate(len(visits) - ones, ones)
        if depth == code.depth:
            return own
        children = [weighted([v for v in visits if v[0][depth] == way], depth + 1) for way in (0, 1)]
        return stop * own + (1 - stop) * children[0] * children[1]

    trees = defaultdict(list)
    for decision, context, bit in decisions(data, code.depth, WIDTHS[code.alphabet]):
        trees[decision].append((context, bit))
    total = 0.0
    for visits in trees.values():
        p = weighted(visits, 0)
        total += math.log2(p.denominator) - math.log2(p.numerator)
    return total


def gamma(z: float) -> float:
    return z if z < 1 else 0.5 * math.log2(z) + 1


def best_bound(code: CTW, data: bytes) -> tuple[float, float]:
    """Least L_S + Gamma_D + sum of gamma over leaves of any tree, and that tree's bound with |S| gamma(n / |S|)."""
    down, stop = -math.log2(1 - 2.0**-code.split), code.split
    k = code.estimator
    worse = math.log2(math.gamma(1 / k) ** 2 / math.gamma(2 / k) / math.pi) - 1 + 2 / k

    # A tree is (bound, bits under the best parameters, leaves, leaves at depth D).
    def best(visits: list[tuple[tuple[int, ...], int]], depth: int) -> tuple[float, float, int, int]:
        n, ones = len(visits), sum(bit for _, bit in visits)
        ideal = -sum(c * math.log2(c / n) for c in (ones, n - ones) if c)
        price = stop * (depth < code.depth)
        leaf = (ideal + price + (gamma(n) + worse if n else 0.0), ideal, 1, int(depth == code.depth))
        if depth == code.depth or n == 0:
            return leaf
        a, b = (best([v for v in visits if v[0][depth] == way], depth + 1) for way in (0, 1))
        inner = (down + a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3])
        return min(leaf, inner)

    trees = defaultdict(list)
    for decision, context, bit in decisions(data, code.depth, WIDTHS[code.alphabet]):
        trees[decision].append((context, bit))
    sharp = theorem = 0.0
    for visits in trees.values():
        bound, ideal, leaves, deep = best(visits, 0)
        sharp += bound
        theorem += ideal + (leaves - 1) * down + stop * (leaves - deep) + leaves * (gamma(len(visits) / leaves) + worse)
    return sharp, theorem


@pytest.mark.parametrize("code", SETTINGS, ids=IDS)
def test_codelength_is_that_of_exact_weighting(code: CTW) -> None:
    for data in (b"\x00" * 30, b"\xaa" * 30, TEXT[:40], bytes(range(0, 240, 7))):
        bits = payload_bits(code, data)
        assert abs(bits - exact_bits(code, data)) <= slack(code, data, bits)


@given(data=st.binary(max_size=24), which=st.integers(0, len(SETTINGS) - 1))
@settings(max_examples=40, deadline=None)
def test_codelength_is_that_of_exact_weighting_on_any_data(data: bytes, which: int) -> None:
    bits = payload_bits(SETTINGS[which], data)
    assert abs(bits - exact_bits(SETTINGS[which], data)) <= slack(SETTINGS[which], data, bits) + 1e-9


@pytest.mark.parametrize("code", SETTINGS, ids=IDS)
def test_kernels_equal_the_reference(code: CTW, data_dir: Path) -> None:
    for data in (TEXT, b"\x00" * 60, (data_dir / "calgary/obj1").read_bytes()[1000:1100]):
        reference = ReferenceCTW(code.depth, WIDTHS[code.alphabet], code.split, code.estimator)
        assert code.probabilities(data).reshape(-1).tolist() == reference.run(data)


@pytest.mark.parametrize("code", SETTINGS, ids=IDS)
@pytest.mark.parametrize("name", ["calgary/paper5", "calgary/obj1", "calgary/geo"])
def test_the_theorem_on_real_data(code: CTW, name: str, data_dir: Path) -> None:
    data = (data_dir / name).read_bytes()[:500]
    bits = payload_bits(code, data)
    sharp, theorem = best_bound(code, data)
    allowed = slack(code, data, bits)
    assert sharp <= theorem + 1e-6
    assert bits <= sharp + allowed


def tree_source(n_bytes: int, seed: int) -> bytes:
    """Bits of a tree source with leaves 1, 01, 001, 000 (latest bit first)."""
    draws = np.random.default_rng(seed).random(8 * n_bytes)
    bits = [0, 0, 0]
    for u in draws:
        a, b, c = bits[-1], bits[-2], bits[-3]
        p = 0.9 if a else 0.2 if b else 0.7 if c else 0.05
        bits.append(int(u < p))
    return np.packbits(np.array(bits[3:], dtype=np.uint8)).tobytes()


def adversarial(n_bytes: int, code: CTW) -> bytes:
    """At each step the bit that the code holds less likely."""
    walk, out = code.walk(), bytearray()
    for _ in range(n_bytes):
        byte = 0
        for _ in range(8):
            bit = int(walk.p < 1 << 31)
            walk.push(bit)
            byte = 2 * byte + bit
        out.append(byte)
    return bytes(out)


def test_the_theorem_on_tree_sources_and_adversaries() -> None:
    for code in (CTW(8, 2), CTW(8, 2, split=3, estimator=4), CTW(12)):
        for data in (tree_source(1000, 1), tree_source(1000, 2), adversarial(400, code), bytes(1000), b"U" * 1000):
            bits = payload_bits(code, data)
            sharp, theorem = best_bound(code, data)
            assert bits <= min(sharp, theorem) + slack(code, data, bits)


def test_the_cost_of_learning_a_true_tree() -> None:
    """Against the very source: its tree has 4 leaves, none at depth 8, so Gamma is 7 bits."""
    data = tree_source(2000, 3)
    n, visits = 16000, defaultdict(lambda: [0, 0])
    for _, context, bit in decisions(data, 3, 1):
        leaf = context[: context.index(1) + 1] if 1 in context else context
        visits[leaf][bit] += 1
    ideal = -sum(c * math.log2(c / sum(pair)) for pair in visits.values() for c in pair if c)
    bits = payload_bits(CTW(8, 2), data)
    assert bits <= ideal + 7 + 4 * gamma(n / 4) + slack(CTW(8, 2), data, bits)


@given(
    a=st.binary(max_size=60) | st.text("ab ", max_size=90).map(str.encode),
    b=st.binary(max_size=60) | st.text("ab ", max_size=90).map(str.encode),
    which=st.integers(0, len(SETTINGS) - 1),
)
@settings(max_examples=60, deadline=None)
def test_is_a_predictor(a: bytes, b: bytes, which: int) -> None:
    code = SETTINGS[which]
    assert isinstance(code, Predictor)
    assert code.decode(code.encode(a), max_size=len(a)) == a
    primed = code.given(a)
    before = pickle.dumps(primed)
    whole = code.probabilities(a + b)
    assert np.array_equal(whole[: len(a)], code.probabilities(a))
    assert np.array_equal(whole[len(a) :], primed.probabilities(b))
    assert np.array_equal(primed.given(b).probabilities(a), code.given(a + b).probabilities(a))
    assert primed.decode(primed.encode(b), max_size=len(b)) == b
    walk = primed.walk()
    for byte, row in zip(b, whole[len(a) :].tolist(), strict=True):
        for j, p in enumerate(row):
            assert walk.p == p
            walk.push(byte >> (7 - j) & 1)
    assert pickle.dumps(primed) == before


def test_kraft_holds_with_equality() -> None:
    for code in (CTW(8, 2).given(TEXT), CTW().given(TEXT)):
        total = 0
        for byte in range(256):
            weight = 1
            for j, p in enumerate(code.probabilities(bytes([byte]))[0].tolist()):
                weight *= p if byte >> (7 - j) & 1 else (1 << 32) - p
            total += weight
        assert total == 1 << (32 * 8)


def test_growth_and_chunks_change_nothing(data_dir: Path) -> None:
    """Two chunks: the pool moves while learning, decoding and scoring; and scoring leaves no trace."""
    data = (data_dir / "calgary/paper2").read_bytes() * 3
    head, tail = data[: CHUNK + 1000], data[CHUNK + 1000 : 2 * CHUNK]
    code = CTW(24)
    primed = code.given(head)
    before = primed._state.nodes[: primed._state.header[0] * 8].copy()
    small = tail[: CHUNK // 2]
    scored = primed.probabilities(small)
    assert np.array_equal(primed._state.nodes[: primed._state.header[0] * 8], before)
    whole = code.probabilities(head + tail)
    assert np.array_equal(whole[len(head) : len(head) + len(small)], scored)
    assert np.array_equal(whole[len(head) :], primed.probabilities(tail))
    assert primed.decode(primed.encode(tail), max_size=len(tail)) == tail


def test_a_short_document_touches_little_memory() -> None:
    state = CTW().given(TEXT * 4)._state
    assert state.header[0] * 32 + state.header[1] * 8 < 80_000


def test_pickled_state_carries_only_what_is_used() -> None:
    assert len(pickle.dumps(CTW().given(TEXT))) < 80_000


def test_a_truncated_stream_is_refused() -> None:
    code = CTW(16)
    with pytest.raises(StreamError):
        code.decode(code.encode(bytes(range(200)))[:-20], max_size=1000)


def test_spec_and_parameters() -> None:
    assert CTW().spec == "ctw:depth=48"
    assert CTW(8, 2, split=3, estimator=4).spec == "ctw:depth=8,alphabet=2,split=3,estimator=4"
    for wrong in ({"depth": 65}, {"depth": -1}, {"alphabet": 8}, {"split": 0}, {"estimator": 17}):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            CTW(**wrong)
