"""Regret: prediction value left on the table.

    regret(y) = |C(y)| - min_i |C_i(y)|

Bits that a code pays above the best of some experts, the best one being known only in hindsight. A Bayes mixture of
these very experts has a regret of at most log2 1/w_i; a negative one means that C is better than each of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from codelength.core import Bits, Density


@dataclass(frozen=True, slots=True)
class Regret:
    """`code`: |C(y)|; `experts`: |C_i(y)| each; `best`: the index of the shortest expert."""

    code: Bits
    experts: tuple[Bits, ...]
    best: int

    @property
    def regret(self) -> Bits:
        """Bits above the best expert."""
        return self.code - self.experts[self.best]


def regret(data: bytes, code: Density[bytes], experts: Sequence[Density[bytes]]) -> Regret:
    """How much `code` pays above the best of `experts` on `data`.

    Examples
    --------
    >>> from codelength.codes import Mixture
    >>> from codelength.predictors.kt import KT
    >>> y, experts = b"abracadabra", [KT(), KT().given(b"cadabra"), KT().given(b"xyz")]
    >>> found = regret(y, Mixture(experts), experts)
    >>> found.best, found.regret.bits <= Mixture(experts).regret_bound(len(y)).bits
    (1, True)
    """
    if not experts:
        raise ValueError("regret against no experts: at least one is needed")
    lengths = tuple(expert.bits(data) for expert in experts)
    best = min(range(len(lengths)), key=lambda i: lengths[i].bits)
    return Regret(code.bits(data), lengths, best)
