"""Context-tree weighting: the trees, in one pool of integers, and the way down them.

A node of a tree stands for a context: the `depth` most recent bits. Of the bits that followed it,

    P_w = (1 - s) P_e + s P_w(child 0) P_w(child 1),  at depth D: P_w = P_e,     P_e: the estimator's probability

(Willems, Shtarkov & Tjalkens 1995; theirs is s = 1/2). A node keeps its two counts and
beta = P_e / (P_w(child 0) P_w(child 1)); `context_weights.py` has the arithmetic. Two facts keep the trees small
without changing a single value (the path compression of Willems 1998):

- below a node seen once everything is 1/2, so a leaf seen once is only a link to the position where it was seen;
- along a chain of L nodes with one child each all P_e agree with the P_e of the node v that ends it, and then
  P_w(top) = (1 - y) P_e(v) + y P_w(child 0 of v) P_w(child 1 of v), y = s**(L+1). Only v is stored: the edge to v has
  L + 1 nodes and its odds are (1 - y) / y times beta.

So a node is stored where contexts have really diverged, or at depth D: at most one new node for each bit coded.

`nodes` is a flat int32 array in rows of 8. The first 256 cells are links to the roots of the trees, one tree for each
node of a symbol's binary decomposition (1: the first decision, the children of i are 2i and 2i + 1). A link is 0
(nothing seen), a row number, or ~q: seen once, by symbol q. `contexts[q]`, uint64, is the 64 bits before symbol q, the
most recent symbol on top, its highest bit first; as contexts[q + 1] begins with symbol q, it is the history as well.

A scoring that must leave no trace brings a journal: rows that were there before are copied to it when first touched,
rows made since are simply forgotten.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from codelength.predictors import context_weights as weights
from codelength.predictors.context_weights import ONE, ZERO, Integer

ROW = 8
"""Cells of a node; row r is nodes[8 r : 8 r + 8]."""

CHILD, COUNT, MANTISSA, EXPONENT, DEPTH, POSITION = 0, 2, 4, 5, 6, 7
"""Cells: links to children 0 and 1, counts of 0 and 1, beta, depth (and the flag SAVED), a symbol with this context."""

ROOTS = 256
USED, SYMBOLS, DECISION = 0, 1, 2
"""Cells of `header`: rows in use, symbols seen, the next decision in the symbol's decomposition."""

_SAVED = 1 << 16
_UNITY = 1 << weights.MANTISSA_BITS


class Model(NamedTuple):
    """What does not change: D in bits, bits in a symbol, 1 / (the estimator's additive constant), `prior_table`."""

    depth: int
    width: int
    estimator: int
    prior: NDArray[np.int64]


class Trees(NamedTuple):
    """All that is learned: pool of int32, contexts (uint64), header int64[3]. The arrays may be longer than used."""

    nodes: NDArray[np.int32]
    contexts: NDArray[np.uint64]
    header: NDArray[np.int64]


class Journal(NamedTuple):
    """Row number and old content of rows below `base`: (capacity, 1 + ROW) int32, and how many there are, int64[1]."""

    rows: NDArray[np.int32]
    entries: NDArray[np.int64]
    base: int


class Path(NamedTuple):
    """Workspace of a visit. For each stored node from the root down: its row's first cell, P_e(1), the child's P_w(1).
    `end[0]`: the empty cell below the last node, -1 at depth D.
    """

    rows: NDArray[np.int64]
    own: NDArray[np.uint64]
    child: NDArray[np.uint64]
    end: NDArray[np.int64]


@njit(cache=True, error_model="numpy")
def new_path() -> Path:
    """Room for the deepest path."""
    n = weights.MAX_DEPTH + 1
    return Path(
        np.empty(n, dtype=np.int64),
        np.empty(n, dtype=np.uint64),
        np.empty(n, dtype=np.uint64),
        np.empty(1, dtype=np.int64),
    )


@njit(cache=True, error_model="numpy")
def _agreement(a: np.uint64, b: np.uint64) -> Integer:
    """How many leading bits two contexts share, 0 to 64."""
    x = a ^ b
    if x == ZERO:
        return 64
    n = 0
    step = 32
    while step > 0:
        if x >> np.uint64(64 - step) == ZERO:
            n += step
            x = x << np.uint64(step)
        step >>= 1
    return n


@njit(cache=True, error_model="numpy")
def _bit(context: np.uint64, depth: Integer) -> np.int64:
    return np.int64((context >> np.uint64(63 - depth)) & ONE)


@njit(cache=True, error_model="numpy")
def depth_of(nodes: NDArray[np.int32], row: Integer) -> np.int64:
    """The depth of a node, without the mark that it is in the journal."""
    return np.int64(nodes[row + DEPTH]) & (_SAVED - 1)


