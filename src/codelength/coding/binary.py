"""Binary range coder: a stream of bits and their probabilities <-> bytes.

The coder holds an interval [low, high] of 64-bit integers. A bit with P(1) = p / 2**32 splits it:

    low                      mid  mid+1                          high
     |------- bit 1 ----------|     |----------- bit 0 -----------|        mid = low + floor((high - low) * p / 2**32)

Both parts are never empty while low < high, so any p in [1, 2**32 - 1] decodes, whatever the interval. Leading bytes
on which low and high agree are final and are written out (Witten, Neal & Cleary 1987; carryless 64-bit variant).
The interval keeps about 56 bits, so a bit costs -log2 p to within 2**-20; the end costs at most 8 bytes, 1 or 2 as a
rule: the shortest byte string such that it, followed by zeros, lies in the interval. Integers only.

A decoder's registers are `uint64[4]`: low, high, the window on the stream, the position of the next byte.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from codelength.core import StreamError

PROBABILITY_BITS = 32
"""Probabilities are integers in units of 2**-32, from 1 to 2**32 - 1."""

ROUNDING_BITS = 32
"""`encode` is within this many bits (and 0.01 %) of the ideal codelength."""

_LOW32 = np.uint64(0xFFFFFFFF)
_S32 = np.uint64(32)
_S56 = np.uint64(56)
_S8 = np.uint64(8)
_BYTE = np.uint64(0xFF)
_ONE = np.uint64(1)
_FULL = np.uint64(0xFFFFFFFFFFFFFFFF)

_OVERRUN = 8
"""A decoder looks at most this many (zero) bytes past the end of a sound stream."""


@njit(cache=True)
def _split(low: np.uint64, high: np.uint64, p: np.uint32) -> np.uint64:
    span = high - low
    wide = np.uint64(p)
    return low + (span >> _S32) * wide + (((span & _LOW32) * wide) >> _S32)


@njit(cache=True)
def _encode(data: NDArray[np.uint8], probs: NDArray[np.uint32], out: NDArray[np.uint8]) -> int:
    low, high = np.uint64(0), _FULL
    n = 0
    for i in range(data.shape[0]):
        byte = data[i]
        for j in range(8):
            mid = _split(low, high, probs[i, j])
            if (byte >> (7 - j)) & 1:
                high = mid
            else:
                low = mid + _ONE
            while (low ^ high) >> _S56 == 0:
                out[n] = np.uint8(high >> _S56)
                n += 1
                low = low << _S8
                high = (high << _S8) | _BYTE
    # The end: the fewest leading bytes of a number in [low, high] whose other bytes are zero.
    keep = 0
    if low != 0:
        keep = 1
        while keep < 8:
            shift = np.uint64(64 - 8 * keep)
            top = high >> shift
            if (top << shift) >= low:
                break
            keep += 1
        shift = np.uint64(64 - 8 * keep)
        value = (high >> shift) << shift
        for k in range(keep):
            out[n] = np.uint8((value >> np.uint64(56 - 8 * k)) & _BYTE)
            n += 1
    return n


@njit(cache=True)
def open_registers(stream: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """Registers at the beginning of a stream: `uint64[4]`, to be handed to `decode_bit`."""
    registers = np.zeros(4, dtype=np.uint64)
    registers[1] = _FULL
    for _ in range(8):
        _shift_in(registers, stream)
    return registers


@njit(cache=True)
def _shift_in(registers: NDArray[np.uint64], stream: NDArray[np.uint8]) -> None:
    position = np.int64(registers[3])
    byte = np.uint64(stream[position]) if position < stream.shape[0] else np.uint64(0)
    registers[2] = (registers[2] << _S8) | byte
    registers[3] = np.uint64(position + 1)


@njit(cache=True)
def decode_bit(registers: NDArray[np.uint64], stream: NDArray[np.uint8], p: np.uint32) -> int:
    """The next bit, coded with P(1) = p / 2**32. Beyond the stream's end zeros are read; see `exhausted`."""
    mid = _split(registers[0], registers[1], p)
    bit = 0
    if registers[2] <= mid:
        bit = 1
        registers[1] = mid
    else:
        registers[0] = mid + _ONE
    while (registers[0] ^ registers[1]) >> _S56 == 0:
        registers[0] = registers[0] << _S8
        registers[1] = (registers[1] << _S8) | _BYTE
        _shift_in(registers, stream)
    return bit


