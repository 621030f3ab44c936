"""Huffman coding of bytes as a two-part code: first the code, then the data under it.

    L(x) = 8 |LEB128(n)| + table + sum_t l(x_t),   l the lengths of least total (see `coding.prefix`)

The stream: the number of bytes n (LEB128; nothing follows if n = 0); then, bit by bit,

    8 bits                m - 1, where m is the number of distinct bytes
    m gamma numbers       each distinct byte minus the one before it, in rising order (the first: the byte plus 1)
    m gamma numbers       1 + zigzag(l - the length before it) for each; the first against ceil(log2 m)
    n codewords           canonical, of these lengths
    0 to 7 zero bits      up to a whole byte

A lone byte (m = 1) needs neither lengths nor codewords. A gamma number v >= 1 is floor(log2 v) zeros and v in binary
(Elias 1975); zigzag is 0, -1, 1, -2, ... -> 0, 1, 2, 3, ... O(n); integers only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from codelength.coding import prefix
from codelength.coding.binary import length_prefix, read_length
from codelength.core import Bits, StreamError

_TABLE_LIMIT = 1089
"""No table is longer than this many bytes: 256 gaps and 256 lengths of at most 17 bits each, and a byte."""


@dataclass(frozen=True, slots=True)
class Huffman:
    """The static prefix code of least length for the data at hand, the table paid for.

    Examples
    --------
    >>> code = Huffman()
    >>> code.decode(code.encode(b"abaaabaacbabaaabcd"), max_size=18)
    b'abaaabaacbabaaabcd'
    >>> code.bits(b"abaaabaacbabaaabcd")
    Bits(bits=71.0, kind='exact', stderr=None)
    """

    @property
    def spec(self) -> str:
        return "huffman"

    def bits(self, data: bytes, /) -> Bits:
        """Exact: everything that the decoder needs, without the 0 to 7 bits that fill the stream's last byte."""
        if not data:
            return Bits(8.0)
        counts = np.bincount(np.frombuffer(data, dtype=np.uint8), minlength=256)
        lengths = prefix.huffman_lengths(counts.tolist())
        codewords = int(counts @ np.array(lengths)) if np.count_nonzero(counts) > 1 else 0
        return Bits(float(8 * len(length_prefix(len(data))) + len(_table(lengths)) + codewords))

    def encode(self, data: bytes, /) -> bytes:
        """A self-delimiting stream: `bits(data)`, filled up to a whole byte."""
        head = length_prefix(len(data))
        if not data:
            return head
        symbols = np.frombuffer(data, dtype=np.uint8)
        lengths = prefix.huffman_lengths(np.bincount(symbols, minlength=256).tolist())
        coded = symbols if sum(map(bool, lengths)) > 1 else symbols[:0]
        return head + prefix.pack(coded, lengths, _table(lengths))[0]

    def decode(self, stream: bytes, /, *, max_size: int) -> bytes:
        """The data back.

        Raises
        ------
        StreamError
            Truncated, damaged, a table that is no complete prefix code, or more than `max_size` bytes.
        """
        n, start = read_length(stream, max_size=max_size)
        if n == 0:
            if len(stream) > start:
                raise StreamError("bytes are left over after an empty huffman stream: it is damaged")
            return b""
        body = stream[start:]
        lengths, at = _read_table(body[:_TABLE_LIMIT])
        present = [symbol for symbol, length in enumerate(lengths) if length]
        if len(present) == 1:
            prefix.unpack(body, lengths, 0, at)
            return bytes(present) * n
        return prefix.unpack(body, lengths, n, at).astype(np.uint8).tobytes()


def _table(lengths: Sequence[int]) -> str:
    """Which bytes occur and how long their codewords are, as a string of 0 and 1."""
    present = [symbol for symbol, length in enumerate(lengths) if length]
    gaps = [b - a for a, b in zip([-1, *present], present, strict=False)]
    parts = [f"{len(present) - 1:08b}", *map(_gamma, gaps)]
    if len(present) > 1:
        last = (len(present) - 1).bit_length()
        for symbol in present:
            step = lengths[symbol] - last
            parts.append(_gamma(1 + (2 * step if step >= 0 else -2 * step - 1)))
            last = lengths[symbol]
    return "".join(parts)


def _read_table(head: bytes) -> tuple[list[int], int]:
    """The 256 lengths, and at which bit the codewords begin."""
    bits = "".join(f"{byte:08b}" for byte in head)
    m, at = int(bits[:8] or "0", 2) + 1, 8
    present, last = [], -1
    for _ in range(m):
        gap, at = _read_gamma(bits, at)
        last += gap
        present.append(last)
    if last > 255:
        raise StreamError("a huffman table names a byte above 255: the stream is damaged")
    lengths = [0] * 256
    if m == 1:
        lengths[last] = 1
        return lengths, at
    length = (m - 1).bit_length()
    for symbol in present:
        zigzag, at = _read_gamma(bits, at)
        length += (zigzag - 1) // 2 if zigzag % 2 else -(zigzag // 2)
        if not 1 <= length <= prefix.MAX_LENGTH:
            raise StreamError(f"a huffman table has a codeword of {length} bits: the stream is damaged")
        lengths[symbol] = length
    if prefix.kraft_sum(lengths) != 1:
        raise StreamError("a huffman table is no complete prefix code (its Kraft sum is not 1): the stream is damaged")
    return lengths, at


def _gamma(value: int) -> str:
    digits = f"{value:b}"
    return "0" * (len(digits) - 1) + digits


def _read_gamma(bits: str, at: int) -> tuple[int, int]:
    one = bits.find("1", at, at + 9)
    end = 2 * one - at + 1
    if one < 0 or end > len(bits):
        raise StreamError("a huffman table ends too early or is damaged")
    return int(bits[one:end], 2), end