@njit(cache=True, error_model="numpy")
def _insert_above(model: Model, trees: Trees, lower: Integer, depth: Integer) -> Integer:
    """Store the node at `depth` of the chain that ends in node `lower`; its other child has seen nothing."""
    nodes = trees.nodes
    row = trees.header[USED] * ROW
    trees.header[USED] += 1
    for k in range(ROW):
        nodes[row + k] = nodes[lower + k]
    branch = _bit(trees.contexts[nodes[lower + POSITION]], depth)
    nodes[row + CHILD + branch] = lower // ROW
    nodes[row + CHILD + 1 - branch] = 0
    nodes[row + DEPTH] = depth
    edge = depth_of(nodes, lower) - depth
    mantissa, exponent = weights.beta_above(
        np.uint64(nodes[lower + MANTISSA]), np.int64(nodes[lower + EXPONENT]), model.prior, edge
    )
    nodes[row + MANTISSA] = mantissa
    nodes[row + EXPONENT] = exponent
    return row


@njit(cache=True, error_model="numpy")
def _insert_seen_once(model: Model, trees: Trees, link: Integer, depth: Integer) -> Integer:
    """Store the node at `depth` that only symbol ~link has seen."""
    nodes = trees.nodes
    row = trees.header[USED] * ROW
    trees.header[USED] += 1
    level = 0
    while trees.header[DECISION] >> (level + 1) > 0:
        level += 1
    bit = _bit(trees.contexts[~link + 1], level)
    nodes[row + CHILD] = 0
    nodes[row + CHILD + 1] = 0
    if depth < model.depth:
        nodes[row + CHILD + _bit(trees.contexts[~link], depth)] = link
    nodes[row + COUNT] = 1 - bit
    nodes[row + COUNT + 1] = bit
    nodes[row + MANTISSA] = _UNITY
    nodes[row + EXPONENT] = 0
    nodes[row + DEPTH] = depth
    nodes[row + POSITION] = ~link
    return row


@njit(cache=True, error_model="numpy")
def _save(nodes: NDArray[np.int32], row: Integer, journal: Journal) -> None:
    """Copy a row to the journal, unless it is new or there already."""
    if row >= journal.base * ROW or nodes[row + DEPTH] & _SAVED:
        return
    at = journal.entries[0]
    journal.rows[at, 0] = row // ROW
    for k in range(ROW):
        journal.rows[at, 1 + k] = nodes[row + k]
    nodes[row + DEPTH] |= _SAVED
    journal.entries[0] = at + 1


@njit(cache=True, error_model="numpy")
def locate(model: Model, trees: Trees, journal: Journal, path: Path) -> Integer:
    """The stored nodes from the root to where the present context leaves all earlier ones; stores the node there.

    Storing it changes no probability, so this may be called again before the bit is learned. Returns their number.
    The way down looks at branching bits only; one comparison at the bottom then says how far the context went along.
    """
    nodes = trees.nodes
    context = trees.contexts[trees.header[SYMBOLS]]
    cell = trees.header[DECISION]
    depth = np.int64(-1)
    n = 0
    while nodes[cell] > 0 and depth != model.depth:
        path.rows[n] = np.int64(nodes[cell]) * ROW
        depth = depth_of(nodes, path.rows[n])
        if depth != model.depth:
            cell = path.rows[n] + CHILD + _bit(context, depth)
        n += 1
    once = np.int64(0)
    if depth != model.depth:
        once = np.int64(nodes[cell])
    if n == 0 and once == 0:
        path.end[0] = cell
        return 0
    witness = ~once if once < 0 else np.int64(nodes[path.rows[n - 1] + POSITION])
    agreed: Integer = min(_agreement(context, trees.contexts[witness]), model.depth)
    lower = np.int64(0)
    while n > 0 and depth_of(nodes, path.rows[n - 1]) > agreed:
        n -= 1
        lower = path.rows[n]
    for i in range(n):
        _save(nodes, path.rows[i], journal)
    if lower > 0:
        row = _insert_above(model, trees, lower, agreed)
    elif once < 0:
        row = _insert_seen_once(model, trees, once, agreed)
    else:
        path.end[0] = cell if depth != model.depth else -1
        return n
    cell = trees.header[DECISION]
    if n > 0:
        cell = path.rows[n - 1] + CHILD + _bit(context, depth_of(nodes, path.rows[n - 1]))
    nodes[cell] = row // ROW
    path.rows[n] = row
    path.end[0] = row + CHILD + _bit(context, agreed) if agreed != model.depth else -1
    return n + 1
