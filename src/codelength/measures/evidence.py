"""Evidence: how sure is a saving? Two different answers to two different questions, never mixed.

1. Could chance have done it? Let P0(y) = 2**-|C0(y)| be the baseline code's own distribution, and C1 a code fixed
   before y was seen (its side information too). If y was drawn from P0, then

       P0(|C0(y)| - |C1(y)| >= k) <= 2**-k

   as the expectation of P1(y) / P0(y) under P0 is at most 1 (Markov's inequality; Barron 1985, "no hypercompression",
   Grunwald 2007, 3.3). Where C1 is the best of N codes picked on y itself, k - log2 N bits count.
   Claimed: the baseline's distribution is not where y came from, at a p-value of 2**-k. NOT claimed: that the side
   information "helps" with that confidence, that it will help on other data, or why. Real text is never drawn from P0,
   so a large k says that C1 describes this y better, by just so much, and no more.
   It needs both lengths exact, or bounds on the safe sides (the saving exact or a lower bound).

2. Would it be so again? The resampling interval over blocks of the target (`resampling`): how far the saving on a
   target of this size varies if this one's blocks are typical of what comes. An approximation, with no guarantee for
   finite data.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from codelength.core import Bits, Density
from codelength.measures.costs import block_costs, fixed_ends
from codelength.measures.resampling import MIN_BLOCKS, Interval, interval

_BLOCKS = 64


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a saving.

    `saved`: |C0(y)| - |C1(y)|. `choices`: how many codes C1 was picked from, on y itself. `blocks`: how many blocks of
    the target the interval rests on. `interval`: for the expected saving on such a target; None where there are fewer
    than 8 blocks.
    """

    saved: Bits
    choices: int
    blocks: int
    interval: Interval | None

    @property
    def log2_p(self) -> float | None:
        """A bound on log2 of the probability of such a saving under the baseline's own distribution, at most 0; None
        where the lengths prove nothing.
        """
        if self.saved.kind not in ("exact", "lower"):
            return None
        return -max(0.0, self.saved.bits - math.log2(self.choices))

    @property
    def claim(self) -> str:
        """The claim of `log2_p` in one sentence."""
        if self.log2_p is None:
            return f"no claim: the saving is of kind {self.saved.kind}; only an exact one or a lower bound proves any"
        picked = "a code" if self.choices == 1 else f"the best of {self.choices} codes"
        return (
            f"if the baseline's own distribution had made these data, {picked} fixed in advance would save this much "
            f"or more with probability at most 2^{self.log2_p:.1f}"
        )


def evidence(
    data: bytes,
    baseline: Density[bytes],
    code: Density[bytes],
    *,
    ends: NDArray[np.int64] | None = None,
    run: int | None = None,
    choices: int = 1,
    seed: int = 0,
) -> Evidence:
    """Evidence for what `code` saves on `data` against `baseline`.

    Parameters
    ----------
    data
        The target.
    baseline, code
        C0 and C1, as a rule a code and the same code given side information.
    ends
        Where the blocks end, (B,): `line_ends(data)` for documents in lines; 64 equal pieces if not given.
    run
        Blocks drawn together, see `resampling.interval`.
    choices
        The number of codes that `code` was picked from after looking at `data`.
    seed
        Of the resampling.

    Examples
    --------
    >>> from codelength.predictors.kt import KT
    >>> found = evidence(b"ab" * 40, KT(), KT().given(b"ab" * 200))
    >>> found.saved.bits > 20, found.log2_p == -found.saved.bits, found.saved.bits in found.interval
    (True, True, True)
    """
    if ends is None:
        ends = fixed_ends(len(data), -(-len(data) // _BLOCKS))
    savings = block_costs(baseline, data, ends) - block_costs(code, data, ends)
    return evidence_of(baseline.bits(data) - code.bits(data), savings, run=run, choices=choices, seed=seed)


def evidence_of(
    saved: Bits, savings: NDArray[np.float64], *, run: int | None = None, choices: int = 1, seed: int = 0
) -> Evidence:
    """As `evidence`, for a saving whose parts on the B blocks of the target, (B,), are known already."""
    if choices < 1:
        raise ValueError(f"choices={choices}: the code itself is one")
    enough = savings.size >= MIN_BLOCKS
    return Evidence(saved, choices, savings.size, interval(savings, run=run, seed=seed) if enough else None)
