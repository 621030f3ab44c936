"""CTW: context-tree weighting, the Bayes mixture over all tree sources of bounded depth (Willems, Shtarkov & Tjalkens
1995), over bytes by binary decomposition: a tree for each of the 255 decisions of a byte, its contexts the bits of the
bytes before, the latest byte first and of a byte the highest bit first (Tjalkens, Volf & Willems 1997).

The bound. Let S_r be any tree of depth <= D for decision r, L_S the codelength of the bits at r under S_r with the best
parameters in its leaves, n_r their number. Then, with the defaults split=1 and estimator=2,

    L <= sum over r of  L_S + Gamma_D(S_r) + |S_r| gamma(n_r / |S_r|)  + slack
    Gamma_D(S) = 2 |S| - 1 - (leaves at depth D),     gamma(z) = z for z < 1, else 1/2 log2 z + 1.

With alphabet=2 the data are a sequence of bits, there is one tree, and this is the theorem of the paper; the past
before the data is zeros. In general a node stops with prior weight 2**-split, and the estimator adds 1/k to each count:

    Gamma_D(S) = (|S| - 1) log2 1/(1 - 2**-split) + split (|S| - leaves at depth D),
    gamma(z) + log2(B(1/k, 1/k) / (pi 2**(1 - 2/k))) in the place of gamma(z), B the beta function,

which adds 0 for k = 2, 0.74 for k = 4, 1.55 for k = 8: of the same counts P_KT / P_k is B(1/k, 1/k) / pi times the mean
of (t (1 - t))**(1/2 - 1/k) under a beta law, and t (1 - t) <= 1/4.

The slack pays for the integers. A node's log-weights telescope: an error in its odds costs at most itself, once. Each
of at most D + 1 nodes above a leaf of S loses at most 2**-27, relative, when it mixes (truncations of 2**-30, one of
2**-29), and its log-odds move by at most 2**-27 nats when it is reweighed; one node a bit is stored anew, with less
than twice such an error; P_e is short by 2**-60 (k n + 2) of itself. Below 2**28 bits that is less than
1.443 ((2 D + 4) 2**-27 + 2**-28) < (D + 2) 2**-25 bits. The clamp of P_e to [2**-20, 1 - 2**-20] costs at most
1.443 * 2**-20 bits at the leaf. The last floor, to units of 2**-32, costs log2(1 + 2**-32 / p) on a bit of p >= 2**-20,
less than 1.8e-5 of its -log2 p. Over N bits:

    slack = N (1.443 * 2**-20 + (D + 2) 2**-25) + 1.8e-5 L.

Cost. Time grows with the nodes stored on a path, not with D. Memory is unbounded: at most 8 nodes of 32 bytes for a
byte of data, and 8 bytes of history for a symbol; nothing learned is ever dropped, hence the bound.
`benchmarks/bounds.py` prints codelengths, bounds, memory and speed.
"""

from __future__ import annotations

from typing import Any, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from codelength.core import DataError
from codelength.predictors import context_tree as tree
from codelength.predictors import context_visit
from codelength.predictors.context_tree import Journal, Model, Trees
from codelength.predictors.context_weights import MAX_DEPTH, prior_table
from codelength.predictors.kt import WIDTHS
from codelength.predictors.sequential import CHUNK, Bytes, Probs, Sequential

MAX_BYTES = (1 << 28) - 64
"""Links are 31 bits and a byte may take 8 rows."""

MAX_SPLIT = 8
MAX_ESTIMATOR = 16


Cell = TypeVar("Cell", np.int32, np.uint64)


