"""`ProgramSearch`: the search as a code. Encoding searches, decoding runs what was found.

    |C(y | x)| = |length| + |programs, filled to a byte| + |residual|

The effort is counted in rounds, never in seconds, so the same data give the same stream everywhere. Where nothing is
found, a constant and what it gets wrong are left: an order-0 code (`residual`) and some ten bits.
Cost: encoding as `search`, .3 s for the first round and 4 times as much for each further one, of the first 64 KiB; what
is found there speaks of the rest. Decoding a run of the programs and 10 us a byte.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Self

from codelength.core import Bits
from codelength.predictors.programs import found
from codelength.predictors.programs import tokens as tk
from codelength.predictors.programs.found import Segment
from codelength.predictors.programs.program import Program
from codelength.predictors.programs.search import Found, find

HEAD = 1 << 16
"""Bytes that are searched."""

MOST = 3
"""Rounds at most, some seconds: whoever wants more searches by the clock and names the program (`programmed`)."""


class ProgramSearch:
    """The shortest program that a search of given effort finds, and what it gets wrong.

    Parameters
    ----------
    effort
        Rounds of the search, from 1 to `MOST`.
    side
        Side information that the programs may read; None: there is none.

    Raises
    ------
    ValueError
        Another effort.

    Examples
    --------
    >>> code = ProgramSearch(effort=1)
    >>> squares = bytes(t * t % 256 for t in range(1000))
    >>> len(code.encode(squares))
    6
    >>> code.decode(code.encode(squares), max_size=1000) == squares
    True
    """

    def __init__(self, effort: int = 1, side: bytes | None = None) -> None:
        if not 1 <= effort <= MOST:
            raise ValueError(f"effort is {effort}; expected a whole number from 1 to {MOST}")
        self.effort = effort
        self.side = side

    @property
    def spec(self) -> str:
        """Name and parameters."""
        return "search" if self.effort == 1 else f"search:effort={self.effort}"

    def given(self, data: bytes, /) -> Self:
        """The same search for programs that may read `data` (after the side information that is known already)."""
        return type(self)(self.effort, (self.side or b"") + data or None)

    def bits(self, data: bytes, /) -> Bits:
        """Codelength of `data` with its length: exact."""
        cost = self.found(data).cost
        return cost.bits + Bits(-cost.program % 8)

    def encode(self, data: bytes, /) -> bytes:
        """A self-delimiting stream, within 32 bits + 0.01 % of `bits(data)`."""
        return found.encode(self.found(data).segments, data, self.side or b"")

    def decode(self, stream: bytes, /, *, max_size: int) -> bytes:
        """The data back. Raises `StreamError` for a damaged stream or one of more than `max_size` bytes."""
        return found.decode(stream, self.side or b"", conditional=self.side is not None, max_size=max_size)

    def found(self, data: bytes) -> Found:
        """The programs themselves. The last few results are kept, so that `bits` and `encode` search once."""
        return _searched(data, self.side, self.effort)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.spec!r})"


@lru_cache(maxsize=4)
def _searched(data: bytes, side: bytes | None, effort: int) -> Found:
    best = find(data[:HEAD], side, seconds=float("inf"), efforts=effort)
    if len(data) <= HEAD:
        return best
    *before, last = best.segments
    segments = (*before, replace(last, size=last.size + len(data) - HEAD))
    if not found.bounded(segments):
        # A loop that is short enough for the head only: it speaks of the head, a constant of the rest.
        constant = Program((tk.FIRST_CONSTANT,), side=side is not None)
        segments = (*best.segments, Segment(constant, len(data) - HEAD))
    return replace(best, segments=segments, cost=found.cost(segments, data, side or b""))
