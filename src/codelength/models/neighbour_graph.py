"""Labels spread over a graph of nearest neighbours: what unlabelled examples tell about each other.

Every example is joined to its `neighbours` nearest ones by Euclidean distance, with weight exp(-d2 / mean d2); W is
made symmetric and normalised, S = D^-1/2 W D^-1/2. Each class c spreads from its labelled examples, columns of Y,

    F = (I - a S)^-1 Y                                   (Zhou, Bousquet, Lal, Weston and Scholkopf 2004, equation 4)

solved by conjugate gradients that begin at the last solution, and an example has the probabilities

    P(c) proportional to (F_c / sqrt(n_c) + prior / m)^sharpness

with n_c labelled examples of class c and a prior that is measured in medians of what arrives at unlabelled examples:
far from any label, and for classes not seen yet, it is what is left. The graph is built once for the same features:
O(n2 d) operations and 500 rows of distances in memory; a solution is a few dozen products with a sparse matrix.
"""

from __future__ import annotations

from typing import Any, Self

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from codelength.core import DataError

_ROWS = 500
_ITERATIONS = 80
_ACCURACY = 3e-3
_FLOOR = 1e-3


def nearest(features: NDArray[np.float32], neighbours: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """The nearest other rows of each row: places (n, k) and squared distances (n, k), nearest first.

    Raises
    ------
    DataError
        Fewer than k + 1 rows.
    """
    if len(features) <= neighbours:
        raise DataError(f"{len(features)} examples have no {neighbours} neighbours each: take fewer")
    rows = torch.from_numpy(features)
    norms = (rows * rows).sum(dim=1)
    places, distances = [], []
    for begin in range(0, len(rows), _ROWS):
        asked = rows[begin : begin + _ROWS]
        apart = torch.addmm(norms[None, :], asked, rows.T, alpha=-2.0)  # (rows, n), less the asked row's own norm
        own = torch.arange(len(asked))
        apart[own, own + begin] = torch.inf
        found = torch.topk(apart, neighbours, largest=False)
        places.append(found.indices)
        distances.append((found.values + norms[begin : begin + _ROWS, None]).clamp(min=0))
    return torch.cat(places).numpy(), torch.cat(distances).numpy()


def similarity(places: NDArray[np.int64], distances: NDArray[np.float32]) -> sparse.csr_array:
    """S of the module's docstring, (n, n)."""
    n, k = places.shape
    scale = float(distances.mean()) or 1.0
    weights = np.exp(-distances / scale)
    one_way = sparse.csr_array((weights.ravel(), (np.repeat(np.arange(n), k), places.ravel())), shape=(n, n))
    both = one_way + one_way.T
    root = 1 / np.sqrt(np.maximum(both.sum(axis=1), 1e-12))
    return sparse.csr_array((sparse.diags_array(root) @ both @ sparse.diags_array(root)).astype(np.float32))


def spread(
    similar: sparse.csr_array, share: float, labels: NDArray[np.float32], start: NDArray[np.float32]
) -> NDArray[np.float32]:
    """(I - share S)^-1 labels, (n, m), by conjugate gradients (Hestenes and Stiefel 1952) from `start`."""
    solution = start.copy()
    left = labels - solution + share * (similar @ solution)
    direction = left.copy()
    size = (left * left).sum(axis=0)
    enough = _ACCURACY**2 * np.maximum((labels * labels).sum(axis=0), 1e-30)
    for _ in range(_ITERATIONS):
        if (size <= enough).all():
            break
        image = direction - share * (similar @ direction)
        step = size / np.maximum((direction * image).sum(axis=0), 1e-30)
        solution += step * direction
        left -= step * image
        before, size = size, (left * left).sum(axis=0)
        direction = left + (size / np.maximum(before, 1e-30)) * direction
    return solution


class GraphSpreading:
    """Classify examples that are all there from the start, by spreading the labels of some (transductive).

    Parameters
    ----------
    neighbours
        k of the graph.
    share
        a, from 0 to 1: how far labels travel.
    prior
        What every class has before any label arrives, in medians of what does.
    sharpness
        The power that turns amounts into probabilities.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.concatenate([np.linspace(0, 1, 9), np.linspace(5, 6, 9)])[:, None]
    >>> y = np.full(18, -1)
    >>> y[[0, 17]] = [0, 1]
    >>> GraphSpreading(neighbours=3).fit(X, y).predict_rows(np.array([8, 9])).argmax(axis=1).tolist()
    [0, 1]
    """

    def __init__(
        self, *, neighbours: int = 10, share: float = 0.9, prior: float = 0.02, sharpness: float = 1.5
    ) -> None:
        self.neighbours = neighbours
        self.share = share
        self.prior = prior
        self.sharpness = sharpness

    def fit(self, X: ArrayLike, y: ArrayLike, classes: int | None = None) -> Self:
        """Spread labels.

        Parameters
        ----------
        X
            (n, d) features of all examples, labelled or not. Handed in again, the same array keeps its graph.
        y
            (n,) classes 0, 1, ...; -1 where not known.
        classes
            m, the number of classes, where some may have no label yet.

        Raises
        ------
        DataError
            No label, rows and labels of different number, or too few rows for the neighbours.
        """
        labels = np.asarray(y)
        known = np.flatnonzero(labels != -1)
        if known.size == 0 or len(np.asarray(X)) != labels.size:
            raise DataError(f"{known.size} labels for {len(np.asarray(X))} rows, of {labels.size}: nothing to spread")
        m = int(labels.max()) + 1 if classes is None else classes
        if getattr(self, "_graph_of", None) is not X:
            self._similar = similarity(*nearest(np.asarray(X, dtype=np.float32), self.neighbours))
            self._graph_of: Any = X
            self._amounts = np.zeros((labels.size, m), dtype=np.float32)
        if self._amounts.shape[1] != m:
            self._amounts = np.zeros((labels.size, m), dtype=np.float32)
        sources = np.zeros((labels.size, m), dtype=np.float32)
        sources[known, labels[known]] = 1
        self._amounts = spread(self._similar, self.share, sources, self._amounts)
        per_class = np.maximum(self._amounts, 0) / np.sqrt(np.maximum(sources.sum(axis=0), 1))
        arriving = per_class[labels == -1].sum(axis=1)
        typical = float(np.median(arriving)) if arriving.size else 1.0
        power = (per_class + self.prior * max(typical, 1e-12) / m).astype(np.float64) ** self.sharpness
        self.probabilities_ = (1 - _FLOOR) * power / power.sum(axis=1, keepdims=True) + _FLOOR / m
        self.classes_ = np.arange(m)
        return self

    def predict_rows(self, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        """Probabilities of the classes for these rows of X, (rows, m)."""
        return np.asarray(self.probabilities_[rows])
