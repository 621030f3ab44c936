"""Binary range coder: a stream of bits and their probabilities <-> bytes.

The coder holds an interval [low, low + span) of the number line, 2**56 <= span < 2**64. A bit with P(1) = p / 2**32
cuts it:

    low                  low + cut                      low + span
     |------- bit 1 --------|---------- bit 0 --------------|        cut = floor(span * p / 2**32)

Both parts hold at least 2**24 numbers, so any p in [1, 2**32 - 1] decodes. Bytes are shifted out while span < 2**56.
An addition to `low` that overflows is carried into the bytes that are already written (Martin 1979; Schindler 1998),
which the encoder still holds; the decoder keeps the difference between the stream and `low`, and never sees a carry.
A carryless coder was not taken: data can hold its interval across a byte boundary until it is too small to tell
probable from improbable.

Cost: rounding the cut adds less than 2**-23 / p bits to a bit coded with P(1) = p / 2**32, the end less than 8 bits,
always. Integers only.

An encoder's registers are `uint64[3]`: low, span, how many bytes are written. A decoder's: span, stream minus low, the
position of the next byte.
"""

from __future__ import annotations

from typing import Any

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
_ZERO = np.uint64(0)
_ONE = np.uint64(1)
_BOTTOM = np.uint64(1 << 56)
_FULL = np.uint64(0xFFFFFFFFFFFFFFFF)

_OVERRUN = 8
"""A decoder looks at most this many (zero) bytes past the end of a sound stream."""


@njit(cache=True)
def _cut(span: np.uint64, p: np.uint32) -> np.uint64:
    wide = np.uint64(p)
    return (span >> _S32) * wide + (((span & _LOW32) * wide) >> _S32)


@njit(cache=True)
def _carry(out: NDArray[np.uint8], n: int) -> None:
    # The whole number stays below 2**(8 n), so a byte below 255 always stands in the way of the carry.
    while out[n - 1] == 255:
        out[n - 1] = 0
        n -= 1
    out[n - 1] += 1


@njit(cache=True)
def _encode(
    registers: NDArray[np.uint64], data: NDArray[np.uint8], probs: NDArray[np.uint32], out: NDArray[np.uint8]
) -> None:
    low, span = registers[0], registers[1]
    n: Any = np.int64(registers[2])
    for i in range(data.shape[0]):
        byte = data[i]
        for j in range(8):
            cut = _cut(span, probs[i, j])
            if (byte >> (7 - j)) & 1:
                span = cut
            else:
                low += cut
                span -= cut
                if low < cut:
                    _carry(out, n)
            while span < _BOTTOM:
                out[n] = np.uint8(low >> _S56)
                n += 1
                low = low << _S8
                span = span << _S8
    registers[0], registers[1], registers[2] = low, span, n


@njit(cache=True)
def _end(registers: NDArray[np.uint64], out: NDArray[np.uint8]) -> Any:
    low, span = registers[0], registers[1]
    n: Any = np.int64(registers[2])
    # The shortest string that, followed by zeros, lies in the interval. Nothing if 0 or a carry does; else one byte,
    # since span >= 2**56.
    if low == _ZERO:
        return n
    if _ZERO - low < span:
        _carry(out, n)
        return n
    out[n] = np.uint8((low + (_BOTTOM - _ONE)) >> _S56)
    return n + 1


@njit(cache=True)
def open_registers(stream: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """Registers at the beginning of a stream: `uint64[3]`, to be handed to `decode_bit`."""
    registers = np.zeros(3, dtype=np.uint64)
    registers[0] = _FULL
    for _ in range(8):
        _shift_in(registers, stream)
    return registers


@njit(cache=True)
def _shift_in(registers: NDArray[np.uint64], stream: NDArray[np.uint8]) -> None:
    position = np.int64(registers[2])
    byte = np.uint64(stream[position]) if position < stream.shape[0] else _ZERO
    registers[1] = (registers[1] << _S8) | byte
    registers[2] = np.uint64(position + 1)


@njit(cache=True)
def decode_bit(registers: NDArray[np.uint64], stream: NDArray[np.uint8], p: np.uint32) -> int:
    """The next bit, coded with P(1) = p / 2**32. Beyond the stream's end zeros are read; see `exhausted`."""
    cut = _cut(registers[0], p)
    bit = 0
    if registers[1] < cut:
        bit = 1
        registers[0] = cut
    else:
        registers[0] -= cut
        registers[1] -= cut
    while registers[0] < _BOTTOM:
        registers[0] = registers[0] << _S8
        _shift_in(registers, stream)
    return bit


@njit(cache=True)
def decode_expected(
    registers: NDArray[np.uint64], stream: NDArray[np.uint8], expected: int, hazards: NDArray[np.uint32]
) -> int:
    """Decode bits as long as they are those of the byte `expected`, the bit at depth d being another with probability
    hazards[d] / 2**32; give how many were. Below 8, one more is decoded: the other one.

    The same as `decode_bit` with P(1) = h where a 0 is expected, 1 - 2**-32 - h where a 1 is; faster, since the
    registers stay in the processor.
    """
    span, ahead = registers[0], registers[1]
    depth = 0
    while depth < 8:
        wanted = (expected >> (7 - depth)) & 1
        p = np.uint64(hazards[depth])
        if wanted:
            p = _LOW32 - p
        cut = (span >> _S32) * p + (((span & _LOW32) * p) >> _S32)
        bit = 1 if ahead < cut else 0
        if bit:
            span = cut
        else:
            span -= cut
            ahead -= cut
        while span < _BOTTOM:
            span = span << _S8
            registers[1] = ahead
            _shift_in(registers, stream)
            ahead = registers[1]
        if bit != wanted:
            break
        depth += 1
    registers[0], registers[1] = span, ahead
    return depth


@njit(cache=True)
def exhausted(registers: NDArray[np.uint64], stream: NDArray[np.uint8]) -> bool:
    """Whether the decoder has read further past the end than any sound stream makes it: it was cut off."""
    return np.int64(registers[2]) > stream.shape[0] + _OVERRUN


class Encoder:
    """A stream that is made piece by piece, so that the probabilities of a piece are all that has to be held."""

    def __init__(self) -> None:
        self._registers = np.array([0, _FULL, 0], dtype=np.uint64)
        self._out = np.empty(64, dtype=np.uint8)

    def push(self, data: bytes | NDArray[np.uint8], probs: NDArray[np.uint32]) -> None:
        """Code more bytes, their bits having the probabilities `probs`: as `encode`."""
        symbols = np.frombuffer(data, dtype=np.uint8)
        _check(symbols, probs)
        written = int(self._registers[2])
        most = written + symbols.size * 8 * 4 + 64
        if most > self._out.size:
            longer = np.empty(max(most, 2 * written), dtype=np.uint8)
            longer[:written] = self._out[:written]
            self._out = longer
        _encode(self._registers, symbols, probs, self._out)

    def finish(self) -> bytes:
        """The stream; the encoder is used up."""
        return self._out[: _end(self._registers, self._out)].tobytes()


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
    encoder = Encoder()
    encoder.push(data, probs)
    return encoder.finish()


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
    if int(registers[2]) - _OVERRUN + 1 < stream.shape[0]:
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
