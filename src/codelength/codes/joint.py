"""`Joint`: a code of pairs that never loses more than a bit by seeing x and y together.

    |J(x, y)| = 1 + |C(x)| + min(|C(y)|, |C(y|x)|)           where C takes side information of its own
    |J(x, y)| = 1 + min(|C(x)| + |C(y)|, |C(xy)|)            where it does not: xy is x with y behind it

so |J(x, y)| <= |C(x)| + |C(y)| + 1, for every code and every pair. The bit names the better of two experts in
hindsight, as `Best` does: y coded with x already known, or on its own. C(xy) by itself has no such bound: whoever has
learned x has to unlearn it where y is of another kind.

A stream is LEB128(2 * n + choice) and then the streams of C, the choice 0 for "apart" or 1 for "together":

    0   n = bytes of C(x)'s stream      C(x)'s stream, C(y)'s stream
    1   n = bytes of C(x)'s stream      C(x)'s stream, C(y|x)'s stream                  C takes side information
    1   n = bytes of x                  C(xy)'s stream                                  C takes none

It is within 32 bits + 0.01 % of `bits` where the streams of C are their own lengths rounded up to whole bytes: up to
31 bits are the number n (4 bytes below 128 MiB). Of streams, too, the shorter is sent: never more than those of x and y
with n. Costs both descriptions of y, and a pass over x more where C takes side information.
"""

from __future__ import annotations

from typing import TypeAlias, final

from codelength.coding import binary
from codelength.core import Bits, Code, Learner, StreamError, either

Pair: TypeAlias = tuple[bytes, bytes]


@final
class Joint:
    """A `Code` of pairs out of a code of bytes, with side information or without.

    Parameters
    ----------
    code
        What codes x, and y with or without x.

    Examples
    --------
    >>> from codelength.predictors.kt import KT
    >>> joint, x, y = Joint(KT()), b"abab" * 50, b"xyz" * 50
    >>> joint.bits((x, y)).bits == KT().bits(x).bits + KT().bits(y).bits + 1  # x is of no use for y
    True
    >>> joint.decode(joint.encode((x, y)), max_size=350) == (x, y)
    True
    """

    def __init__(self, code: Code[bytes]) -> None:
        self.code = code

    @property
    def spec(self) -> str:
        """A name for people: the catalogue does not read it."""
        return f"joint({self.code.spec})"

    def bits(self, pair: Pair, /) -> Bits:
        """The bit that chooses and the shorter description: at most |C(x)| + |C(y)| + 1."""
        x, y = pair
        alone_x, alone_y = self.code.bits(x), self.code.bits(y)
        if isinstance(self.code, Learner):
            return alone_x + either(alone_y, self.code.given(x).bits(y))
        return either(alone_x + alone_y, self.code.bits(x + y))

    def encode(self, pair: Pair, /) -> bytes:
        """The shorter of the two streams."""
        x, y = pair
        first = self.code.encode(x)
        apart = _numbered(len(first), 0) + first + self.code.encode(y)
        if isinstance(self.code, Learner):
            together = _numbered(len(first), 1) + first + self.code.given(x).encode(y)
        else:
            together = _numbered(len(x), 1) + self.code.encode(x + y)
        return min(apart, together, key=len)

    def decode(self, stream: bytes, /, *, max_size: int) -> Pair:
        """The pair back. Raises `StreamError` for a damaged stream or a pair of more than `max_size` bytes in all."""
        number, start = binary.read_length(stream, max_size=1 << 62)
        n, together = divmod(number, 2)
        rest = stream[start:]
        if together and not isinstance(self.code, Learner):
            both = self.code.decode(rest, max_size=max_size)
            if n > len(both):
                raise StreamError(f"the stream cuts {len(both):,} bytes at {n:,}: it is damaged")
            return both[:n], both[n:]
        if n > len(rest):
            raise StreamError("the stream ends within the first of its pair: it is truncated or damaged")
        x = self.code.decode(rest[:n], max_size=max_size)
        code = self.code.given(x) if together and isinstance(self.code, Learner) else self.code
        return x, code.decode(rest[n:], max_size=max_size - len(x))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.code!r})"


def _numbered(n: int, choice: int) -> bytes:
    return binary.length_prefix(2 * n + choice)
