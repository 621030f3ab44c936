"""Context-tree weighting: a visit to the trees for each bit, and the loops of coding made of visits.

A visit finds the path of stored nodes, predicts from its bottom up to the root, and then learns the bit at each:

    P_w(next) = (B P_e(next) + P_w(next | child)) / (B + 1),    1/2 below the last node, P_e itself at depth D,

B being beta times the prior odds of the edge (`context_tree.py`, `context_weights.py`). Integers only.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from codelength.coding import binary
from codelength.predictors import context_tree as tree
from codelength.predictors import context_weights as weights
from codelength.predictors.context_tree import Journal, Model, Path, Trees
from codelength.predictors.context_weights import Integer

_TO_32 = np.uint64(weights.UNIT - 32)


@njit(cache=True, error_model="numpy")
def _predict(model: Model, nodes: NDArray[np.int32], path: Path, n: Integer) -> np.uint32:
    """P(bit = 1) in units of 2**-32: P_w at the root, from the bottom up."""
    p = weights.HALF
    for i in range(n - 1, -1, -1):
        row = path.rows[i]
        zeros, ones = np.int64(nodes[row + tree.COUNT]), np.int64(nodes[row + tree.COUNT + 1])
        own = weights.estimate(zeros, ones, model.estimator)
        depth = tree.depth_of(nodes, row)
        path.own[i] = own
        if depth == model.depth:
            p = own
        path.child[i] = p
        above = tree.depth_of(nodes, path.rows[i - 1]) if i > 0 else np.int64(-1)
        mantissa, exponent = np.uint64(nodes[row + tree.MANTISSA]), np.int64(nodes[row + tree.EXPONENT])
        if depth != model.depth:
            p = weights.mixed(own, p, mantissa, exponent, model.prior, depth - above)
    return np.uint32(p >> _TO_32)


@njit(cache=True, error_model="numpy")
def _update(model: Model, trees: Trees, path: Path, n: Integer, bit: Integer) -> None:
    """Learn the bit at all nodes of the path, and move on to the next decision."""
    nodes, contexts, header = trees
    for i in range(n):
        row = path.rows[i]
        nodes[row + tree.COUNT + bit] += 1
        if tree.depth_of(nodes, row) != model.depth:
            own, child = path.own[i], path.child[i]
            if not bit:
                own, child = weights.CERTAIN - own, weights.CERTAIN - child
            mantissa, exponent = weights.reweighed(
                np.uint64(nodes[row + tree.MANTISSA]), np.int64(nodes[row + tree.EXPONENT]), own, child
            )
            nodes[row + tree.MANTISSA] = mantissa
            nodes[row + tree.EXPONENT] = exponent
    q = header[tree.SYMBOLS]
    if path.end[0] >= 0:
        nodes[path.end[0]] = ~q
    header[tree.DECISION] = 2 * header[tree.DECISION] + bit
    if header[tree.DECISION] >> model.width:
        symbol = np.uint64(header[tree.DECISION] - (1 << model.width))
        contexts[q + 1] = (contexts[q] >> np.uint64(model.width)) | (symbol << np.uint64(64 - model.width))
        header[tree.SYMBOLS] = q + 1
        header[tree.DECISION] = 1


@njit(cache=True, error_model="numpy")
def learn(model: Model, trees: Trees, journal: Journal, data: NDArray[np.uint8], probs: NDArray[np.uint32]) -> None:
    """Write the probability before each bit of `data` into `probs` (n, 8), learning each in turn."""
    path = tree.new_path()
    for i in range(data.shape[0]):
        for j in range(8):
            n = tree.locate(model, trees, journal, path)
            probs[i, j] = _predict(model, trees.nodes, path, n)
            _update(model, trees, path, n, (np.int64(data[i]) >> (7 - j)) & 1)


@njit(cache=True, error_model="numpy")
def undo(trees: Trees, journal: Journal) -> None:
    """Put the journalled rows back."""
    for i in range(journal.entries[0]):
        row = np.int64(journal.rows[i, 0]) * tree.ROW
        for k in range(tree.ROW):
            trees.nodes[row + k] = journal.rows[i, 1 + k]


@njit(cache=True, error_model="numpy")
def read(
    model: Model,
    trees: Trees,
    journal: Journal,
    registers: NDArray[np.uint64],
    stream: NDArray[np.uint8],
    out: NDArray[np.uint8],
) -> None:
    """Fill `out` from the stream, learning each bit; stops early once the stream is exhausted."""
    path = tree.new_path()
    for i in range(out.shape[0]):
        byte = 0
        for _ in range(8):
            n = tree.locate(model, trees, journal, path)
            bit = binary.decode_bit(registers, stream, _predict(model, trees.nodes, path, n))
            _update(model, trees, path, n, bit)
            byte = 2 * byte + bit
        out[i] = byte
        if binary.exhausted(registers, stream):
            return


@njit(cache=True, error_model="numpy")
def step(model: Model, trees: Trees, journal: Journal, bit: Integer) -> np.uint32:
    """Learn one bit (none when it is -1); P(next bit = 1) in units of 2**-32. Visits twice: no visit is kept."""
    path = tree.new_path()
    n = tree.locate(model, trees, journal, path)
    p = _predict(model, trees.nodes, path, n)
    if bit >= 0:
        _update(model, trees, path, n, bit)
        n = tree.locate(model, trees, journal, path)
        p = _predict(model, trees.nodes, path, n)
    return p
