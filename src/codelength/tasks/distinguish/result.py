"""What telling two samples apart came to: bits, an e-value, a p-value that any stopping rule keeps valid."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from codelength.core import Bits
from codelength.tasks.distinguish.coding import LabelCoding


@dataclass(frozen=True, slots=True, eq=False)
class Distinction:
    """Evidence against "the labels have nothing to do with the documents".

    Parameters
    ----------
    counts
        Documents of each kind.
    coding
        How the labels were coded, step by step.
    """

    counts: tuple[int, ...]
    coding: LabelCoding

    @property
    def chance(self) -> Bits:
        """What the labels cost by chance alone: log2 of the number of their orders."""
        return Bits(self.coding.chance_bits)

    @property
    def bits(self) -> Bits:
        """What the labels cost when the documents are known."""
        return Bits(self.coding.bits)

    @property
    def saved(self) -> Bits:
        """log2 of the e-value at the end: `chance` - `bits`. At least -1."""
        return self.chance - self.bits

    @property
    def share(self) -> float:
        """Part of what the labels cost that the documents save, at most 1."""
        return self.saved.bits / self.chance.bits if self.chance.bits else 0.0

    @property
    def wealth(self) -> NDArray[np.float64]:
        """log2 of the e-value after each document, (n,)."""
        return self.coding.wealth

    @property
    def log2_p(self) -> float:
        """log2 of the anytime-valid p-value: minus the highest log2 e-value so far, at most 0."""
        return -max(0.0, float(self.wealth.max(initial=0.0)))

    @property
    def p_value(self) -> float:
        """2**log2_p; 0.0 where that is below the smallest float."""
        return 2.0**self.log2_p if self.log2_p > -1074 else 0.0

    def needed(self, level: float) -> int | None:
        """After how many documents the e-value reached 1 / level, so that one could stop; None: it never did."""
        reached = np.flatnonzero(self.wealth >= -math.log2(level))
        return int(reached[0]) + 1 if reached.size else None