class CTW(Sequential[Trees]):
    """Context-tree weighting.

    Parameters
    ----------
    depth
        Longest context, in bits: 0 to 64.
    alphabet
        Symbols: 256 (each byte), 2 (each bit of the data; contexts are then the bits before), 4 or 16.
    split
        Prior weight 1 - 2**-split on splitting a context further: 1 (classical) to 8. 3 or 4 suits text better.
    estimator
        What is added to each count is 1 / estimator: 2 (Krichevsky-Trofimov) to 16. 4 or 8 suits text better.

    Raises
    ------
    ValueError
        A parameter out of range.
    DataError
        From whatever learns, beyond 256 MB of data.

    Examples
    --------
    >>> code = CTW(depth=16)
    >>> code.decode(code.encode(b"abracadabra"), max_size=11)
    b'abracadabra'
    """

    def __init__(self, depth: int = 48, alphabet: int = 256, split: int = 1, estimator: int = 2) -> None:
        if alphabet not in WIDTHS:
            raise ValueError(f"alphabet is {alphabet}; expected one of {', '.join(map(str, WIDTHS))}")
        _check("depth", depth, 0, MAX_DEPTH)
        _check("split", split, 1, MAX_SPLIT)
        _check("estimator", estimator, 2, MAX_ESTIMATOR)
        super().__init__(_empty())
        self.depth = depth
        self.alphabet = alphabet
        self.split = split
        self.estimator = estimator

    @property
    def spec(self) -> str:
        options = {"alphabet": (self.alphabet, 256), "split": (self.split, 1), "estimator": (self.estimator, 2)}
        return f"ctw:depth={self.depth}" + "".join(f",{k}={v}" for k, (v, usual) in options.items() if v != usual)

    def _model(self) -> Model:
        return Model(self.depth, WIDTHS[self.alphabet], self.estimator, prior_table(self.split))

    def _with(self, state: Trees) -> Self:
        other = type(self)(self.depth, self.alphabet, self.split, self.estimator)
        other._state = _with_room(state, CHUNK)
        return other

    def _copy(self, state: Trees) -> Trees:
        rows, symbols = _used(state)
        nodes = _resized(state.nodes, rows, state.nodes.size)
        return Trees(nodes, _resized(state.contexts, symbols, state.contexts.size), state.header.copy())

    def _learn(self, state: Trees, data: Bytes, probs: Probs) -> Trees:
        for at in range(0, data.size, CHUNK):
            part = data[at : at + CHUNK]
            state = _with_room(state, part.size)
            context_visit.learn(self._model(), state, _no_journal(), part, probs[at : at + CHUNK])
        return state

    def _score(self, state: Trees, data: Bytes, probs: Probs) -> None:
        rows = int(state.header[tree.USED])
        touched = min(rows, 8 * data.size * (self.depth + 1))
        journal = Journal(np.empty((touched, 1 + tree.ROW), dtype=np.int32), np.zeros(1, dtype=np.int64), rows)
        header, roots = state.header.copy(), state.nodes[: tree.ROOTS].copy()
        context_visit.learn(self._model(), state, journal, data, probs)
        context_visit.undo(state, journal)
        state.header[:], state.nodes[: tree.ROOTS] = header, roots

    def __getstate__(self) -> dict[str, Any]:
        """Only what is used travels to another process; the room is made anew there."""
        cells, symbols = _used(self._state)
        used = Trees(self._state.nodes[:cells], self._state.contexts[:symbols], self._state.header)
        return super().__getstate__() | {"_state": used}

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        self._state = _with_room(self._state, CHUNK)

    def _read(self, state: Trees, registers: NDArray[np.uint64], stream: Bytes, out: Bytes) -> Trees:
        state = _with_room(state, out.size)
        context_visit.read(self._model(), state, _no_journal(), registers, stream, out)
        return state

    def _step(self, state: Trees, bit: int) -> tuple[Trees, int]:
        state = _with_room(state, 1)
        return state, int(context_visit.step(self._model(), state, _no_journal(), bit))


def _check(name: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        raise ValueError(f"{name} is {value}; expected {least} to {most}")


def _no_journal() -> Journal:
    return Journal(np.empty((0, 1 + tree.ROW), dtype=np.int32), np.zeros(1, dtype=np.int64), 0)


def _empty() -> Trees:
    header = np.array([tree.ROOTS // tree.ROW, 0, 1], dtype=np.int64)
    return _with_room(Trees(np.zeros(tree.ROOTS, dtype=np.int32), np.zeros(1, dtype=np.uint64), header), CHUNK)


def _used(state: Trees) -> tuple[int, int]:
    """Cells in use of the two arrays."""
    return int(state.header[tree.USED]) * tree.ROW, int(state.header[tree.SYMBOLS]) + 1


def _with_room(state: Trees, size: int) -> Trees:
    """Room for `size` more bytes, whatever they are. What is reserved and never touched costs address space only."""
    nodes, contexts, header = state
    cells, symbols = _used(state)
    if cells > (MAX_BYTES - size) * 8 * tree.ROW or symbols > MAX_BYTES * 8 - 8 * size:
        raise DataError(f"ctw keeps all that it has seen and can keep at most {MAX_BYTES:,} bytes; use cm for more")
    if nodes.size < cells + 8 * size * tree.ROW:
        nodes = _resized(nodes, cells, 2 * cells + 8 * size * tree.ROW)
    if contexts.size < symbols + 8 * size:
        contexts = _resized(contexts, symbols, 2 * symbols + 8 * size)
    return Trees(nodes, contexts, header)


def _resized(array: NDArray[Cell], used: int, size: int) -> NDArray[Cell]:
    out = np.empty(size, dtype=array.dtype)
    out[:used] = array[:used]
    return out
