"""`Differenced`: C(y | x) by difference, for a compressor that takes no side information of its own.

    |C(y | x)|  ~  |C(xy)| - |C(x)|

An estimate: no stream of that size exists from which y could be had back, and it can be wrong either way (a window
that has lost x, blocks sorted together as in bzip2, even a negative number), so there is no `encode`. It is right only
as far as the compressor keeps the chain rule. Costs a pass over x once and a pass over xy for every target.
"""

from __future__ import annotations

from typing import final

from codelength.core import Bits, Density


@final
class Differenced:
    """A `Density` that is a `Learner`, out of any `Density`.

    Parameters
    ----------
    code
        What gives the lengths.

    Examples
    --------
    >>> from codelength.compressors.bz2 import Bz2
    >>> Differenced(Bz2()).given(b"a pile of text").bits(b"a target").kind
    'estimate'
    """

    def __init__(self, code: Density[bytes]) -> None:
        self.code = code
        self.side = b""
        self._side_bits = Bits(0.0)

    def given(self, data: bytes, /) -> Differenced:
        """The difference after `data`, which is compressed here once."""
        if not data:
            return self
        primed = Differenced(self.code)
        primed.side = self.side + data
        primed._side_bits = self.code.bits(primed.side)
        return primed

    def bits(self, data: bytes, /) -> Bits:
        """|C(xy)| - |C(x)|, an estimate; without side information |C(y)|, of the code's own kind."""
        if not self.side:
            return self.code.bits(data)
        return (self.code.bits(self.side + data) - self._side_bits).as_estimate()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.code!r})"
