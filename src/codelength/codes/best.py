"""`Best`: send with whichever code is shortest on this data, and say which: for codes that give no probabilities.

    L(y) = log2 N + min_i L_i(y)

A stream is the winner's index (LEB128: one byte below 128 codes) followed by the winner's own stream. Costs what all
the codes cost together. For predictors `Mixture` is never more than its rounding longer, and mostly shorter.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import final

from codelength.coding import binary
from codelength.core import Bits, Code, StreamError


@final
class Best:
    """The shortest of several codes, named by its index.

    It has no `given`, for not all codes have one: where they have, `Best([code.given(x) for code in codes])`.

    Parameters
    ----------
    experts
        One or more codes over bytes.

    Examples
    --------
    >>> from codelength.compressors.bz2 import Bz2
    >>> from codelength.compressors.zlib import Zlib
    >>> best = Best([Zlib(), Bz2()])
    >>> best.bits(b"ab" * 99).bits == 1 + min(Zlib().bits(b"ab" * 99).bits, Bz2().bits(b"ab" * 99).bits)
    True
    """

    def __init__(self, experts: Sequence[Code[bytes]]) -> None:
        if not experts:
            raise ValueError("the best of no codes: at least one is needed")
        self.experts = tuple(experts)

    @property
    def spec(self) -> str:
        """A name for people: the catalogue does not read it."""
        return "best(" + ",".join(expert.spec for expert in self.experts) + ")"

    def bits(self, data: bytes, /) -> Bits:
        """log2 N bits and the shortest codelength, of that code's kind."""
        return self._shortest(data)[1] + Bits(math.log2(len(self.experts)))

    def encode(self, data: bytes, /) -> bytes:
        """The index and stream of the shortest code."""
        winner, _ = self._shortest(data)
        return binary.length_prefix(winner) + self.experts[winner].encode(data)

    def decode(self, stream: bytes, /, *, max_size: int) -> bytes:
        """The data back. Raises `StreamError` for a damaged stream or one of more than `max_size` bytes."""
        winner, start = binary.read_length(stream, max_size=1 << 62)
        if winner >= len(self.experts):
            raise StreamError(f"the stream names code number {winner} of {len(self.experts)}: it is damaged")
        return self.experts[winner].decode(stream[start:], max_size=max_size)

    def _shortest(self, data: bytes) -> tuple[int, Bits]:
        lengths = [expert.bits(data) for expert in self.experts]
        winner = min(range(len(lengths)), key=lambda i: lengths[i].bits)
        return winner, lengths[winner]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.spec!r})"
