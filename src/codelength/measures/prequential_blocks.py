"""Where the blocks of a prequential code end: at a first number of labels, then each `growth` times the last.

An estimator learns once a block. With n labels there are about log(n / first) / log(growth) blocks; a smaller growth
costs more fits and saves bits, since labels are then predicted by what has learned from more of those before them.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from codelength.core import DataError


def block_ends(n: int, first: int = 8, growth: float = 2.0) -> tuple[int, ...]:
    """Ends of blocks that cover n labels.

    Raises
    ------
    DataError
        No label, a first block below 1, or blocks that do not grow.

    Examples
    --------
    >>> block_ends(100, first=8, growth=2)
    (8, 16, 32, 64, 100)
    """
    if n < 1 or first < 1 or not growth > 1:
        raise DataError(f"{n} labels, first block {first}, growth {growth}: expected at least 1, 1, and above 1")
    ends = [min(first, n)]
    while ends[-1] < n:
        ends.append(min(n, max(ends[-1] + 1, int(ends[-1] * growth))))
    return tuple(ends)


def checked_ends(n: int, ends: Sequence[int]) -> tuple[int, ...]:
    """The ends that a caller named, or a `DataError`: they must increase from 1 or more to exactly n."""
    given = tuple(int(end) for end in ends)
    if not given or given[0] < 1 or given[-1] != n or any(b <= a for a, b in pairwise(given)):
        raise DataError(f"blocks end at {given}: expected ends that increase and reach exactly the {n} labels")
    return given
