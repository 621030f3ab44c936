"""Upper bounds on a true error, rounded upwards: what is returned is a bound, not nearly one.

A hypothesis of prior weight 2**-b, whose error on n examples drawn i.i.d. is q = k/n, has with probability 1 - delta a
true error p of at most (c = (b ln 2 + ln 1/delta) / n)

    Hoeffding    q + sqrt(c / 2)                                                    (Occam; Blumer et al. 1987)
    kl-inverse   the largest p with kl(q || p) <= c                                 (Chernoff 1952; Langford 2005)
    Catoni       (1 - exp(-C q - c)) / (1 - exp(-C)), for a C fixed beforehand      (Catoni 2007, theorem 1.2.6)

where kl(q || p) = q ln q/p + (1 - q) ln (1-q)/(1-p). Everything is computed in decimal arithmetic of 50 digits, whose
ln, exp, sqrt and four operations are correctly rounded, so some dozen of them are off by less than 10**-40 here; that
much is added on the safe side, and the last step to a float goes up. The kl-inverse is guessed in floats and then
verified in decimals: a p is returned only if kl(q || p) >= c holds with the slack. Microseconds to milliseconds.
"""

from __future__ import annotations

import math
from decimal import ROUND_HALF_EVEN, Context, Decimal, localcontext

_DIGITS = Context(prec=50, rounding=ROUND_HALF_EVEN)
_SLACK = Decimal(10) ** -40
_HALVINGS = 60


def budget(examples: int, bits: float, delta: float, choices: int = 1) -> Decimal:
    """The budget c = (b ln 2 + ln 1/delta + ln choices) / n, rounded up.

    `choices`: over how many things fixed beforehand the confidence is shared out besides.
    """
    with localcontext(_DIGITS):
        nats = Decimal(bits) * Decimal(2).ln() - Decimal(delta).ln() + Decimal(choices).ln()
        return nats / examples + _SLACK * (1 + Decimal(bits))


def hoeffding(errors: int, examples: int, c: Decimal) -> float:
    """The bound q + sqrt(c / 2), at most 1."""
    with localcontext(_DIGITS):
        return _upwards(Decimal(errors) / examples + (c / 2).sqrt() + _SLACK)


def kl_inverse(errors: int, examples: int, c: Decimal) -> float:
    """A p just above the largest one with kl(q || p) <= c, at most 1."""
    with localcontext(_DIGITS):
        q = Decimal(errors) / examples
        low, high = errors / examples, 1.0
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            if not low < middle < high:
                break
            if _exceeds(q, Decimal(middle), c):
                high = middle
            else:
                low = middle
        return high


def catoni(errors: int, examples: int, c: Decimal, temperature: Decimal) -> float:
    """(1 - exp(-C q - c)) / (1 - exp(-C)) for C = `temperature` > 0, at most 1."""
    with localcontext(_DIGITS):
        above = 1 - (-temperature * errors / examples - c).exp() + _SLACK
        return _upwards(above / (1 - (-temperature).exp() - _SLACK) + _SLACK)


def _exceeds(q: Decimal, p: Decimal, c: Decimal) -> bool:
    """Whether kl(q || p) >= c for certain; 0 < p < 1."""
    wrong = q * (q / p).ln() if q else Decimal(0)
    right = (1 - q) * ((1 - q) / (1 - p)).ln() if q < 1 else Decimal(0)
    return wrong + right - _SLACK >= c


def _upwards(value: Decimal) -> float:
    """The next float at or above, at most 1."""
    if value >= 1:
        return 1.0
    near = float(value)
    return near if Decimal(near) >= value else math.nextafter(near, 2.0)
