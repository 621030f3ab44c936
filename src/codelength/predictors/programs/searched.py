"""`ProgramSearch`: the search as a code. Encoding searches, decoding runs what was found.

    |C(y | x)| = |length| + |programs| + |residual|

The effort is counted in rounds, never in seconds, so the same data give the same stream everywhere.
Cost: encoding as `search`, about a second for the first two rounds and 4 times as much for each further one; decoding a
run of the programs and 10 us a byte.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Self

from codelength.core import Bits
from codelength.predictors.programs import found
from codelength.predictors.programs.search import MOST_EFFORT, Found, find


class ProgramSearch:
    """The shortest program that a search of given effort finds, and what it gets wrong.

    Parameters
    ----------
    effort
        Rounds of the search, from 1 to `MOST_EFFORT`.
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

    def __init__(self, effort: int = 2, side: bytes | None = None) -> None:
        if not 1 <= effort <= MOST_EFFORT:
            raise ValueError(f"effort is {effort}; expected 1 to {MOST_EFFORT}")
        self.effort = effort
        self.side = side

    @property
    def spec(self) -> str:
        """Name and parameters."""
        return "search" if self.effort == 2 else f"search:effort={self.effort}"

    def given(self, data: bytes, /) -> Self:
        """The same search for programs that may read `data` (after the side information that is known already)."""
        return type(self)(self.effort, (self.side or b"") + data)

    def bits(self, data: bytes, /) -> Bits:
        """Codelength of `data` with its length: exact."""
        return self.found(data).cost.bits

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
    return find(data, side, seconds=float("inf"), efforts=effort)
