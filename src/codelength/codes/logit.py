"""Probabilities of 32 bits <-> the logistic domain, in integers, for mixing there.

    stretch(p) = ln(p / (1 - p))        squash(x) = 1 / (1 + e**-x)

Stretched values are in units of 2**-16 and end at +-22 (ln 2**32 = 22.18), probabilities in units of 2**-32, from 1 to
2**32 - 1. Tables at 1/1024 of a mantissa and 1/64 of x with straight lines between them: stretch is right to 3e-5, and
squash to 4e-5 of the smaller of p and 1 - p and two units. Tables come from Python's `decimal`, whose logarithm and
exponential are correctly rounded, so they are the same on every machine.
"""

from __future__ import annotations

from decimal import Decimal, localcontext
from functools import cache

import numpy as np
from numba import njit
from numpy.typing import NDArray

UNIT = 1 << 16
"""Stretched values are in units of 1 / UNIT."""

LIMIT = 22 * UNIT
"""Stretched values lie between -LIMIT and LIMIT."""

_ONE = 1 << 32
_CELLS = 1024
_STEPS = 64
_DIGITS = 30
_LN_BITS = 24
_CELL_BITS = 21
_STEP_BITS = 10


@cache
def _ln_table() -> NDArray[np.int64]:
    """ln(1 + k / 1024) in units of 2**-24, k from 0 to 1024: (1025,)."""
    with localcontext() as context:
        context.prec = _DIGITS
        values = [int((1 + Decimal(k) / _CELLS).ln() * (1 << _LN_BITS)) for k in range(_CELLS + 1)]
    return np.array(values, dtype=np.int64)


@cache
def _squash_table() -> NDArray[np.int64]:
    """squash(k / 64) in units of 2**-32, k from -22 * 64 to 22 * 64, and the last once more."""
    ends = LIMIT // UNIT * _STEPS
    with localcontext() as context:
        context.prec = _DIGITS
        values = [int(_ONE / (1 + (Decimal(-k) / _STEPS).exp())) for k in range(-ends, ends + 1)]
    return np.array([*values, values[-1]], dtype=np.int64)


_LN = _ln_table()
_SQUASH = _squash_table()
_LN2 = int(_LN[-1])


@njit(cache=True)
def _ln(p: int) -> int:
    """ln(p / 2**32) in units of 2**-24."""
    mantissa, exponent = p, 0
    while mantissa < 1 << 31:
        mantissa <<= 1
        exponent += 1
    cell = (mantissa >> _CELL_BITS) - _CELLS
    part = mantissa & ((1 << _CELL_BITS) - 1)
    return _LN[cell] + (((_LN[cell + 1] - _LN[cell]) * part) >> _CELL_BITS) - (exponent + 1) * _LN2


@njit(cache=True)
def stretch(p: np.uint32) -> int:
    """ln(p / (1 - p)) of a probability in units of 2**-32."""
    one = int(p)
    x = (_ln(one) - _ln(_ONE - one)) >> (_LN_BITS - 16)
    return min(max(x, -LIMIT), LIMIT)


@njit(cache=True)
def squash(x: int) -> int:
    """1 / (1 + e**-x) in units of 2**-32, from 1 to 2**32 - 1; x beyond the ends is taken for the ends."""
    at = min(max(x, -LIMIT), LIMIT) + LIMIT
    cell, part = at >> _STEP_BITS, at & ((1 << _STEP_BITS) - 1)
    p = _SQUASH[cell] + (((_SQUASH[cell + 1] - _SQUASH[cell]) * part) >> _STEP_BITS)
    return min(max(p, 1), _ONE - 1)
