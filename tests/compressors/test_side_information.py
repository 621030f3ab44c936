"""Side information of zlib and zstd: how far it reaches, and that it survives being sent to another process."""

import pickle
from pathlib import Path

import pytest
from numpy.random import PCG64, Generator

from codelength.compressors.zlib import Zlib
from codelength.compressors.zstd import Zstd
from codelength.core import StreamError


@pytest.fixture(scope="module")
def enwik6(data_dir: Path) -> bytes:
    return (data_dir / "enwik" / "enwik6").read_bytes()


def test_zlib_uses_the_last_window_of_its_side_information(enwik6: bytes) -> None:
    near = enwik6[:32_768]
    target = enwik6[40_000:45_000]
    far = Zlib().given(enwik6[500_000:600_000] + near)
    assert far == Zlib().given(near)
    assert far.encode(target) == Zlib().given(near).encode(target)


@pytest.mark.parametrize("window", [10, 12, 15])
def test_zlib_decodes_side_information_longer_than_its_window(window: int, enwik6: bytes) -> None:
    code = Zlib(window=window).given(enwik6[:50_000])
    target = enwik6[20_000:60_000]
    assert code.decode(code.encode(target), max_size=len(target)) == target


def test_zstd_reaches_the_whole_of_its_side_information(enwik6: bytes) -> None:
    """The first bytes of 1 MB are found again, before and after more new data than a default window holds."""
    code = Zstd().given(enwik6)
    noise = Generator(PCG64(1)).bytes(1_500_000)
    target = enwik6[:5000] + noise + enwik6[5000:10_000]
    assert len(code.encode(target)) < len(noise) + 200
    assert code.decode(code.encode(target), max_size=len(target)) == target


def test_zstd_given_the_first_half_of_enwik6_is_near_the_known_size(enwik6: bytes) -> None:
    first, second = enwik6[:500_000], enwik6[500_000:]
    assert len(Zstd().given(first).encode(second)) <= 147_404


def test_zstd_beyond_its_largest_window_still_decodes(enwik6: bytes) -> None:
    code = Zstd(level=5, window=14).given(enwik6[:100_000])
    target = enwik6[80_000:140_000]
    assert code.decode(code.encode(target), max_size=len(target)) == target


@pytest.mark.parametrize("code", [Zlib(), Zstd()])
def test_side_information_is_part_of_the_value(code: Zlib | Zstd, enwik6: bytes) -> None:
    side, target = enwik6[:20_000], enwik6[20_000:21_000]
    primed = code.given(side)
    stream = primed.encode(target)
    assert primed != code
    assert pickle.loads(pickle.dumps(primed)).encode(target) == stream
    assert primed.spec == code.spec
    try:
        assert code.decode(stream, max_size=5000) != target
    except StreamError as error:
        assert str(error)  # refusing is as good as decoding to something else
