"""Regions of a sequence in which something per byte is high, low or ordinary: a partition that people can look at.

The sequence is cut into windows of equal size. A window is high when its mean is more than one deviation above the mean
of the whole, low when it is as far below, else ordinary; an ordinary window between two of one kind joins them, and
neighbours of one kind make one region. Regions follow each other without a gap from 0 to n, and their sums are those of
the whole. The deviation is 1.4826 times the median distance of a window from the mean (Hampel 1974: the standard
deviation, were they normal), so that one peak does not hide the others; where that is 0 it is the standard deviation.
What is cut up may be costs or differences of costs, of either sign. O(n).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from codelength.measures.costs import block_sums, fixed_ends

Level = Literal["high", "low", "ordinary"]

_WINDOWS = 1024
_SMALLEST = 16
_LARGEST = 1024
_NAMES: dict[int, Level] = {1: "high", -1: "low", 0: "ordinary"}
_EPSILON = 1e-9
_NORMAL = 1.4826


@dataclass(frozen=True, slots=True)
class Region:
    """Bytes `start` up to `end`, the sum of their values in bits, and how far that is above `mean` * size."""

    start: int
    end: int
    level: Level
    bits: float
    excess: float

    @property
    def size(self) -> int:
        """Bytes."""
        return self.end - self.start

    @property
    def rate(self) -> float:
        """Bits per byte."""
        return self.bits / self.size


def window_size(n: int) -> int:
    """A window's bytes for a sequence of `n`: a power of two from 16 to 1,024, so that there are about a thousand.

    Examples
    --------
    >>> window_size(300), window_size(100_000), window_size(10**8)
    (16, 128, 1024)
    """
    return max(_SMALLEST, min(_LARGEST, 1 << max(0, (n - 1) // _WINDOWS).bit_length()))


def regions(values: NDArray[np.float64], *, window: int | None = None) -> tuple[Region, ...]:
    """Cut up a sequence by its values per byte.

    Parameters
    ----------
    values
        Bits of each byte, (n,).
    window
        Bytes of a window; by default `window_size(n)`.

    Examples
    --------
    >>> flat, peak = np.ones(64), np.full(16, 8.0)
    >>> [(r.start, r.end, r.level) for r in regions(np.concatenate([flat, peak, flat]))]
    [(0, 64, 'ordinary'), (64, 80, 'high'), (80, 144, 'ordinary')]
    """
    n = values.size
    if not n:
        return ()
    ends = fixed_ends(n, window or window_size(n))
    sizes = np.diff(ends, prepend=0)
    rates = block_sums(values, ends) / sizes
    mean = float(values.mean())
    away = np.abs(rates - mean)
    deviation = _NORMAL * float(np.median(away)) or float(np.sqrt(np.mean(away**2)))
    spread = deviation + _EPSILON * (1 + abs(mean))  # equal windows are ordinary, however their sums were rounded
    kinds = (rates > mean + spread).astype(np.int64) - (rates < mean - spread)
    inner = (kinds[1:-1] == 0) & (kinds[:-2] == kinds[2:])
    kinds[1:-1][inner] = kinds[:-2][inner]
    last = np.flatnonzero(np.append(kinds[1:] != kinds[:-1], True))
    cuts = ends[last]
    starts = np.concatenate(([0], cuts[:-1]))
    sums = block_sums(values, cuts)
    return tuple(
        Region(int(a), int(b), _NAMES[int(kind)], float(bits), float(bits - mean * (b - a)))
        for a, b, kind, bits in zip(starts, cuts, kinds[last], sums, strict=True)
    )
