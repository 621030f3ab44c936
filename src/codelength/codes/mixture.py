"""`Mixture`: the Bayes mixture of predictors, itself a lossless code.

    P(y) = sum_i w_i P_i(y)        so        L(y) <= min_i (L_i(y) + log2 1/w_i)

to within 2**-26 bits a byte of fixed-point rounding (proof in `weights`). With p(y) and p(y | x) as the two experts,
side information that is of no use costs at most 1 bit; a mixture over N sources loses at most log2 N bits against
knowing beforehand which one to use. Integers only: a mixture of portable codes is portable.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Self, final

from codelength.codes import weights as fixed
from codelength.codes.lockstep import Lockstep
from codelength.core import Bits, Predictor


@final
class Mixture(Lockstep):
    """Bayes over experts, symbol by symbol.

    Parameters
    ----------
    experts
        One or more predictors; primed ones (`code.given(x)`) are welcome.
    weights
        Prior weights in proportion, one positive integer for each expert; equal if not given.

    Raises
    ------
    ValueError
        No experts, or weights that do not fit.
    TypeError
        An expert that gives no probabilities.

    Examples
    --------
    >>> from codelength.predictors.kt import KT
    >>> y = b"abracadabra" * 20
    >>> hedged = Mixture([KT(), KT().given(b"abcdr" * 9)])
    >>> bool(hedged.bits(y).bits <= min(expert.bits(y).bits for expert in hedged.experts) + 1.001)
    True
    """

    def __init__(self, experts: Sequence[Predictor], weights: Sequence[int] | None = None) -> None:
        super().__init__(experts, weights)

    @property
    def spec(self) -> str:
        """The experts' specs joined by `+`. With unequal weights (`3*kt+ctw`) or mixtures in it (`(kt~ctw)+cm`) it is a
        name for people: the catalogue reads plain sums.
        """
        names = (f"{weight}*" * (weight != 1) + nested(expert.spec) for weight, expert in self._named())
        return "+".join(names)

    @property
    def _sharing(self) -> int:
        return fixed.NO_SHARING

    def _with(self, experts: Sequence[Predictor]) -> Self:
        return type(self)(experts, self.weights)

    def _named(self) -> list[tuple[int, Predictor]]:
        divisor = math.gcd(*self.weights)
        return [(weight // divisor, expert) for weight, expert in zip(self.weights, self.experts, strict=True)]

    def regret_bound(self, n: int) -> Bits:
        """Bits above the best expert that this can cost on any `n` bytes, whichever expert is best: log2 of 1 over the
        smallest weight, and the rounding.
        """
        rarest = math.log2(sum(self.weights)) - math.log2(min(self.weights))
        return Bits(rarest + n * fixed.ROUNDING_PER_BYTE, "upper")


def nested(spec: str) -> str:
    """A spec as part of another one."""
    return f"({spec})" if "+" in spec or "~" in spec else spec
