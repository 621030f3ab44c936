"""A table coded along a tree of its columns, alone or with another table's counts known.

    -log2 P(rows) = sum over columns, parent's symbols of the Dirichlet-multinomial codelength of the column's symbols

The tree is that of greatest mutual information (Chow and Liu 1968). Every symbol is coded by the counts so far plus
one half (Krichevsky and Trofimov 1981), in closed form: log-gamma functions of the counts. Counts of y known before
only add to the half. Without y the tree has to be told: it is one of d**(d - 2) (Cayley), and its root one of d.

All pairs' counts cost O(n s**2) for s symbols of all columns together, or where these are many (names, numbers of
customers) O(d**2 n log n) for d columns.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
LN2 = math.log(2.0)

_MANY, _MOST = 64, 5000
"""Symbols a column, or of all columns, from which pairs are counted one by one: a table of all takes their square."""


def one_hot(symbols: Integers, sizes: Integers) -> NDArray[np.float32]:
    """(n, d) symbols, column j of `sizes[j]` kinds, as (n, sum of sizes) zeros and ones."""
    places = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    out = np.zeros((len(symbols), int(sizes.sum())), dtype=np.float32)
    np.put_along_axis(out, symbols + places, 1.0, axis=1)
    return out


def mutual_information(symbols: Integers, sizes: Integers) -> Floats:
    """Bits that two columns tell of each other, for all pairs, (d, d); 0 on the diagonal."""
    if sizes.sum() > min(_MANY * len(sizes), _MOST):
        return _pair_by_pair(symbols, sizes)
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


def _pair_by_pair(symbols: Integers, sizes: Integers) -> Floats:
    """The same from the pairs of symbols that occur: H(i) + H(j) - H(i, j)."""
    d = len(sizes)
    single = np.array([_entropy(symbols[:, i]) for i in range(d)])
    out = np.zeros((d, d))
    for i in range(d):
        for j in range(i):
            joint = _entropy(symbols[:, i] * sizes[j] + symbols[:, j])
            out[i, j] = out[j, i] = max(single[i] + single[j] - joint, 0.0)
    return out


def _entropy(symbols: Integers) -> float:
    counts = np.unique(symbols, return_counts=True)[1]
    n = counts.sum()
    return float(np.log2(n) - (counts * np.log2(counts)).sum() / n)


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
    bits = dirichlet_bits(_counts(symbols[:, 0], sizes[0]), None if known is None else _counts(known[:, 0], sizes[0]))
    for parent, child in edges:
        bits += _edge_bits(symbols[:, parent], symbols[:, child], int(sizes[child]), known, (parent, child))
    return bits


def _edge_bits(
    parents: Integers, children: Integers, kinds: int, known: Integers | None, edge: tuple[int, int]
) -> float:
    """Bits of a column given another, each of whose symbols is a source of its own, from the pairs that occur."""
    pairs, times = np.unique(parents * kinds + children, return_counts=True)
    rows, occurs = np.unique(parents, return_counts=True)
    prior, whole = np.full(pairs.size, 0.5), np.full(rows.size, kinds / 2)
    if known is not None:
        prior += _times(pairs, known[:, edge[0]] * kinds + known[:, edge[1]])
        whole += _times(rows, known[:, edge[0]])
    nats = (gammaln(prior) - gammaln(prior + times)).sum() + (gammaln(whole + occurs) - gammaln(whole)).sum()
    return float(nats) / LN2


def _times(wanted: Integers, values: Integers) -> Integers:
    """How often each of the wanted (in order, each once) is among the values."""
    seen, times = np.unique(values, return_counts=True)
    place = np.minimum(np.searchsorted(seen, wanted), seen.size - 1)
    found: Integers = np.where(seen[place] == wanted, times[place], 0)
    return found


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


def _counts(symbols: Integers, kinds: int) -> Floats:
    return np.bincount(symbols, minlength=int(kinds)).astype(np.float64)
