"""The multi-symbol range coder: equal to big-integer references, loss-free, of proven length on any input."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codelength.coding import symbols
from codelength.coding.quantise import find, intervals, quantise_integers
from codelength.core import StreamError


def reference_encode(starts: list[int], freqs: list[int], k: int) -> bytes:
    """The interval as unbounded integers, `size` bytes long: a carry needs no care."""
    low, span, size = 0, 2**64 - 1, 8
    for start, freq in zip(starts, freqs, strict=True):
        step = span >> k
        low += step * start
        span = span - step * start if start + freq == 1 << k else step * freq
        while span < 2**56:
            low, span, size = low << 8, span << 8, size + 1
    for n in (size - 8, size - 7):
        unit = 256 ** (size - n)
        if -(-low // unit) * unit < low + span:
            return (-(-low // unit)).to_bytes(n, "big")
    raise AssertionError("a byte is always enough")


def reference_decode(stream: bytes, rows: list[list[int]], k: int) -> list[int]:
    padded = stream + bytes(4 * len(rows) + 8)
    low, span, size = 0, 2**64 - 1, 8
    out = []
    for row in rows:
        step = span >> k
        target = min((int.from_bytes(padded[:size], "big") - low) // step, 2**k - 1)
        symbol, start = 0, 0
        while start + row[symbol] <= target:
            start, symbol = start + row[symbol], symbol + 1
        low += step * start
        span = span - step * start if start + row[symbol] == 1 << k else step * row[symbol]
        while span < 2**56:
            low, span, size = low << 8, span << 8, size + 1
        out.append(symbol)
    return out


@st.composite
def messages(draw: st.DrawFn) -> tuple[int, np.ndarray, list[int]]:
    """k, a row of frequencies for each symbol (even, skewed or as lopsided as can be), and the symbols."""
    k = draw(st.integers(1, 24))
    m = draw(st.integers(1, min(2**k, 12)))
    n = draw(st.integers(0, 60))
    weights = st.lists(st.integers(0, 2**30).map(lambda x: x * x >> 30), min_size=m, max_size=m)
    lopsided = st.integers(0, m - 1).map(lambda i: [int(i == j) for j in range(m)])
    choices = draw(st.lists(st.one_of(lopsided, weights), min_size=1, max_size=4))
    table = quantise_integers([row if any(row) else [1] * m for row in choices], k)
    rng = np.random.default_rng(draw(st.integers(0, 2**20)))
    return k, table[rng.integers(len(table), size=n)], rng.integers(m, size=n).tolist()


def longest(freqs: np.ndarray, k: int) -> float:
    return symbols.cost(freqs, k) + symbols.ROUNDING_BITS + freqs.size * 2**-31 + 1e-6


@given(messages())
@settings(deadline=None, max_examples=300)
def test_equals_the_references_and_comes_back(message: tuple[int, np.ndarray, list[int]]) -> None:
    k, rows, chosen = message
    starts, freqs = intervals(rows, chosen)
    stream = symbols.encode(starts, freqs, k)
    assert stream == reference_encode(starts.tolist(), freqs.tolist(), k)
    assert reference_decode(stream, rows.tolist(), k) == chosen
    assert symbols.decode(stream, rows, len(chosen), k).tolist() == chosen if chosen else stream == b""
    assert 8 * len(stream) <= longest(freqs, k)


@given(messages())
@settings(deadline=None, max_examples=100)
def test_stepwise_decoding_with_rows_that_depend_on_the_past(message: tuple[int, np.ndarray, list[int]]) -> None:
    k, rows, chosen = message
    order = [sum(chosen[:t]) % max(1, len(chosen)) for t in range(len(chosen))]
    stream = symbols.encode(*intervals(rows[order], chosen), k)
    window = np.frombuffer(stream, dtype=np.uint8)
    registers, back = symbols.open_registers(window), []
    for t in range(len(chosen)):
        row = rows[sum(back) % len(chosen)]
        if t % 2:
            back.append(int(symbols.decode_symbol(registers, window, row, k)))
        else:
            symbol, start = find(row, symbols.decode_target(registers, k))
            symbols.consume(registers, window, start, int(row[symbol]), k)
            back.append(int(symbol))
    symbols.check_end(registers, window)
    assert back == chosen


@pytest.mark.parametrize("k", [1, 2, 8, 16, 24])
def test_an_adversary_who_keeps_the_interval_across_a_byte_boundary(k: int) -> None:
    """Always the symbol whose interval holds the next multiple of 2**56: a carryless coder's interval would shrink to
    nothing. Length stays within its bound and everything decodes.
    """
    row = quantise_integers(np.arange(1, min(2**k, 9) + 1), k)
    ends = np.cumsum(row)
    low, span, chosen = 0, 2**64 - 1, []
    for _ in range(3000):
        step = span >> k
        symbol = int(np.searchsorted(ends, (((low >> 56) + 1 << 56) - low) // step, side="right"))
        symbol = min(symbol, row.size - 1)
        chosen.append(symbol)
        below = step * int(ends[symbol] - row[symbol])
        low, span = low + below, span - below if symbol == row.size - 1 else step * int(row[symbol])
        while span < 2**56:
            low, span = low << 8, span << 8
    starts, freqs = intervals(row, chosen)
    stream = symbols.encode(starts, freqs, k)
    assert stream == reference_encode(starts.tolist(), freqs.tolist(), k)
    assert symbols.decode(stream, row, len(chosen), k).tolist() == chosen
    assert 8 * len(stream) <= longest(freqs, k)


@pytest.mark.parametrize("symbol", [0, 1, 2])
def test_long_runs_of_the_rarest_and_the_commonest(symbol: int) -> None:
    """2**24 - 2 of 2**24 in the middle: runs of zeros, of carries, and of symbols that cost next to nothing."""
    row = np.array([1, 2**24 - 2, 1], dtype=np.uint32)
    chosen = [symbol] * 20_000 + [0, 2, 1] * 5 + [symbol] * 100
    starts, freqs = intervals(row, chosen)
    stream = symbols.encode(starts, freqs, 24)
    assert symbols.decode(stream, row, len(chosen), 24).tolist() == chosen
    assert 8 * len(stream) <= longest(freqs, 24)


def test_a_certain_symbol_is_free() -> None:
    assert symbols.encode([0] * 1000, [2**24] * 1000, 24) == b""
    assert symbols.decode(b"", np.array([2**24], dtype=np.uint32), 1000, 24).tolist() == [0] * 1000


def test_truncation_and_leftovers_are_noticed() -> None:
    row = quantise_integers([1] * 256, 16)
    chosen = list(range(256))
    stream = symbols.encode(*intervals(row, chosen), 16)
    for keep in range(len(stream) - 1):
        with pytest.raises(StreamError, match="too early"):
            symbols.decode(stream[:keep], row, 256, 16)
    with pytest.raises(StreamError, match="left over"):
        symbols.decode(stream + b"\0\0", row, 256, 16)


@given(st.binary(max_size=30), st.integers(0, 30))
@settings(deadline=None)
def test_any_bytes_decode_to_symbols_or_are_refused(stream: bytes, n: int) -> None:
    row = quantise_integers([5, 0, 1000, 3], 12)
    try:
        assert set(symbols.decode(stream, row, n, 12).tolist()) <= {0, 1, 2, 3}
    except StreamError:
        return


@pytest.mark.parametrize(
    ("starts", "freqs", "k"),
    [([0], [0], 4), ([-1], [2], 4), ([15], [2], 4), ([0, 1], [1], 4), ([0], [1], 0), ([0], [1], 25), ([[0]], [[1]], 4)],
)
def test_bad_intervals_are_refused(starts: list[int], freqs: list[int], k: int) -> None:
    with pytest.raises(ValueError, match=r"expected|interval"):
        symbols.encode(starts, freqs, k)


@pytest.mark.parametrize("row", [[8, 8], [16, 0], [4, 4, 4], [[8, 8], [8, 8]]])
def test_bad_frequencies_are_refused(row: list[int]) -> None:
    n, k = 3, 4 if row == [[8, 8], [8, 8]] or 0 in row else 5
    with pytest.raises(ValueError, match="expected"):
        symbols.decode(b"abc", np.array(row, dtype=np.uint32), n, k)
