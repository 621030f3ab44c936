"""A stream of binary decisions, each in a context that learns: what small integers with a skew are sent by.

A context that has seen n decisions, n1 of them ones, says P(1) = (2 n1 + 1) / (2 n + 2) (Krichevsky & Trofimov 1981),
so n decisions cost their empirical entropy and 1/2 log2 n + 1 bits at most. An integer is sent as

    zero or not | sign | bit length of its magnitude in unary, each step a context of its own | bits below the highest

A stream is the number of its bytes (LEB128) and the range coder's bytes, so no stream begins another: its length is
that of a word of a prefix code. Integers only. For some thousands of decisions; O(1) each, in Python.
"""

from __future__ import annotations

import numpy as np

from codelength.coding import binary
from codelength.core import StreamError

_UNIT = 1 << 32
LONGEST = 32
"""Bits that the magnitude of an integer may have."""

_EVEN = _UNIT >> 1


class _Contexts:
    """Counts of zeros and ones of each context."""

    def __init__(self) -> None:
        self._seen: dict[str, tuple[int, int]] = {}

    def probability(self, context: str) -> int:
        """P(1) in units of 2**-32."""
        ones, n = self._seen.get(context, (0, 0))
        return min(_UNIT - 1, max(1, _UNIT * (2 * ones + 1) // (2 * n + 2)))

    def learn(self, context: str, bit: int) -> None:
        ones, n = self._seen.get(context, (0, 0))
        self._seen[context] = (ones + bit, n + 1)


class DecisionWriter:
    """Writes a stream.

    Examples
    --------
    >>> writer = DecisionWriter()
    >>> for value in (0, 0, -3, 0, 1):
    ...     writer.integer("weights", value)
    >>> stream = writer.stream()
    >>> reader = DecisionReader(stream)
    >>> [reader.integer("weights") for _ in range(5)]
    [0, 0, -3, 0, 1]
    >>> reader.end()
    """

    def __init__(self) -> None:
        self._contexts = _Contexts()
        self._bits: list[int] = []
        self._probs: list[int] = []

    def bit(self, context: str, bit: int) -> None:
        """A decision, 0 or 1."""
        self._bits.append(bit)
        self._probs.append(self._contexts.probability(context))
        self._contexts.learn(context, bit)

    def plain(self, value: int, width: int) -> None:
        """A number of `width` bits, at one bit each."""
        if not 0 <= value < 1 << width:
            raise ValueError(f"{value} does not fit into {width} bits")
        for k in reversed(range(width)):
            self._bits.append(value >> k & 1)
            self._probs.append(_EVEN)

    def integer(self, context: str, value: int, *, longest: int = LONGEST) -> None:
        """An integer of either sign whose magnitude has at most `longest` bits; the reader must know that number."""
        self.bit(f"{context}/zero", int(value != 0))
        if value == 0:
            return
        self.bit(f"{context}/sign", int(value < 0))
        length = abs(value).bit_length()
        if length > longest:
            raise ValueError(f"{value} has more than {longest} bits")
        for step in range(1, min(length + 1, longest)):
            self.bit(f"{context}/longer than {step}", int(length > step))
        self.plain(abs(value) - (1 << length - 1), length - 1)

    def stream(self) -> bytes:
        """All that was written, with its length."""
        padding = -len(self._bits) % 8
        bits = np.array(self._bits + [0] * padding, dtype=np.uint8)
        probs = np.array(self._probs + [1] * padding, dtype=np.uint32).reshape(-1, 8)
        payload = binary.encode(np.packbits(bits).tobytes(), probs)
        return binary.length_prefix(len(payload)) + payload


class DecisionReader:
    """Reads a stream; it must be asked for what was written, in that order.

    Raises
    ------
    StreamError
        A stream that is not of the length it says.
    """

    def __init__(self, stream: bytes) -> None:
        size, start = binary.read_length(stream, max_size=len(stream))
        if len(stream) != start + size:
            raise StreamError(f"the stream says {size:,} bytes and has {len(stream) - start:,}: it is damaged")
        self._contexts = _Contexts()
        self._payload = np.frombuffer(stream, dtype=np.uint8, offset=start)
        self._registers = binary.open_registers(self._payload)

    def bit(self, context: str) -> int:
        """The next decision."""
        bit = int(binary.decode_bit(self._registers, self._payload, np.uint32(self._contexts.probability(context))))
        self._contexts.learn(context, bit)
        return bit

    def plain(self, width: int) -> int:
        """The next number of `width` bits. Raises `StreamError` beyond the stream's end."""
        value = 0
        for _ in range(width):
            value = value << 1 | int(binary.decode_bit(self._registers, self._payload, np.uint32(_EVEN)))
        self._check()
        return value

    def integer(self, context: str, *, longest: int = LONGEST) -> int:
        """The next integer. Raises `StreamError` beyond the stream's end."""
        self._check()
        if not self.bit(f"{context}/zero"):
            return 0
        negative = self.bit(f"{context}/sign")
        length = 1
        while length < longest and self.bit(f"{context}/longer than {length}"):
            length += 1
        magnitude = (1 << length - 1) + self.plain(length - 1)
        return -magnitude if negative else magnitude

    def end(self) -> None:
        """Raise `StreamError` unless the stream ends here."""
        binary.check_end(self._registers, self._payload)

    def _check(self) -> None:
        if binary.exhausted(self._registers, self._payload):
            raise StreamError("the stream ends too early: it is truncated or damaged")
