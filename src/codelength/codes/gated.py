"""`Gated`: a mixture that is mostly better than every expert, and never worse than the best by more than log2(N + 1).

    P(bit) = sum_i w_i P_i(bit) + w_g P_g(bit),     P_g = squash(sum over gates and experts of weights * stretch(P_i))

A Bayes mixture follows one expert; where two know different things, such as context mixing and a network, their votes
added in the logistic domain say more than either (Mahoney 2005). Nothing bounds what such a network of gates costs on
data that mislead it. So its vote `P_g` is one voice more in the Bayes mixture of the experts, and

    L(y) <= min over experts i of L_i(y) + log2(N + 1)

to within 2**-26 bits a byte (proof in `weights`), whatever the gates do. Integers only: a mixture of portable codes is
portable.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Self, final

from codelength.codes import weights as fixed
from codelength.codes.lockstep import Lockstep
from codelength.core import Bits, Predictor


@final
class Gated(Lockstep):
    """Experts and the vote of gates over them, under Bayes.

    Parameters
    ----------
    experts
        One or more predictors, the best one first: the gates trust it most at the start, and look at how often it is
        right and at how sure it and the last one are.

    Raises
    ------
    ValueError
        No experts.
    TypeError
        An expert that gives no probabilities.

    Examples
    --------
    >>> from codelength.predictors.kt import KT
    >>> y = b"abracadabra" * 20
    >>> both = Gated([KT(), KT().given(b"abcdr" * 9)])
    >>> bool(both.bits(y).bits <= min(expert.bits(y).bits for expert in both.experts) + both.regret_bound(len(y)).bits)
    True
    """

    def __init__(self, experts: Sequence[Predictor]) -> None:
        super().__init__(experts, None, gated=True)

    @property
    def spec(self) -> str:
        """A name for people: the catalogue does not read it."""
        return "gated(" + ", ".join(expert.spec for expert in self.experts) + ")"

    @property
    def _sharing(self) -> int:
        return fixed.NO_SHARING

    def _with(self, experts: Sequence[Predictor]) -> Self:
        return type(self)(experts)

    def regret_bound(self, n: int) -> Bits:
        """Bits above the best expert that this can cost on any `n` bytes, whichever is best."""
        return Bits(math.log2(len(self.weights)) + n * fixed.ROUNDING_PER_BYTE, "upper")
