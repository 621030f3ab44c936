"""The rule that says whether data are nearly a copy of side information: `delta` makes less than a hundredth of them.

Below that `delta` is mostly shorter than `cm`, which pays some bits more for every edit; above it new content decides,
and `cm` knows that better. Learned on 120 pairs of successive versions of this project's own files
(`python -m benchmarks.near_copies`).
"""

from __future__ import annotations

SHARE = 100

PIECES, PIECE = 4, 1 << 14
"""So many pieces of so many bytes tell data that have nothing to do with the side information."""


def is_copy(spent: int, size: int) -> bool:
    """Whether `size` bytes of which `delta` makes `spent` are nearly a copy.

    Examples
    --------
    >>> is_copy(600, 1_000_000), is_copy(60, 6000)
    (True, False)
    """
    return spent * SHARE < size
