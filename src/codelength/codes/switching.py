"""`Switching`: the mixture that follows the best *sequence* of experts (fixed share, Herbster & Warmuth 1998).

Before each byte but the first, an expert hands alpha = 1 / period of its weight to the others. Against any sequence of
experts that changes m - 1 times in n bytes,

    L <= L_sequence + log2 N + (m - 1) log2((N - 1) / alpha) + (n - m) log2(1 / (1 - alpha))

to within 2**-26 bits a byte (proof in `weights`). Use it where the best source changes along the target; against one
single best expert it costs n log2(1 / (1 - alpha)) bits more than `Mixture`, 1.44 n / period.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Self, final

from codelength.codes import weights as fixed
from codelength.codes.lockstep import Lockstep
from codelength.codes.mixture import nested
from codelength.core import Bits, Predictor

PERIOD = 1024


@final
class Switching(Lockstep):
    """A mixture over experts with switches between them, at byte boundaries.

    Parameters
    ----------
    experts
        One or more predictors, equal at the start.
    period
        Mean number of bytes between switches that the prior expects, 2 or more: alpha is 1 / period.

    Raises
    ------
    ValueError
        No experts, or a period below 2.
    TypeError
        An expert that gives no probabilities.
    """

    def __init__(self, experts: Sequence[Predictor], period: int = PERIOD) -> None:
        if not 2 <= period < 1 << 32:
            raise ValueError(f"period={period}: expected a number of bytes from 2 to 2**32 - 1")
        super().__init__(experts, None)
        self.period = period

    @property
    def spec(self) -> str:
        """The experts' specs joined by `~`. With another than the default period (`kt~ctw@100`) or mixtures in it it
        is a name for people: the catalogue reads plain ones.
        """
        names = "~".join(nested(expert.spec) for expert in self.experts)
        return names if self.period == PERIOD else f"{names}@{self.period}"

    @property
    def _sharing(self) -> int:
        return self.period

    def _with(self, experts: Sequence[Predictor]) -> Self:
        return type(self)(experts, self.period)

    def regret_bound(self, n: int, segments: int = 1) -> Bits:
        """Bits above the best sequence of `segments` experts in turn that this can cost on any `n` bytes."""
        if not 1 <= segments <= max(n, 1):
            raise ValueError(f"segments={segments} for {n} bytes: expected 1 to {max(n, 1)}")
        experts = len(self.experts)
        if experts == 1:
            return Bits(n * fixed.ROUNDING_PER_BYTE, "upper")
        switches = (segments - 1) * math.log2((experts - 1) * self.period)
        stays = (n - segments) * -math.log1p(-1 / self.period) / math.log(2) if n else 0.0
        return Bits(math.log2(experts) + switches + stays + n * fixed.ROUNDING_PER_BYTE, "upper")
