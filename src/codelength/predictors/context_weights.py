"""Context-tree weighting: the arithmetic of one node, in integers.

    P_w(next) = (B P_e(next) + P_w(next | child)) / (B + 1),    beta <- beta P_e(bit) / P_w(bit | child),

where beta = P_e / (P_w(child 0) P_w(child 1)) and B is beta times the prior odds of the node (see `context_tree.py`).
A probability is P(bit = 1) in units of 2**-60. A beta is mantissa * 2**(exponent - 30), the mantissa in
[2**30, 2**31). What each rounding can cost is added up in `ctw.py`.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

Integer = int | np.signedinteger[Any]
"""What Numba makes of both is int64."""

MAX_DEPTH = 64
"""The context of a symbol is one 64-bit word."""

UNIT = 60
"""Probabilities are in units of 2**-UNIT."""

MANTISSA_BITS = 30
EXPONENT_LIMIT = 128
"""A beta is kept within 2**-128 to 2**129."""

ZERO, ONE = np.uint64(0), np.uint64(1)
CERTAIN = np.uint64(1 << UNIT)
HALF = np.uint64(1 << (UNIT - 1))
LEAST = np.uint64(1 << (UNIT - 20))
"""The clamp on P_e: 2**-20."""

_S29, _S30, _S31, _S32 = np.uint64(29), np.uint64(30), np.uint64(31), np.uint64(32)
_LOW32 = np.uint64(0xFFFFFFFF)
_M30 = np.uint64(1 << 30)
_M31 = np.uint64(1 << 31)
_M61 = np.uint64(1 << 61)


@cache
def prior_table(split: int) -> NDArray[np.int64]:
    """What the prior says of the nodes on an edge, by their number.

    Each of L >= 1 nodes with the same P_e, one above the other, stops with prior weight 2**-split and splits with
    s = 1 - 2**-split; together they stop with 1 - y, y = s**L.

    Returns
    -------
    (65 + 1, 4) int64
        Row L: mantissa and exponent of the odds (1 - y) / y, mantissa and exponent of 1 / y. Row 0 is unused.
    """
    table = np.zeros((MAX_DEPTH + 2, 4), dtype=np.int64)
    for nodes in range(1, MAX_DEPTH + 2):
        one, y = 1 << split * nodes, ((1 << split) - 1) ** nodes
        table[nodes] = (*_scientific(one - y, y), *_scientific(one, y))
    table.setflags(write=False)
    return table


def _scientific(numerator: int, denominator: int) -> tuple[int, int]:
    """floor(numerator / denominator * 2**(30 - e)) and e, such that the first is in [2**30, 2**31)."""
    exponent = numerator.bit_length() - denominator.bit_length()
    if numerator << max(-exponent, 0) < denominator << max(exponent, 0):
        exponent -= 1
    shift = MANTISSA_BITS - exponent
    return (numerator << max(shift, 0)) // (denominator << max(-shift, 0)), exponent


@njit(cache=True, error_model="numpy")
def estimate(zeros: Integer, ones: Integer, estimator: Integer) -> np.uint64:
    """P_e(1) = (ones + 1/k) / (zeros + ones + 2/k), k = `estimator` (2: Krichevsky-Trofimov), clamped."""
    reciprocal = CERTAIN // np.uint64(estimator * (zeros + ones) + 2)
    return min(max(reciprocal * np.uint64(estimator * ones + 1), LEAST), CERTAIN - LEAST)


@njit(cache=True, error_model="numpy")
def _product(a: np.uint64, b: np.uint64, exponent: Integer) -> tuple[np.uint64, Integer]:
    """Product of two mantissas, normalised, and its exponent."""
    c = (a * b) >> _S30
    if c >= _M31:
        return c >> ONE, exponent + 1
    return c, exponent


@njit(cache=True, error_model="numpy")
def mixed(
    p_own: np.uint64,
    p_child: np.uint64,
    mantissa: np.uint64,
    exponent: Integer,
    prior: NDArray[np.int64],
    nodes: Integer,
) -> np.uint64:
    """(B p_own + p_child) / (B + 1), B = beta times the prior odds of an edge of `nodes` nodes.

    The smaller of the two weights is formed, to 29 significant bits, so that neither expert is ever rounded away:
    it is weight * 2**-(31 + shift), at most 1/2.
    """
    odds, exponent = _product(mantissa, np.uint64(prior[nodes, 0]), exponent + prior[nodes, 1])
    if exponent >= 0:
        shift = np.uint64(min(exponent, 62))
        weight = _M61 // (odds + (_M30 >> shift))
        start, target = p_own, p_child
    else:
        shift = np.uint64(min(-exponent, 62))
        weight = (odds << _S31) // (_M30 + (odds >> shift))
        start, target = p_child, p_own
    gap = target - start if target >= start else start - target
    move = (((gap >> _S32) * weight + (((gap & _LOW32) * weight) >> _S32)) << ONE) >> shift
    return start + move if target >= start else start - move


@njit(cache=True, error_model="numpy")
def normalised(mantissa: np.uint64, exponent: Integer) -> tuple[np.uint64, Integer]:
    """The number mantissa * 2**(exponent - 30) with the mantissa in [2**30, 2**31), within the limits."""
    while mantissa >= _M31:
        mantissa >>= ONE
        exponent += 1
    while mantissa < _M30:
        mantissa <<= ONE
        exponent -= 1
    return mantissa, min(max(exponent, -EXPONENT_LIMIT), EXPONENT_LIMIT)


@njit(cache=True, error_model="numpy")
def reweighed(
    mantissa: np.uint64, exponent: Integer, p_own: np.uint64, p_child: np.uint64
) -> tuple[np.uint64, Integer]:
    """The new beta, beta p_own / p_child, the probabilities being those of the bit that came."""
    while p_own < HALF:
        p_own <<= ONE
        exponent -= 1
    while p_child < HALF:
        p_child <<= ONE
        exponent += 1
    return normalised((mantissa * (p_own >> _S29)) // (p_child >> _S29), exponent)


@njit(cache=True, error_model="numpy")
def beta_above(
    mantissa: np.uint64, exponent: Integer, prior: NDArray[np.int64], nodes: Integer
) -> tuple[np.uint64, Integer]:
    """The beta of a node whose one child seen is the top of an edge of `nodes` nodes that ends in this beta.

    P_w(top) = (1 - y) P_e + y P_e / beta and P_e is the same, so beta' = (beta / y) / (1 + beta (1 - y) / y).
    """
    above, above_exponent = _product(mantissa, np.uint64(prior[nodes, 2]), exponent + prior[nodes, 3])
    odds, exponent = _product(mantissa, np.uint64(prior[nodes, 0]), exponent + prior[nodes, 1])
    if exponent >= 0:
        below = odds + (_M30 >> np.uint64(min(exponent, 62)))
    else:
        below = _M30 + (odds >> np.uint64(min(-exponent, 62)))
    return normalised((above << _S31) // below, above_exponent - max(exponent, 0) - 1)
