"""Shared bits: what two sequences have in common, as a code sees it, and distances made of that.

    shared(x, y)      = |C(x)| + |C(y)| - |C(xy)|                    algorithmic mutual information, as far as C sees it
    NCD(x, y)         = (|C(xy)| - min(|C(x)|, |C(y)|)) / max(|C(x)|, |C(y)|)      (Cilibrasi & Vitanyi 2005)
    distance(x, y)    = max(|C(x|y)|, |C(y|x)|) / max(|C(x)|, |C(y)|)              (Li, Chen, Li, Ma & Vitanyi 2004)
    chain-rule defect = |C(xy)| - |C(x)| - |C(y|x)|
    order asymmetry   = |C(xy)| - |C(yx)|

|C(xy)| is the length of a code of pairs (`codes.joint.Joint`), whose first bit says whether y is coded with x known:

    |C(xy)| = 1 + |C(x)| + min(|C(y)|, |C(y|x)|)         or 1 + min(|C(x)| + |C(y)|, |C(x‖y)|) without side information

so |C(xy)| <= |C(x)| + |C(y)| + 1 and shared >= -1 bit, always. What most people take for |C(xy)| is |C(x‖y)|, y simply
behind x; it has no such bound, and stands beside it as `continued`.

C(y|x) is `code.given(x).bits(y)` where the code takes side information, of the kind that it says; elsewhere it is
|C(x‖y)| - |C(x)|, an estimate. It is the plain one, which x can mislead: the defect is the one bit where C is right to
believe x, and below that by as much as C believed it too long. Costs five codelengths.
"""

from __future__ import annotations

from dataclasses import dataclass

from codelength.core import Bits, Density, Learner, either


@dataclass(frozen=True, slots=True)
class Shared:
    """Codelengths of two sequences, and what follows from them.

    `x`, `y`: |C(x)|, |C(y)|. `xy`, `yx`: the pair, by the joint code, in either order. `continued`: |C(x‖y)|, one
    sequence simply behind the other. `y_given_x`, `x_given_y`: |C(y|x)|, |C(x|y)|, by the code's own side information
    when `native`, otherwise estimates by difference.
    """

    x: Bits
    y: Bits
    xy: Bits
    yx: Bits
    continued: Bits
    y_given_x: Bits
    x_given_y: Bits
    native: bool

    @property
    def shared(self) -> Bits:
        """|C(x)| + |C(y)| - |C(xy)|: bits that need not be said twice. Never below -1."""
        return self.x + self.y - self.xy

    @property
    def continued_gap(self) -> Bits:
        """|C(x)| + |C(y)| - |C(x‖y)|: what plain continuation makes of it. Below 0 where x does harm."""
        return self.x + self.y - self.continued

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
        """|C(xy)| - |C(x)| - |C(y|x)|: how far C given x is from the chain rule. 1 where x is worth believing."""
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
    >>> bool(shared(b"abab" * 50, b"xyz" * 50, KT()).shared.bits >= -1)
    True
    """
    alone_x, alone_y, continued = code.bits(x), code.bits(y), code.bits(x + y)
    if isinstance(code, Learner):
        y_given_x, x_given_y = code.given(x).bits(y), code.given(y).bits(x)
        xy, yx = alone_x + either(alone_y, y_given_x), alone_y + either(alone_x, x_given_y)
        return Shared(alone_x, alone_y, xy, yx, continued, y_given_x, x_given_y, native=True)
    back, apart = code.bits(y + x), alone_x + alone_y
    y_given_x, x_given_y = (continued - alone_x).as_estimate(), (back - alone_y).as_estimate()
    xy, yx = either(apart, continued), either(apart, back)
    return Shared(alone_x, alone_y, xy, yx, continued, y_given_x, x_given_y, native=False)


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole > 0 else 0.0
