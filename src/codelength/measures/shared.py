"""Shared bits: what two sequences have in common, as a code sees it, and distances made of that.

    shared(x, y)      = |C(x)| + |C(y)| - |C(xy)|                    algorithmic mutual information, as far as C sees it
    NCD(x, y)         = (|C(xy)| - min(|C(x)|, |C(y)|)) / max(|C(x)|, |C(y)|)      (Cilibrasi & Vitanyi 2005)
    distance(x, y)    = max(|C(x|y)|, |C(y|x)|) / max(|C(x)|, |C(y)|)              (Li, Chen, Li, Ma & Vitanyi 2004)
    chain-rule defect = |C(xy)| - |C(x)| - |C(y|x)|                  0 up to a length prefix where C continues its state
    order asymmetry   = |C(xy)| - |C(yx)|

C(y|x) is `code.given(x).bits(y)` where the code takes side information, of the kind that it says; elsewhere it is
|C(xy)| - |C(x)|, an estimate, and the defect is 0 by construction. Costs six codelengths.
"""

from __future__ import annotations

from dataclasses import dataclass

from codelength.core import Bits, Density, Learner


@dataclass(frozen=True, slots=True)
class Shared:
    """Six codelengths of two sequences, and what follows from them.

    `x`, `y`, `xy`, `yx`: |C(x)|, |C(y)|, |C(xy)|, |C(yx)|. `y_given_x`, `x_given_y`: |C(y|x)|, |C(x|y)|, by the code's
    own side information when `native`, otherwise estimates by difference.
    """

    x: Bits
    y: Bits
    xy: Bits
    yx: Bits
    y_given_x: Bits
    x_given_y: Bits
    native: bool

    @property
    def shared(self) -> Bits:
        """|C(x)| + |C(y)| - |C(xy)|: bits that need not be said twice."""
        return self.x + self.y - self.xy

    @property
    def saved_on_y(self) -> Bits:
        """|C(y)| - |C(y|x)|: bits that x saves on y."""
        return self.y - self.y_given_x

    @property
    def saved_on_x(self) -> Bits:
        """|C(x)| - |C(x|y)|: bits that y saves on x."""
        return self.x - self.x_given_y

    @property
    def ncd(self) -> float:
        """Normalised compression distance: near 0 for the same, near 1 for unrelated. 0 for two empty sequences."""
        smaller, larger = sorted((self.x.bits, self.y.bits))
        return _ratio(self.xy.bits - smaller, larger)

    @property
    def distance(self) -> float:
        """Normalised distance by conditional codelengths; symmetric in x and y."""
        return _ratio(max(self.y_given_x.bits, self.x_given_y.bits), max(self.x.bits, self.y.bits))

    @property
    def defect(self) -> Bits:
        """|C(xy)| - |C(x)| - |C(y|x)|: how far the code breaks the chain rule."""
        return self.xy - self.x - self.y_given_x

    @property
    def asymmetry(self) -> Bits:
        """|C(xy)| - |C(yx)|: what the order matters."""
        return self.xy - self.yx


def shared(x: bytes, y: bytes, code: Density[bytes]) -> Shared:
    """What two sequences share under a code.

    Parameters
    ----------
    x, y
        The sequences, in bytes.
    code
        Any density; one with `given` is also asked for its conditional codelengths.

    Examples
    --------
    >>> from codelength.predictors.kt import KT
    >>> both = shared(b"abab" * 50, b"baba" * 50, KT())
    >>> both.native, both.shared.kind, both.distance < 1
    (True, 'exact', True)
    """
    alone_x, alone_y = code.bits(x), code.bits(y)
    xy, yx = code.bits(x + y), code.bits(y + x)
    native = isinstance(code, Learner)
    if isinstance(code, Learner):
        y_given_x, x_given_y = code.given(x).bits(y), code.given(y).bits(x)
    else:
        y_given_x, x_given_y = (xy - alone_x).as_estimate(), (yx - alone_y).as_estimate()
    return Shared(alone_x, alone_y, xy, yx, y_given_x, x_given_y, native)


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole > 0 else 0.0
