"""Shared bits, distances, the matrix and regret: the identities that define them, and what they must find."""

import bz2
import itertools
import math
import zlib

import numpy as np
import pytest

from codelength.codes import Differenced, Mixture
from codelength.core import Bits
from codelength.measures import matrix, regret, shared
from codelength.predictors.kt import KT

X = b"the quick brown fox jumps over the lazy dog. " * 20
Y = b"pack my box with five dozen liquor jugs. " * 20


class Library:
    def __init__(self, module):
        self.module = module

    def bits(self, data):
        return Bits(8 * len(self.module.compress(data)))


@pytest.mark.parametrize("code", [KT(), Library(zlib), Library(bz2), Differenced(Library(bz2))])
def test_identities(code):
    both, back = shared(X, Y, code), shared(Y, X, code)
    assert both.x == code.bits(X)
    assert both.continued == code.bits(X + Y)
    assert both.continued_gap.bits == both.x.bits + both.y.bits - both.continued.bits
    assert both.shared.bits == both.x.bits + both.y.bits - both.xy.bits
    assert both.asymmetry.bits == both.xy.bits - both.yx.bits == -back.asymmetry.bits
    assert both.defect.bits == pytest.approx(both.xy.bits - both.x.bits - both.y_given_x.bits)
    assert both.distance == back.distance
    assert (both.yx, both.x_given_y) == (back.xy, back.y_given_x)
    assert both.ncd == (both.xy.bits - min(both.x.bits, both.y.bits)) / max(both.x.bits, both.y.bits)


def test_native_conditional_keeps_the_chain_rule():
    both = shared(X, Y, KT())
    assert both.native
    assert both.y_given_x == KT().given(X).bits(Y)
    assert both.y_given_x.kind == both.shared.kind == "exact"
    assert both.xy.bits == 1 + both.x.bits + min(both.y.bits, both.y_given_x.bits)
    assert both.defect.bits == pytest.approx(1 - max(0, both.y_given_x.bits - both.y.bits))
    assert abs((both.continued - both.x - both.y_given_x).bits) <= 16
    assert both.saved_on_y.bits == both.y.bits - both.y_given_x.bits
    assert both.saved_on_x.bits == both.x.bits - both.x_given_y.bits


def test_by_difference_is_called_an_estimate():
    both = shared(X, Y, Library(zlib))
    assert not both.native
    assert both.y_given_x.kind == both.x_given_y.kind == both.saved_on_y.kind == "estimate"
    assert both.x.kind == both.xy.kind == both.continued.kind == "exact"
    assert both.xy.bits == 1 + min(both.x.bits + both.y.bits, both.continued.bits)
    assert both.defect.bits == 1
    assert shared(X, Y, Differenced(Library(zlib))).y_given_x.kind == "estimate"


@pytest.mark.parametrize("code", [KT(), Library(zlib), Library(bz2), Differenced(Library(bz2))])
def test_a_pair_never_costs_more_than_its_parts_and_a_bit(code):
    noise = np.random.default_rng(0).bytes(900)
    for x, y in itertools.product([b"", X, Y, noise, bytes(900), X[::-1]], repeat=2):
        both = shared(x, y, code)
        assert both.shared.bits >= -1 - 1e-6
        assert both.xy.bits <= both.x.bits + both.y.bits + 1 + 1e-6


def test_an_upper_bound_of_a_conditional_makes_the_pair_an_upper_bound():
    class Bound:
        def __init__(self, kind, given=None):
            self.kind, self.side = kind, given

        def bits(self, data):
            return Bits(len(data) / (2 if self.side else 1), self.kind if self.side else "exact")

        def given(self, data):
            return Bound(self.kind, data)

    for kind in ("exact", "upper", "lower", "estimate"):
        both = shared(X, Y, Bound(kind))
        assert both.xy == Bits(1 + len(X) + len(Y) / 2, kind)


def test_same_is_near_and_noise_is_far():
    noise = np.random.default_rng(0).bytes(900)
    code = Library(zlib)
    assert shared(X, X, code).ncd < shared(X, Y, code).ncd < shared(X, noise, code).ncd
    assert shared(X, X, code).shared.bits > shared(X, noise, code).shared.bits


def test_empty_sequences():
    nothing = shared(b"", b"", KT())
    assert nothing.distance <= 1
    assert shared(b"", Y, KT()).y_given_x == KT().bits(Y)


@pytest.mark.parametrize("code", [KT(), Library(zlib)])
def test_matrix_is_all_pairs(code):
    items = [X, Y, X[:200], b""]
    found = matrix(items, code)
    for i, x in enumerate(items):
        assert found.alone[i] == code.bits(x).bits
        for j, y in enumerate(items):
            pair = shared(x, y, code)
            assert found.conditional[i, j] == pair.y_given_x.bits
            assert found.shared[i, j] == pair.saved_on_y.bits
            if i != j:
                assert found.distance[i, j] == pytest.approx(pair.distance)
    assert np.array_equal(found.distance, found.distance.T)
    assert not found.distance.diagonal().any()
    kinds = ("exact", "exact") if isinstance(code, KT) else ("estimate", "estimate")
    assert (found.conditional_kind, found.shared_kind) == kinds
    assert found.alone_kind == "exact"


def test_matrix_is_the_same_whatever_the_map():
    def backwards(f, rows):
        done = {i: f(i) for i in sorted(rows, reverse=True)}
        return [done[i] for i in sorted(done)]

    items = [X, Y, Y[::-1]]
    assert np.array_equal(matrix(items, KT(), over=backwards).conditional, matrix(items, KT()).conditional)
    assert matrix([], KT()).distance.shape == (0, 0)


def test_regret_of_a_mixture_is_within_its_bound():
    experts = [KT(), KT().given(X), KT().given(b"\0" * 999)]
    mixture = Mixture(experts)
    found = regret(Y, mixture, experts)
    assert found.best == 1
    assert found.experts == tuple(expert.bits(Y) for expert in experts)
    assert found.regret.bits == mixture.bits(Y).bits - min(bits.bits for bits in found.experts)
    assert found.regret.bits <= mixture.regret_bound(len(Y)).bits + 1e-6
    assert found.regret.bits <= math.log2(3) + 1e-3


def test_regret_needs_experts():
    with pytest.raises(ValueError, match="at least one"):
        regret(Y, KT(), [])
