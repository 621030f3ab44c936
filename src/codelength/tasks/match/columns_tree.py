"""A table coded along a tree of its columns, alone or with another table's counts known.

    -log2 P(rows) = sum over columns, parent's symbols of the Dirichlet-multinomial codelength of the column's symbols

The tree is that of greatest mutual information (Chow and Liu 1968). Every symbol is coded by the counts so far plus
one half (Krichevsky and Trofimov 1981), in closed form: log-gamma functions of the counts. Counts of y known before
only add to the half. Without y the tree has to be told: it is one of d**(d - 2) (Cayley), and its root one of d.

All pairs' counts cost O(n s**2) for s symbols of all columns together.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
LN2 = math.log(2.0)


def one_hot(symbols: Integers, sizes: Integers) -> NDArray[np.float32]:
    """(n, d) symbols, column j of `sizes[j]` kinds, as (n, sum of sizes) zeros and ones."""
    places = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    out = np.zeros((len(symbols), int(sizes.sum())), dtype=np.float32)
    np.put_along_axis(out, symbols + places, 1.0, axis=1)
    return out


def mutual_information(symbols: Integers, sizes: Integers) -> Floats:
    """Bits that two columns tell of each other, for all pairs, (d, d); 0 on the diagonal."""
    flat = one_hot(symbols, sizes)
    n, d = symbols.shape
    joint = (flat.T @ flat).astype(np.float64) / n
    single = np.diagonal(joint)
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(joint > 0, joint * np.log2(joint / (single[:, None] * single)), 0.0)
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    out: Floats = np.add.reduceat(np.add.reduceat(terms, starts, axis=0), starts, axis=1)
    out[np.arange(d), np.arange(d)] = 0.0
    return np.maximum(out, 0.0)


def widest_tree(strength: Floats) -> list[tuple[int, int]]:
    """Edges (parent, child) of the spanning tree of greatest strength from column 0, parents first (Prim 1957)."""
    d = len(strength)
    near, parent = strength[0].copy(), np.zeros(d, dtype=np.int64)
    inside = np.zeros(d, dtype=bool)
    inside[0] = True
    edges = []
    for _ in range(d - 1):
        child = int(np.argmax(np.where(inside, -np.inf, near)))
        edges.append((int(parent[child]), child))
        inside[child] = True
        closer = strength[child] > near
        parent[closer], near[closer] = child, strength[child][closer]
    return edges


def tree_bits(d: int) -> float:
    """What a tree of d columns and its root cost."""
    return max(0, d - 1) * math.log2(d)


def coded(symbols: Integers, sizes: Integers, edges: list[tuple[int, int]], known: Integers | None = None) -> float:
    """Bits of all rows along a tree.

    Parameters
    ----------
    symbols
        (n, d), column j below `sizes[j]`.
    edges
        (parent, child), parents first, from column 0.
    known
        (m, d) rows known before.
    """
    bits = dirichlet_bits(
        _counts(symbols[:, :1], sizes[:1]), None if known is None else _counts(known[:, :1], sizes[:1])
    )
    for edge in edges:
        pair = list(edge)
        before = None if known is None else _counts(known[:, pair], sizes[pair])
        bits += dirichlet_bits(_counts(symbols[:, pair], sizes[pair]), before)
    return bits


def dirichlet_bits(counts: Floats, known: Floats | None = None) -> float:
    """Bits of symbols with these counts, each row of (.., kinds) a source of its own.

    Examples
    --------
    >>> round(2 ** -dirichlet_bits(np.array([1.0, 0.0])), 9), round(2 ** -dirichlet_bits(np.array([1.0, 1.0])), 9)
    (0.5, 0.125)
    """
    prior = 0.5 + (np.zeros_like(counts) if known is None else known)
    after = prior + counts
    nats = gammaln(prior).sum() - gammaln(after).sum()
    nats += gammaln(after.sum(axis=-1)).sum() - gammaln(prior.sum(axis=-1)).sum()
    return float(nats) / LN2


def _counts(symbols: Integers, sizes: Integers) -> Floats:
    """Of one column or a pair of columns, (kinds,) or (kinds, kinds)."""
    shape = tuple(int(size) for size in sizes)
    flat = np.ravel_multi_index(tuple(symbols.T), shape)
    return np.bincount(flat, minlength=math.prod(shape)).reshape(shape).astype(np.float64)
