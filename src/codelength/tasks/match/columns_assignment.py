"""Which column of x is which of y: a quadratic assignment of marginals and pairwise dependences.

    minimise over injections p    sum_i U[i, p(i)] + w sum_{i < k} sum_layers (Rx[i, k] - Ry[p(i), p(k)])**2

U are bits of a column of x under a marginal of y, R symmetric matrices of dependence. The search is FAQ (Vogelstein
et al. 2015): Frank and Wolfe's descent over doubly stochastic matrices from their middle and from the best assignment
of marginals and sorted dependences, each ended by swaps of pairs until none lowers the cost. For small differences r
of correlations n r**2 / (2 ln 2) bits are lost between two Gaussians, which is the weight w.

A step of FAQ costs O(d**3), as a round of swaps.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

_STEPS = 40


def another(places: Integers) -> Integers:
    """An assignment that has none of the pairs of this one: the places handed on in a cycle drawn beforehand."""
    order = np.random.default_rng(0).permutation(len(places))
    out = places.copy()
    out[order] = places[np.roll(order, 1)]
    return out


def assign(
    unary: Floats,
    of_x: Floats,
    of_y: Floats,
    weight: float,
    on_step: Callable[[int, int], None] = lambda _done, _total: None,
) -> Integers:
    """The best assignment found: for each column of x its column of y, (d,).

    Parameters
    ----------
    unary
        (d, m) bits, d at most m.
    of_x, of_y
        (layers, d, d) and (layers, m, m), symmetric; the diagonals do not count.
    weight
        Bits for a squared difference of one pair.
    on_step
        Called with steps done and steps in all.
    """
    d, m = unary.shape
    of_x, of_y = _hollow(of_x), _hollow(of_y)
    starts = [np.full((m, m), 1.0 / m), _one_hot(_by_profiles(unary, of_x, of_y, weight), m)]
    best, lowest = np.arange(d), np.inf
    for k, start in enumerate(starts):
        soft = start
        for step in range(_STEPS):
            on_step(k * _STEPS + step, len(starts) * _STEPS)
            further = _frank_wolfe(soft, unary, of_x, of_y, weight)
            moved = float(np.abs(further - soft).max())
            soft = further
            if moved < 1e-3:
                break
        found = linear_sum_assignment(-soft[:d])[1].astype(np.int64)
        _swap(found, unary, of_x, of_y, weight)
        cost = total_cost(found, unary, of_x, of_y, weight)
        if cost < lowest:
            best, lowest = found, cost
    return best


def total_cost(found: Integers, unary: Floats, of_x: Floats, of_y: Floats, weight: float) -> float:
    """What `assign` minimises; the diagonals must be 0."""
    apart = of_x - of_y[:, found][:, :, found]
    return float(unary[np.arange(len(found)), found].sum() + 0.5 * weight * (apart * apart).sum())


def _frank_wolfe(soft: Floats, unary: Floats, of_x: Floats, of_y: Floats, weight: float) -> Floats:
    """One step of exact length; the columns of y that are left over stand in rows below those of x."""
    d = len(unary)
    slope = np.zeros_like(soft)
    slope[:d] = unary - 2 * weight * sum(a @ soft[:d] @ b for a, b in zip(of_x, of_y, strict=True))
    goal = _one_hot(linear_sum_assignment(slope)[1], len(soft))
    along = goal - soft
    first = float((slope * along).sum())
    second = -weight * sum(float(((a @ along[:d] @ b) * along[:d]).sum()) for a, b in zip(of_x, of_y, strict=True))
    length = min(1.0, -first / (2 * second)) if second > 0 else float(first + second < 0)
    further: Floats = soft + max(0.0, length) * along
    return further


def _by_profiles(unary: Floats, of_x: Floats, of_y: Floats, weight: float) -> Integers:
    """The assignment of marginals and of each column's dependences in falling order."""
    d, m = unary.shape
    cost = unary.copy()
    for a, b in zip(of_x, of_y, strict=True):
        steps = np.linspace(0, 1, d)
        ordered_a, ordered_b = np.sort(a, axis=1), np.sort(b, axis=1)
        if m != d:
            ordered_b = np.stack([np.interp(steps, np.linspace(0, 1, m), row) for row in ordered_b])
        cost += (
            0.5
            * weight
            * ((ordered_a**2).sum(axis=1)[:, None] - 2 * ordered_a @ ordered_b.T + (ordered_b**2).sum(axis=1))
        )
    rows = linear_sum_assignment(cost)[1]
    left = np.setdiff1d(np.arange(m), rows)
    return np.concatenate([rows, left]).astype(np.int64)


def _hollow(layers: Floats) -> Floats:
    out = layers.copy()
    out[:, np.arange(out.shape[1]), np.arange(out.shape[1])] = 0.0
    return out


def _one_hot(places: NDArray[Any], m: int) -> Floats:
    out: Floats = np.eye(m)[places]
    return out


@njit(cache=True)
def _swap(found, unary, of_x, of_y, weight):  # type: ignore[no-untyped-def]
    """Exchange two columns' partners, or take one that is free, while that lowers the cost."""
    d, m = unary.shape
    free = np.ones(m, dtype=np.bool_)
    for i in range(d):
        free[found[i]] = False
    improved = True
    while improved:
        improved = False
        for i in range(d):
            for k in range(i + 1, d):
                a, b = found[i], found[k]
                gain = unary[i, b] + unary[k, a] - unary[i, a] - unary[k, b]
                for layer in range(of_x.shape[0]):
                    for other in range(d):
                        if other not in (i, k):
                            c = found[other]
                            gain += (
                                2
                                * weight
                                * (of_x[layer, i, other] - of_x[layer, k, other])
                                * (of_y[layer, a, c] - of_y[layer, b, c])
                            )
                if gain < -1e-9:
                    found[i], found[k] = b, a
                    improved = True
            if d < m:
                for b in range(m):
                    if free[b]:
                        a = found[i]
                        gain = unary[i, b] - unary[i, a]
                        for layer in range(of_x.shape[0]):
                            for other in range(d):
                                if other != i:
                                    c, r = found[other], of_x[layer, i, other]
                                    gain += weight * ((r - of_y[layer, b, c]) ** 2 - (r - of_y[layer, a, c]) ** 2)
                        if gain < -1e-9:
                            found[i] = b
                            free[a], free[b] = True, False
                            improved = True
