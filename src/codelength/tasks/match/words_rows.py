"""Rows by the block: what is worked out cell by cell of a large table needs no more room than a block's while it lasts.

Cost: nothing; the cells are the same, whatever the blocks are.
"""

from __future__ import annotations

from collections.abc import Iterator

CELLS = 1 << 21
"""Cells of a block: some MB of each array that is worked with."""


def row_blocks(n: int, width: int) -> Iterator[slice]:
    """Rows of a table of n rows of so many cells, a block at a time.

    Examples
    --------
    >>> [(rows.start, rows.stop) for rows in row_blocks(5, CELLS // 2)]
    [(0, 2), (2, 4), (4, 5)]
    """
    step = max(1, CELLS // max(1, width))
    for start in range(0, n, step):
        yield slice(start, min(start + step, n))
