"""The logistic domain in integers: `squash` and `stretch` as tables, without any float or libm.

    stretch(p) = ln(p / (1 - p))        squash(x) = 1 / (1 + e**-x)

Stretched values are in units of 1/256 and end at +-12; probabilities are in units of 2**-22. e**(k/256) comes from the
Taylor series of e**(1/256) in 80-bit fixed point, so the tables are the same on every machine (Python's integers).
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

UNIT = 256
"""Stretched values are in units of 1/UNIT."""

LIMIT = 12 * UNIT
"""Stretched values lie strictly between -LIMIT and LIMIT."""

PROBABILITY_BITS = 22
"""Probabilities inside the mixers are in units of 2**-22."""

_FIXED = 80


@cache
def squash_table() -> NDArray[np.int32]:
    """`table[x + LIMIT]` = squash(x) in units of 2**-22, for x from -LIMIT to LIMIT - 1: (2 * LIMIT,) int32."""
    one = 1 << _FIXED
    root, term, k = 0, one, 0
    while term:
        root += term
        k += 1
        term //= UNIT * k
    powers = [one]
    for _ in range(LIMIT):
        powers.append(powers[-1] * root >> _FIXED)
    values = []
    for x in range(-LIMIT, LIMIT):
        p = (powers[x] << PROBABILITY_BITS) // (one + powers[x]) if x >= 0 else (one << PROBABILITY_BITS) // (
            one + powers[-x]
        )
        values.append(min(max(p, 1), (1 << PROBABILITY_BITS) - 1))
    return np.array(values, dtype=np.int32)


@cache
def stretch_table(index_bits: int) -> NDArray[np.int16]:
    """`table[p >> (22 - index_bits)]` = stretch(p) at the middle of the cell: (2**index_bits,) int16."""
    squash = squash_table()
    cells = 1 << index_bits
    middles = ((2 * np.arange(cells, dtype=np.int64) + 1) << PROBABILITY_BITS) >> (index_bits + 1)
    nearest = np.searchsorted(squash, middles, side="left")
    return (np.minimum(nearest, 2 * LIMIT - 1) - LIMIT).astype(np.int16)
