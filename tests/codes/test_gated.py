"""Gates: the kernel is what the formulas say, the logistic domain is right, and the certificate holds."""

import math
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stand_ins import Order, Table

from codelength.codes import Gated, Mixture
from codelength.codes import gates as voting
from codelength.codes.logit import LIMIT, UNIT, squash, stretch
from codelength.coding import binary

TEXT = b"what two experts know of the next letter is more than what either of them knows. " * 4


@settings(max_examples=200, deadline=None)
@given(p=st.integers(1, 2**32 - 1))
def test_stretch_is_the_logarithm_of_the_odds(p):
    exact = float((Decimal(p) / (2**32 - p)).ln())
    assert stretch(np.uint32(p)) / UNIT == pytest.approx(max(-22, min(22, exact)), abs=5e-5)


@settings(max_examples=200, deadline=None)
@given(x=st.integers(-LIMIT - 5, LIMIT + 5))
def test_squash_is_its_inverse(x):
    exact = 2**32 / (1 + math.exp(-max(-22, min(22, x / UNIT))))
    assert 0 < squash(x) < 2**32
    assert abs(squash(x) - exact) <= 4e-5 * min(exact, 2**32 - exact) + 2
    assert squash(x) <= squash(x + 1)


def by_the_formulas(experts, data):
    """The docstring of `gates`, in plain integers of Python."""
    n, rows, uses, outer = len(experts), {}, {}, {}
    one, said = 1 << 20, []
    first = one * 85 // 100
    start = [first] + [(one - first) // (n - 1)] * (n - 1)
    last, run = 0, 0

    def certainty(x):
        size, step = min(abs(x) // (UNIT // 2), 44), 0
        while size and step < 5:
            size, step = size >> 1, step + 1
        return 6 + step if x >= 0 else 5 - step

    def clamped(x):
        return max(-LIMIT, min(LIMIT, x))

    for t, byte in enumerate(data):
        node = 1
        for j in range(8):
            bit = byte >> (7 - j) & 1
            x = [int(stretch(np.uint32(said_by[t, j]))) for said_by in experts]
            contexts = [node, certainty(x[0]) * 12 + certainty(x[-1]), last, min(run // 4, 31) * 8 + j]
            w = [rows.setdefault((s, c), list(start)) for s, c in enumerate(contexts)]
            v = outer.setdefault(node, [one // 4] * 4)
            y = [clamped(sum(a * b for a, b in zip(row, x, strict=True)) // one) for row in w]
            z = clamped(sum(a * b for a, b in zip(v, y, strict=True)) // one)
            said.append(squash(z))
            wrong = ((bit << 32) - squash(z)) >> 16
            for s, c in enumerate(contexts):
                used = uses.get((s, c), 0)
                rate = voting._SLOW + (voting._FAST - voting._SLOW) * 32 // (32 + used)
                uses[s, c] = used + 1
                error = (((bit << 32) - squash(y[s])) >> 16) * rate
                for i in range(n):
                    w[s][i] += error * x[i] >> 28
                v[s] += wrong * voting._OUTER_RATE * y[s] >> 28
            run = min(run + 1, 255) if (x[0] >= 0) == (bit == 1) else 0
            node = 2 * node + bit
        last = byte
    return np.array(said, dtype=np.uint32).reshape(len(data), 8)


def test_the_kernel_is_what_the_formulas_say():
    experts = np.stack([Order(k).probabilities(TEXT) for k in (0, 1, 2)])
    chance = np.random.default_rng(0)
    experts[1, 50:90] = chance.integers(1, 2**32, (40, 8))
    experts[2, 60:80] = chance.choice([1, 2**32 - 1], (20, 8))
    found = np.empty((len(TEXT), 8), dtype=np.uint32)
    voting.votes_on(voting.fresh(3), experts, np.frombuffer(TEXT, np.uint8), found)
    assert np.array_equal(found, by_the_formulas(experts, TEXT))


def test_two_experts_that_know_different_things_are_beaten():
    """Each is told the truth of a bit with its own noise: their votes added say more than either."""
    n = 3000
    chance = np.random.default_rng(1)
    data = chance.integers(0, 256, n, dtype=np.uint8)
    truth = np.unpackbits(data).reshape(n, 8)
    seen = [np.where(chance.random((n, 8)) < 0.8, truth, 1 - truth) for _ in range(2)]
    experts = [Table(np.where(bits == 1, 0.8, 0.2) * 2**32) for bits in seen]
    alone = [expert.bits(data.tobytes()).bits for expert in experts]
    together = Gated(experts).bits(data.tobytes()).bits
    same, differ = 0.8**2 + 0.2**2, 2 * 0.8 * 0.2
    posterior = 0.8**2 / same
    ideal = 8 * n * (differ + same * -(posterior * math.log2(posterior) + (1 - posterior) * math.log2(1 - posterior)))
    assert ideal < together < 1.06 * ideal < 0.8 * min(alone)
    assert Mixture(experts).bits(data.tobytes()).bits > 0.97 * min(alone)


@pytest.mark.parametrize("seed", range(3))
def test_the_certificate_holds_whatever_the_experts_say(seed):
    """Also where following the gates would be ruinous: an expert that is right for long, then always wrong."""
    n = 600
    chance = np.random.default_rng(seed)
    data = chance.integers(0, 256, n, dtype=np.uint8)
    truth = np.unpackbits(data).reshape(n, 8)
    sure = np.where(truth == 1, 2**32 - 2**12, 2**12).astype(np.uint32)
    liar = sure.copy()
    liar[n // 2 :] = (2**32 - sure[n // 2 :].astype(np.uint64)).astype(np.uint32)
    even = np.full((n, 8), 1 << 31, dtype=np.uint32)
    drawn = chance.integers(1, 2**32, (n, 8)).astype(np.uint32)
    for experts in ([liar, even], [even, liar], [drawn, even, liar], [sure, liar, drawn]):
        code = Gated([Table(said) for said in experts])
        best = min(binary.cost(data.tobytes(), said) for said in experts) + 8 * len(binary.length_prefix(n))
        assert code.bits(data.tobytes()).bits <= best + code.regret_bound(n).bits
    weights = code.weights_after(data.tobytes())
    assert weights.shape == (n + 1, 4) and weights.sum(axis=1) == pytest.approx(1)


def test_name():
    assert Gated([Order(1), Order(2)]).spec == "gated(order1, order2)"
