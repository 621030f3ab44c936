"""The fixed-point weights against plain Python integers, exactly, and the proven bounds as inequalities."""

import math
from fractions import Fraction

import numpy as np
import pytest
from stand_ins import Order, Table

from codelength.codes import Mixture, Switching
from codelength.codes import weights as fixed
from codelength.coding import binary

EXTREMES = (1, 1 << 31, (1 << 32) - 1)
FLOAT_ERROR = 1e-6


def reference(prior, period, experts, data):
    """The mixture's probabilities as integers without width: (n, 8), and the weights at the end."""
    weights = [int(w) for w in prior]
    out = np.empty((len(data), 8), dtype=np.uint32)
    for t, byte in enumerate(data):
        for j in range(8):
            said = [int(p) for p in experts[:, t, j]]
            ones = [-(-w * p // 2**32) for w, p in zip(weights, said, strict=True)]
            zeros = [-(-w * (2**32 - p) // 2**32) for w, p in zip(weights, said, strict=True)]
            one, zero = sum(ones), sum(zeros)
            smaller = -(-4 * min(one, zero) // ((one + zero) >> 30))
            out[t, j] = smaller if one <= zero else 2**32 - smaller
            weights = ones if byte >> (7 - j) & 1 else zeros
            while sum(weights) < 2**61:
                weights = [2 * w for w in weights]
        n, total = len(weights), sum(weights)
        if period and n > 1:
            weights = [w - w // period - (-(total - w) // (period * (n - 1))) for w in weights]
    return out, weights


def adversaries(n, seed=0):
    """Pairs (experts (N, n, 8), data) that press on the arithmetic from different sides."""
    rng = np.random.default_rng(seed)
    data = rng.integers(0, 256, n, dtype=np.uint8)
    right = np.where(np.unpackbits(data).reshape(n, 8) == 1, EXTREMES[2], EXTREMES[0]).astype(np.uint32)
    wrong = (2**32 - right.astype(np.uint64)).astype(np.uint32)
    coin = np.full((n, 8), 1 << 31, dtype=np.uint32)
    odd = (np.arange(n) % 2 == 1)[:, None]
    late = (np.arange(n) > n * 9 // 10)[:, None]
    zeros = np.zeros(n, dtype=np.uint8)
    return {
        "one always right, one always wrong": ([right, wrong], data),
        "all always wrong": ([wrong, wrong], data),
        "taking turns": ([np.where(odd, right, wrong), np.where(odd, wrong, right)], data),
        "good only at the end": ([coin, np.where(late, right, wrong)], data),
        "random extremes": (list(rng.choice(np.array(EXTREMES, dtype=np.uint32), (5, n, 8))), data),
        "random": (list(rng.integers(1, 1 << 32, (16, n, 8), dtype=np.uint32)), data),
        "zeros, all certain": ([np.full((n, 8), 1, dtype=np.uint32)] * 3, zeros),
        "zeros, odd numbers": ([np.full((n, 8), p, dtype=np.uint32) for p in (3, 5, (1 << 31) + 1)], zeros),
        "one alone": ([rng.integers(1, 1 << 32, (n, 8), dtype=np.uint32)], data),
    }


NAMES = sorted(adversaries(1))


@pytest.mark.parametrize("period", [fixed.NO_SHARING, 2, 1000])
@pytest.mark.parametrize("name", NAMES)
def test_kernel_equals_plain_integers(name, period):
    experts, data = adversaries(150)[name]
    experts = np.stack(experts)
    weights = fixed.scaled([3**i for i in range(len(experts))])
    expected, end = reference(weights, period, experts, data)
    out = np.empty((data.size, 8), dtype=np.uint32)
    fixed.run(weights, period, experts, data, out)
    assert np.array_equal(out, expected)
    assert [int(w) for w in weights] == end


@pytest.mark.parametrize("name", NAMES)
def test_bayes_bound_in_exact_fractions(name):
    """Not a float anywhere: the product of the mixture's probabilities against weight times the expert's product."""
    n = 120
    experts, data = adversaries(n)[name]
    weights = [2 * i + 1 for i in range(len(experts))]
    mixture = Mixture([Table(e) for e in experts], weights)
    mixed = likelihood(mixture.probabilities(data.tobytes()), data)
    # 2**-x <= 1 - x / 2 for x in [0, 1], so this asks for more than the bound does.
    slack = 1 - Fraction(fixed.ROUNDING_PER_BYTE) * n / 2
    for weight, expert in zip(weights, experts, strict=True):
        assert mixed >= Fraction(weight, sum(weights)) * likelihood(expert, data) * slack


@pytest.mark.parametrize("name", NAMES)
def test_bayes_bound_over_many_symbols(name):
    n = 200_000
    experts, data = adversaries(n)[name]
    mixture = Mixture([Table(e) for e in experts])
    best = min(binary.cost(data.tobytes(), e) for e in experts)
    cost = binary.cost(data.tobytes(), mixture.probabilities(data.tobytes()))
    assert cost <= best + math.log2(len(experts)) + n * fixed.ROUNDING_PER_BYTE + FLOAT_ERROR


@pytest.mark.parametrize("period", [2, 100, 5000])
@pytest.mark.parametrize("name", NAMES)
def test_fixed_share_bound_against_the_best_sequence(name, period):
    n = 20_000
    experts, data = adversaries(n)[name]
    switching = Switching([Table(e) for e in experts], period)
    check_fixed_share(switching, np.stack(experts), data)


def test_bounds_on_real_text(data_dir):
    folder = data_dir / "languages"
    parts = [path.read_bytes()[:6000] for path in sorted(folder.iterdir()) if path.is_file()][:4]
    text = b"".join(parts * 2)
    data = np.frombuffer(text, dtype=np.uint8)
    orders = [Order(k) for k in (0, 1, 2, 4)] + [Order(2).given(part) for part in parts]
    experts = np.stack([order.probabilities(text) for order in orders])
    for period in (50, 2000):
        check_fixed_share(Switching(orders, period), experts, data)
    mixture = Mixture(orders)
    best = min(order.bits(text).bits for order in orders)
    assert mixture.bits(text).bits <= best + mixture.regret_bound(len(text)).bits + FLOAT_ERROR


def test_a_disgraced_expert_comes_back():
    """After 800,000 bits of certain error its weight is not 0, so switching to it costs at most 62 bits, even in
    the mixture that does not share.
    """
    n = 100_000
    data = np.zeros(n, dtype=np.uint8)
    wrong_then_right = np.full((n, 8), (1 << 32) - 1, dtype=np.uint32)
    wrong_then_right[n - 100 :] = 1
    other = np.full((n, 8), 1, dtype=np.uint32)
    other[n - 100 :] = (1 << 32) - 1
    mixture = Mixture([Table(wrong_then_right), Table(other)])
    assert binary.cost(data.tobytes(), mixture.probabilities(data.tobytes())) < 1 + 62 + 1


def likelihood(probs, data):
    """The product of the probabilities of the bits that came, as a fraction."""
    ones = np.unpackbits(data).astype(bool)
    chosen = np.where(ones, probs.reshape(-1).astype(np.uint64), 2**32 - probs.reshape(-1).astype(np.uint64))
    product = math.prod(int(p) for p in chosen)
    return Fraction(product, 1 << (32 * chosen.size))


def check_fixed_share(switching, experts, data, most_segments=8):
    cost = binary.cost(data.tobytes(), switching.probabilities(data.tobytes()))
    sequences = best_sequences(byte_costs(experts, data), most_segments)
    for m, best in enumerate(sequences, start=1):
        assert cost <= best + switching.regret_bound(data.size, m).bits + FLOAT_ERROR, m


def byte_costs(experts, data):
    """What each byte costs under each expert, in bits: (n, N)."""
    ones = np.unpackbits(data).reshape(-1, 8).astype(bool)
    said = experts.astype(np.float64)
    return (32 - np.log2(np.where(ones, said, 2.0**32 - said))).sum(axis=2).T


def best_sequences(costs, most):
    """The least cost of a sequence of experts in exactly m segments, m = 1..most, by dynamic programming."""
    n, experts = costs.shape
    least = np.full((most, experts), np.inf)
    least[0] = costs[0]
    for t in range(1, n):
        moved = np.full_like(least, np.inf)
        if experts > 1:
            ordered = np.sort(least, axis=1)
            first = least.argmin(axis=1)
            others = np.where(np.arange(experts) == first[:, None], ordered[:, 1:2], ordered[:, :1])
            moved[1:] = others[:-1]
        least = np.minimum(least, moved) + costs[t]
    return least.min(axis=1)
