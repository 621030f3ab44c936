"""Regions are a partition whose sums are those of the whole, and find what was put in."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from codelength.measures import regions, window_size


@given(arrays(np.float64, st.integers(1, 700), elements=st.floats(-50, 50)), st.integers(1, 80))
def test_a_partition_with_the_sums_of_the_whole(values: np.ndarray, window: int) -> None:
    found = regions(values, window=window)
    assert [region.start for region in found] == [0, *(region.end for region in found[:-1])]
    assert found[-1].end == values.size
    assert all(region.end % window == 0 for region in found[:-1])
    assert all(a.level != b.level for a, b in pairwise(found))
    for region in found:
        assert region.size > 0
        assert region.bits == pytest.approx(values[region.start : region.end].sum(), abs=1e-6)
        assert region.rate * region.size == pytest.approx(region.bits)
        assert region.excess == pytest.approx(region.bits - values.mean() * region.size, abs=1e-6)
    assert sum(region.bits for region in found) == pytest.approx(values.sum(), abs=1e-6)


def test_peaks_and_valleys_are_found_however_unequal() -> None:
    values = np.random.default_rng(0).normal(2, 0.3, 16_000)
    values[3200:3520] += 20
    values[8000:8160] += 3
    values[12_000:12_160] = 0
    found = regions(values)
    high = [(region.start, region.end) for region in sorted(found, key=lambda region: -region.excess)[:2]]
    assert high == [(3200, 3520), (8000, 8160)]
    assert min(found, key=lambda region: region.rate).level == "low"
    assert any(region.start <= 12_000 and region.end >= 12_160 for region in found if region.level == "low")


def test_what_is_all_the_same_is_one_ordinary_region() -> None:
    for value in (0.0, 3.1, -2.7):
        (only,) = regions(np.full(1001, value))
        assert (only.start, only.end, only.level) == (0, 1001, "ordinary")
    assert regions(np.zeros(0)) == ()


def test_one_ordinary_window_between_two_high_ones_joins_them() -> None:
    values = np.ones(16 * 40)
    values[160:176] = values[192:208] = 9
    assert [(r.start, r.end) for r in regions(values, window=16) if r.level == "high"] == [(160, 208)]


@given(st.integers(1, 10**9))
def test_windows_are_about_a_thousand_within_their_limits(n: int) -> None:
    window = window_size(n)
    assert window in {16, 32, 64, 128, 256, 512, 1024}
    assert -(-n // window) <= 1024 or window == 1024
    assert -(-n // window) > 512 or window == 16
