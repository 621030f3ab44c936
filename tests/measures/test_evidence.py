"""Costs of bytes and blocks add up; a saving by chance is as rare as claimed; intervals cover as often as claimed."""

import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codelength.coding import binary
from codelength.core import Bits, DataError
from codelength.measures import (
    block_costs,
    block_sums,
    byte_costs,
    evidence,
    evidence_of,
    fixed_ends,
    interval,
    line_ends,
)
from codelength.predictors.kt import KT

TEXT = b"one line of text\nanother line of text\n\nand the last one without its end" * 9


class Zlib:
    def bits(self, data):
        return Bits(8 * len(zlib.compress(data)))


@settings(deadline=None)
@given(data=st.binary(max_size=300))
def test_byte_costs_of_a_predictor_sum_to_its_codelength(data):
    costs = byte_costs(KT(), data)
    assert costs.shape == (len(data),)
    prefix = 8 * len(binary.length_prefix(len(data)))
    assert costs.sum() == pytest.approx(KT().bits(data).bits - prefix, abs=1e-6)


@settings(deadline=None)
@given(data=st.binary(max_size=300))
def test_costs_of_any_other_code_sum_to_its_codelength(data):
    costs = byte_costs(Zlib(), data)
    assert costs.shape == (len(data),)
    assert costs.sum() == pytest.approx(Zlib().bits(data).bits - Zlib().bits(b"").bits, abs=1e-6)


def test_byte_costs_are_causal():
    assert np.array_equal(byte_costs(KT(), TEXT)[:50], byte_costs(KT(), TEXT[:50]))


def test_block_costs_are_conditional_lengths():
    ends = np.array([10, 11, 300, len(TEXT)])
    for code in (KT(), Zlib()):
        for start, end, cost in zip([0, *ends[:-1]], ends, block_costs(code, TEXT, ends), strict=True):
            expected = code.bits(TEXT[:end]).bits - code.bits(TEXT[:start]).bits
            # A predictor's lengths also grow by their prefix, which is no block's.
            assert cost == pytest.approx(expected, abs=8.01 if isinstance(code, KT) else 1e-9)


@settings(deadline=None)
@given(data=st.binary(max_size=200), size=st.integers(1, 50))
def test_ends_cut_up_the_data(data, size):
    for ends in (fixed_ends(len(data), size), line_ends(data)):
        assert block_sums(np.ones(len(data)), ends).sum() == len(data)
    lines = line_ends(data).tolist()
    assert [data[a:b] for a, b in zip([0, *lines], lines, strict=False)] == data.splitlines(True) or b"\r" in data


@pytest.mark.parametrize("ends", [[], [3], [2, 2, 5], [0, 5], [4, 3, 5], [6]])
def test_wrong_ends_are_refused(ends):
    with pytest.raises(DataError, match="do not cut up 5 bytes"):
        block_sums(np.ones(5), np.array(ends, dtype=np.int64))


def test_savings_by_chance_are_as_rare_as_claimed():
    """4,000 sequences drawn from the baseline itself: the codes' saving passes k at most 2**-k of the time."""
    rng = np.random.default_rng(0)
    n, draws = 12, 4000
    baseline, code = 0.7, 0.4
    ones = (rng.random((draws, n)) < baseline).sum(axis=1)
    saved = ones * np.log2(code / baseline) + (n - ones) * np.log2((1 - code) / (1 - baseline))
    for k in (0.5, 1, 2, 4, 6):
        at_most = 2.0 ** -k
        assert (saved >= k).mean() <= at_most + 4 * np.sqrt(at_most / draws)
    found = evidence_of(Bits(6.0), np.zeros(0))
    assert found.log2_p == -6
    assert "2^-6.0" in found.claim


def test_log2_p_is_claimed_only_where_it_is_proven():
    none = np.zeros(0)
    assert evidence_of(Bits(10.0, "lower"), none).log2_p == -10
    assert evidence_of(Bits(10.0, "upper"), none).log2_p is None
    assert evidence_of(Bits(10.0, "estimate"), none).log2_p is None
    assert "no claim" in evidence_of(Bits(10.0, "estimate"), none).claim
    assert evidence_of(Bits(-5.0), none).log2_p == 0
    assert evidence_of(Bits(10.0), none, choices=8).log2_p == -7
    assert "best of 8" in evidence_of(Bits(10.0), none, choices=8).claim
    with pytest.raises(ValueError, match="choices=0"):
        evidence_of(Bits(10.0), none, choices=0)


def test_evidence_of_side_information():
    useful = evidence(TEXT, KT(), KT().given(TEXT), ends=line_ends(TEXT), run=1)
    assert useful.saved == KT().bits(TEXT) - KT().given(TEXT).bits(TEXT)
    assert useful.log2_p == -useful.saved.bits < -50
    assert useful.blocks == len(line_ends(TEXT))
    assert useful.interval.lower > 0
    harmful = evidence(TEXT, KT(), KT().given(np.random.default_rng(0).bytes(9000)))
    assert harmful.log2_p == 0
    assert harmful.interval.upper < 0
    assert harmful.blocks == 64


def test_too_short_for_an_interval():
    assert evidence(b"short", KT(), KT()).interval is None
    assert evidence(b"", KT(), KT()).interval is None
    with pytest.raises(DataError, match="7 blocks are too few"):
        interval(np.ones(7))
    with pytest.raises(ValueError, match="run=5"):
        interval(np.ones(19), run=5)


@pytest.mark.parametrize("blocks", range(8, 40))
def test_interval_is_seeded_and_brackets_the_sum(blocks):
    savings = np.random.default_rng(blocks).normal(1, 3, blocks)
    found = interval(savings, seed=1)
    assert found == interval(savings, seed=1)
    assert found != interval(savings, seed=2)
    assert found.lower < savings.sum() < found.upper
    wider = interval(savings, level=0.99, seed=1)
    assert wider.lower < found.lower
    assert wider.upper > found.upper


def test_interval_scales_with_its_savings():
    savings = np.random.default_rng(3).normal(1, 3, 50)
    one, ten = interval(savings), interval(-10 * savings)
    assert (ten.lower, ten.upper) == pytest.approx((-10 * one.upper, -10 * one.lower), rel=0.05)


def test_constant_savings_leave_no_doubt():
    found = interval(np.full(30, 2.5))
    assert (found.lower, found.upper) == (75, 75)


def _dependent(rng, n):
    noise = rng.normal(size=n + 20)
    return noise[20:] + 0.7 * noise[19:-1] + 0.4 * noise[18:-2] + 1


@pytest.mark.parametrize(
    ("draw", "run"),
    [
        (lambda rng, n: rng.normal(1, 3, n), 1),
        (lambda rng, n: rng.exponential(1, n), 1),
        (lambda rng, n: rng.exponential(1, n), None),
        (_dependent, None),
    ],
    ids=["normal", "skewed", "skewed, default runs", "dependent, default runs"],
)
def test_interval_covers(draw, run):
    """The expected sum is 64 blocks of mean 1; 200 intervals of level .95 must hold it 90 to 100 % of the time."""
    rng = np.random.default_rng(5)
    held = np.mean([64.0 in interval(draw(rng, 64), run=run, seed=i) for i in range(200)])
    assert 0.9 <= held <= 1.0


def test_neighbours_that_depend_need_runs():
    """Single blocks of a dependent sequence give intervals that are too short: what the runs are for."""
    rng = np.random.default_rng(5)
    held = np.mean([64.0 in interval(_dependent(rng, 64), run=1, seed=i) for i in range(200)])
    assert held < 0.9
