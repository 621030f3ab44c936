"""How far a sum over blocks of the target could have come out otherwise: a resampling interval.

The savings d_1..d_B of B blocks (documents, lines, fixed pieces) are taken as a stretch of a stationary sequence, or as
exchangeable (run 1). The interval is for the expected sum over B blocks, by the studentised circular block bootstrap
(Politis & Romano 1992; Hall 1988): runs of `run` successive blocks are drawn with replacement, K = ceil(B / run) a
resample, and

    t* = (S* - S) / se*        interval = [S - t*_(1-a/2) se, S - t*_(a/2) se],        a = 1 - level

where se comes from the spread between runs. Percentiles of S* itself are simpler and cover too little: with 30 blocks
of log-normal savings .885 for a level of .95 where this interval covers .943, and where neighbours depend on each other
.729 against .925 (`python -m benchmarks.theory`). No interval knows what its blocks do not show: rare large savings (12
blocks of which 15 % save much: .810), or a target that is not like what comes later. Costs `RESAMPLES` * K draws.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from codelength.core import DataError

RESAMPLES = 2000
MIN_BLOCKS = 8
_FEWEST_RUNS = 4


@dataclass(frozen=True, slots=True)
class Interval:
    """`lower` to `upper`, in bits, at confidence `level`."""

    lower: float
    upper: float
    level: float

    def __contains__(self, value: float) -> bool:
        return self.lower <= value <= self.upper

    def __str__(self) -> str:
        return f"{self.lower:,.1f} to {self.upper:,.1f} ({self.level:.0%})"


def interval(
    savings: NDArray[np.float64], *, run: int | None = None, level: float = 0.95, seed: int = 0
) -> Interval:
    """A resampling interval for the expected sum of `savings`.

    Parameters
    ----------
    savings
        Bits saved on each block, in the order of the target: (B,), B >= 8.
    run
        Successive blocks drawn together: 1 where blocks are unrelated documents; floor(sqrt(B)) if not given, which
        keeps what neighbours have in common.
    level
        Between 0 and 1.
    seed
        The same seed gives the same interval.

    Raises
    ------
    DataError
        Fewer than 8 blocks.

    Examples
    --------
    >>> 100.0 in interval(np.ones(100))
    True
    """
    blocks = savings.size
    if blocks < MIN_BLOCKS:
        raise DataError(f"{blocks} blocks are too few for an interval; cut into at least {MIN_BLOCKS}")
    length = min(math.isqrt(blocks), blocks // _FEWEST_RUNS) if run is None else run
    if not 1 <= length <= blocks // _FEWEST_RUNS or not 0 < level < 1:
        raise ValueError(f"run={length}, level={level}: expected 1 to {blocks // _FEWEST_RUNS} and 0 to 1")

    total = float(savings.sum())
    cumulated = np.concatenate(([0.0], np.cumsum(np.concatenate((savings, savings[:length])))))
    runs = cumulated[length : length + blocks] - cumulated[:blocks]  # (B,), circular
    draws = -(-blocks // length)
    scale = blocks / (draws * length)
    drawn = runs[np.random.default_rng(seed).integers(0, blocks, (RESAMPLES, draws))]  # (RESAMPLES, K)

    spread = drawn.std(axis=1, ddof=1)
    error = runs.std() * math.sqrt(draws / (draws - 1))
    varied = spread > 1e-12 * max(1.0, float(np.abs(runs).max()))
    if not varied.any():
        return Interval(total, total, level)
    off = drawn[varied].sum(axis=1) - total / scale
    tail = (1 - level) / 2
    low, high = np.quantile(off / (spread[varied] * math.sqrt(draws)), [tail, 1 - tail])
    width = float(error * math.sqrt(draws) * scale)
    return Interval(total - float(high) * width, total - float(low) * width, level)