@njit(cache=True)
def exhausted(registers: NDArray[np.uint64], stream: NDArray[np.uint8]) -> bool:
    """Whether the decoder has read further past the end than any sound stream makes it: it was cut off."""
    return np.int64(registers[3]) > stream.shape[0] + _OVERRUN


def encode(data: bytes, probs: NDArray[np.uint32]) -> bytes:
    """Code `data`, its bits having the probabilities `probs`.

    Parameters
    ----------
    data
        n bytes.
    probs
        P(bit = 1) in units of 2**-32 before each bit, the highest bit of a byte first: (n, 8) uint32, every one >= 1.

    Returns
    -------
    bytes
        A stream within `ROUNDING_BITS` and 0.01 % of `cost(data, probs)`.
    """
    symbols = np.frombuffer(data, dtype=np.uint8)
    _check(symbols, probs)
    out = np.empty(symbols.size * 8 * 4 + 64, dtype=np.uint8)
    n = _encode(symbols, probs, out)
    return out[:n].tobytes()


def cost(data: bytes, probs: NDArray[np.uint32]) -> float:
    """Ideal codelength in bits: the sum of -log2 of the probability of each bit that occurred."""
    symbols = np.frombuffer(data, dtype=np.uint8)
    _check(symbols, probs)
    ones = np.unpackbits(symbols).astype(bool)
    flat = probs.reshape(-1).astype(np.float64)
    chosen = np.where(ones, flat, 2.0**32 - flat)
    return float(PROBABILITY_BITS * chosen.size - np.sum(np.log2(chosen))) if chosen.size else 0.0


def check_end(registers: NDArray[np.uint64], stream: NDArray[np.uint8]) -> None:
    """Raise `StreamError` when a decoder ran past the end of its stream or left bytes unread."""
    if exhausted(registers, stream):
        raise StreamError("the stream ends too early: it is truncated or damaged")
    if int(registers[3]) < stream.shape[0]:
        raise StreamError("bytes are left over after the stream's end: it is damaged or not of this code")


def length_prefix(n: int) -> bytes:
    """The length of a sequence as LEB128: 7 bits a byte, the lowest first, the high bit set on all but the last."""
    if n < 0:
        raise ValueError(f"a length must not be negative: {n}")
    out = bytearray()
    while n >= 0x80:
        out.append(n & 0x7F | 0x80)
        n >>= 7
    out.append(n)
    return bytes(out)


def read_length(stream: bytes, at: int = 0, *, max_size: int) -> tuple[int, int]:
    """A length written by `length_prefix`, and where the next byte is.

    Raises
    ------
    StreamError
        Truncated, written in more bytes than needed, or above `max_size`.
    """
    value = 0
    for k in range(10):
        if at + k >= len(stream):
            raise StreamError("the stream ends within a length: it is truncated")
        byte = stream[at + k]
        value |= (byte & 0x7F) << (7 * k)
        if byte < 0x80:
            if k and not byte:
                raise StreamError("a length is written in more bytes than it needs: the stream is damaged")
            if value > max_size:
                raise StreamError(f"the stream claims {value:,} bytes; at most {max_size:,} are allowed (max_size)")
            return value, at + k + 1
    raise StreamError("a length is longer than 10 bytes: the stream is damaged")


def _check(symbols: NDArray[np.uint8], probs: NDArray[np.uint32]) -> None:
    if probs.shape != (symbols.size, 8) or probs.dtype != np.uint32:
        raise ValueError(
            f"probabilities of shape {probs.shape} {probs.dtype} for {symbols.size} bytes; "
            f"expected ({symbols.size}, 8) uint32"
        )
    if probs.size and int(probs.min()) < 1:
        raise ValueError("a probability is 0: no bit may be impossible")
