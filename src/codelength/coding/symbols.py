"""Multi-symbol range coder: symbols with integer frequencies that sum to a power of two <-> bytes.

A symbol owns [start, start + freq) of [0, 2**k). The coder holds an interval [low, low + range) of the number line and
cuts it into 2**k steps of floor(range / 2**k); the last symbol also takes what is left over:

    low                                                    low + range
     |-----------|-------------- freq ---------------|-------|            step = range >> k
     0         start                           start + freq  2**k         low += step * start, range = step * freq

Bytes are shifted out while range < 2**56, so step >= 2**32 whatever came before and for any k <= 24: no symbol of
frequency >= 1 is ever left without an interval. An addition to `low` that overflows is carried into the bytes that are
already written (Martin 1979; Schindler 1998), which the encoder still holds; the decoder keeps the difference between
the stream and `low`, and never sees a carry. A carryless coder was not taken: its interval can get caught across a
byte boundary and shrink to nothing.

Cost: rounding the step adds less than 2**-31 bits to a symbol, and the end less than 8 bits, always: a stream of n
symbols is at most `cost` + 8 + n 2**-31 bits. A symbol of frequency 2**k costs 0. Integers only (the portable tier).

A decoder's registers are `uint64[4]`: range, stream minus low, step, the position of the next byte.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

from codelength.coding.quantise import MAX_TOTAL_BITS, find
from codelength.core import StreamError

ROUNDING_BITS = 8
"""`encode` is at most this many bits, and 2**-31 a symbol, above `cost`."""

_BOTTOM = np.uint64(1 << 56)
_FULL = np.uint64(0xFFFFFFFFFFFFFFFF)
_S56 = np.uint64(56)
_S8 = np.uint64(8)
_ZERO = np.uint64(0)

_OVERRUN = 8
"""A decoder looks at most this many (zero) bytes past the end of a sound stream."""


@njit(cache=True)
def _carry(out: NDArray[np.uint8], n: int) -> None:
    # The whole number stays below 2**(8 n), so a byte below 255 always stands in the way of the carry.
    while out[n - 1] == 255:
        out[n - 1] = 0
        n -= 1
    out[n - 1] += 1


@njit(cache=True)
def _encode(starts: NDArray[np.uint32], freqs: NDArray[np.uint32], total_bits: int, out: NDArray[np.uint8]) -> int:
    low, span = _ZERO, _FULL
    shift, total = np.uint64(total_bits), np.uint64(1 << total_bits)
    n = 0
    for i in range(starts.shape[0]):
        start, freq = np.uint64(starts[i]), np.uint64(freqs[i])
        step = span >> shift
        below = step * start
        low += below
        if low < below:
            _carry(out, n)
        span = span - below if start + freq == total else step * freq
        while span < _BOTTOM:
            out[n] = np.uint8(low >> _S56)
            n += 1
            low = low << _S8
            span = span << _S8
    # The end: the shortest string that, followed by zeros, lies in the interval. Nothing if 0 or a carry does;
    # else one byte, since range >= 2**56.
    if low == _ZERO:
        return n
    if _ZERO - low < span:
        _carry(out, n)
        return n
    out[n] = np.uint8((low + (_BOTTOM - np.uint64(1))) >> _S56)
    return n + 1


def encode(starts: ArrayLike, freqs: ArrayLike, total_bits: int) -> bytes:
    """Code a sequence of symbols, each given by its interval (see `quantise.intervals`).

    Parameters
    ----------
    starts, freqs
        (n,) integers, freq >= 1 and start + freq <= 2**k.
    total_bits
        k, from 1 to 24.

    Returns
    -------
    bytes
        At most `cost(freqs, k) + ROUNDING_BITS + n 2**-31` bits. The number of symbols is not in it.

    Raises
    ------
    ValueError
        An interval that is empty or not within [0, 2**k).

    Examples
    --------
    >>> from codelength.coding.quantise import intervals, quantise_integers
    >>> row = quantise_integers([10, 5, 2, 1], 12)
    >>> stream = encode(*intervals(row, [0, 1, 0, 0, 3, 2]), 12)
    >>> decode(stream, row, 6, 12).tolist()
    [0, 1, 0, 0, 3, 2]
    """
    lows = np.asarray(starts, dtype=np.int64)
    widths = np.asarray(freqs, dtype=np.int64)
    _check_total_bits(total_bits)
    if lows.ndim != 1 or lows.shape != widths.shape:
        raise ValueError(f"starts of shape {lows.shape} and freqs of shape {widths.shape}; expected (n,) both")
    if lows.size and (lows.min() < 0 or widths.min() < 1 or int((lows + widths).max()) > 1 << total_bits):
        raise ValueError(f"an interval is empty or not within [0, 2**{total_bits})")
    # A symbol takes at most k <= 24 bits and a little, so 4 bytes each are always enough.
    out = np.empty(4 * lows.size + 16, dtype=np.uint8)
    n = _encode(lows.astype(np.uint32), widths.astype(np.uint32), total_bits, out)
    return out[:n].tobytes()


def cost(freqs: ArrayLike, total_bits: int) -> float:
    """Ideal codelength in bits of symbols that have these frequencies: the sum of k - log2(freq)."""
    widths = np.asarray(freqs, dtype=np.float64)
    return float(total_bits * widths.size - np.sum(np.log2(widths)))


@njit(cache=True)
def open_registers(stream: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """Registers at the beginning of a stream: `uint64[4]`."""
    registers = np.zeros(4, dtype=np.uint64)
    registers[0] = _FULL
    for _ in range(8):
        _shift_in(registers, stream)
    return registers


@njit(cache=True)
def _shift_in(registers: NDArray[np.uint64], stream: NDArray[np.uint8]) -> None:
    position = np.int64(registers[3])
    byte = np.uint64(stream[position]) if position < stream.shape[0] else _ZERO
    registers[1] = (registers[1] << _S8) | byte
    registers[3] = np.uint64(position + 1)


@njit(cache=True)
def decode_target(registers: NDArray[np.uint64], total_bits: int) -> np.int64:
    """A number in [0, 2**k) that lies in the next symbol's interval. To be followed by `consume`."""
    step = registers[0] >> np.uint64(total_bits)
    registers[2] = step
    return np.int64(min(registers[1] // step, np.uint64((1 << total_bits) - 1)))


@njit(cache=True)
def consume(
    registers: NDArray[np.uint64],
    stream: NDArray[np.uint8],
    start: int | np.int64,
    freq: int | np.int64,
    total_bits: int,
) -> None:
    """Step over the symbol [start, start + freq) that the target was found in; freq >= 1."""
    below = registers[2] * np.uint64(start)
    registers[1] -= below
    if start + freq == 1 << total_bits:
        registers[0] -= below
    else:
        registers[0] = registers[2] * np.uint64(freq)
    while registers[0] < _BOTTOM:
        registers[0] = registers[0] << _S8
        _shift_in(registers, stream)


@njit(cache=True)
def decode_symbol(
    registers: NDArray[np.uint64], stream: NDArray[np.uint8], freqs: NDArray[np.uint32], total_bits: int
) -> np.int64:
    """The next symbol, coded with the row `freqs` (m,) uint32, every one >= 1, of sum 2**k. O(m).

    Beyond the stream's end zeros are read; see `check_end`.
    """
    symbol, start = find(freqs, decode_target(registers, total_bits))
    consume(registers, stream, start, np.int64(freqs[symbol]), total_bits)
    return symbol


@njit(cache=True)
def _decode(
    registers: NDArray[np.uint64],
    stream: NDArray[np.uint8],
    freqs: NDArray[np.uint32],
    total_bits: int,
    out: NDArray[np.int64],
) -> None:
    for t in range(out.shape[0]):
        out[t] = decode_symbol(registers, stream, freqs[t % freqs.shape[0]], total_bits)


def decode(stream: bytes, freqs: NDArray[np.uint32], n: int, total_bits: int) -> NDArray[np.int64]:
    """The n symbols back, where the frequencies do not depend on them.

    Parameters
    ----------
    stream
        What `encode` made.
    freqs
        One row (m,) for all symbols, or a row for each, (n, m) uint32, every one >= 1, rows sum to 2**k.
    n
        How many symbols.
    total_bits
        k, from 1 to 24.

    Returns
    -------
    NDArray
        (n,) int64.

    Raises
    ------
    StreamError
        A stream that is truncated or has bytes left over.
    ValueError
        Frequencies of another shape or sum, or a zero among them.
    """
    _check_total_bits(total_bits)
    rows = np.ascontiguousarray(np.atleast_2d(freqs), dtype=np.uint32)
    sums = rows.sum(axis=1, dtype=np.uint64)
    if rows.shape[0] not in (1, n) or (rows == 0).any() or (sums != np.uint64(1 << total_bits)).any():
        raise ValueError(f"frequencies of shape {rows.shape} for {n} symbols: expected every one >= 1, sum 2**k")
    data = np.frombuffer(stream, dtype=np.uint8)
    registers = open_registers(data)
    out = np.empty(n, dtype=np.int64)
    _decode(registers, data, rows, total_bits, out)
    check_end(registers, data)
    return out


def exhausted(registers: NDArray[np.uint64], stream: NDArray[np.uint8]) -> bool:
    """Whether a decoder has read further past the end than any sound stream makes it: it was cut off."""
    return int(registers[3]) - _OVERRUN > stream.shape[0]


def check_end(registers: NDArray[np.uint64], stream: NDArray[np.uint8]) -> None:
    """Raise `StreamError` when a decoder ran past the end of its stream or left bytes unread."""
    if exhausted(registers, stream):
        raise StreamError("the stream ends too early: it is truncated or damaged")
    if int(registers[3]) - _OVERRUN + 1 < stream.shape[0]:
        raise StreamError("bytes are left over after the stream's end: it is damaged or not of this code")


def _check_total_bits(total_bits: int) -> None:
    if not 1 <= total_bits <= MAX_TOTAL_BITS:
        raise ValueError(f"total_bits is {total_bits}; expected 1 to {MAX_TOTAL_BITS}")
