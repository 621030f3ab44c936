"""The codelength of labels given examples, as an estimator that learns online needs it.

Labels are sent in blocks. The first is coded without the estimator, uniformly; every later one with the probabilities
of the estimator after it has learned from the labels before it:

    L(y | X) = sum over blocks b, examples i in b, of  -log2 P(y_i | x_i; learned from y before b)

(Dawid 1984; Blier and Ollivier 2018, "The description length of deep learning models"; Voita and Titov 2020, "online
code" of probes; replay and forward calibration: Bornschein and Hutter 2022). No parameter is ever sent, so a model is
paid for by what it costs to learn it. Probabilities are rounded to the integers that a range coder takes, and the sum
is over these: a stream of this size decodes, by anyone who has X, the estimator, and the set of classes. Cost: one
`fit` a block.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from codelength.core import Bits, DataError
from codelength.measures.prequential_blocks import block_ends, checked_ends
from codelength.measures.prequential_forecaster import Forecaster, Learning
from codelength.measures.prequential_freqs import Calibration


@dataclass(frozen=True, slots=True)
class Block:
    """Labels `begin` to `end`: what they cost, how many the likeliest class missed, and how they were calibrated."""

    begin: int
    end: int
    bits: float
    errors: int
    calibration: Calibration

    @property
    def bits_per_label(self) -> float:
        """Mean codelength in this block."""
        return self.bits / (self.end - self.begin)

    @property
    def accuracy(self) -> float:
        """Part of this block's labels that were the likeliest class."""
        return 1 - self.errors / (self.end - self.begin)


@dataclass(frozen=True, slots=True)
class Prequential:
    """A codelength of labels and where it was spent.

    `bits`: all labels. `uniform`: log2 of the number of classes each. `classes`: what the labels are. `blocks`: the
    learning curve. `costs`: bits of each label, (n,).
    """

    bits: Bits
    uniform: Bits
    classes: tuple[Any, ...]
    blocks: tuple[Block, ...]
    costs: NDArray[np.float64]

    @property
    def ratio(self) -> float:
        """Compression ratio: bits against those of the uniform code; 1 where there is but one class."""
        return self.bits.bits / self.uniform.bits if self.uniform.bits else 1.0


def prequential_codelength(
    estimator: Any,
    X: Any,
    y: ArrayLike,
    blocks: Sequence[int] | None = None,
    *,
    learning: Learning = Learning(),  # noqa: B008  a frozen value
    on_block: Callable[[Block], None] | None = None,
) -> Prequential:
    """What labels cost given examples, by an estimator that learns from block to block.

    Parameters
    ----------
    estimator
        Anything with `fit` and `predict_proba`, as scikit-learn has them, or `partial_fit`. It is copied, not changed.
    X
        n examples: an array, a sparse matrix, a list or a data frame.
    y
        (n,) labels, of any type that sorts.
    blocks
        Where the blocks end, increasing to n; `block_ends` makes them. Doubling from 8 if not given.
    learning
        How the estimator learns and how its probabilities are coded.
    on_block
        Called with each block when it is coded.

    Returns
    -------
    Prequential
        Exact: a sum over the integer frequencies of the coder. The number of labels and their set of classes are known
        to both ends, as for the uniform code that it is compared with.

    Raises
    ------
    DataError
        No labels, labels that are missing (NaN or None), X and y of different number, bad blocks, an estimator without
        probabilities or one that cannot learn from the first block.

    Examples
    --------
    >>> class Frequencies:
    ...     def fit(self, X, y):
    ...         self.classes_, counts = np.unique(y, return_counts=True)
    ...         self.p = counts / counts.sum()
    ...         return self
    ...     def predict_proba(self, X):
    ...         return np.tile(self.p, (len(X), 1))
    >>> found = prequential_codelength(Frequencies(), np.zeros((64, 1)), [0, 0, 0, 1] * 16)
    >>> found.uniform.bits, found.bits.bits < 58, len(found.blocks)
    (64.0, True, 4)
    """
    classes, labels = _as_classes(y)
    n = X.shape[0] if hasattr(X, "shape") else len(X)
    if n != len(labels):
        raise DataError(f"{n} examples and {len(labels)} labels: there must be a label for each")
    if hasattr(X, "tocsr"):  # not every sparse format has rows that can be taken
        X = X.tocsr()
    ends = block_ends(n) if blocks is None else checked_ends(n, blocks)
    forecaster = Forecaster(estimator, X, len(classes), ends, learning)
    costs = np.empty(n)
    coded = []
    for end in ends:
        begin = forecaster.block[0]
        freqs = forecaster.next_frequencies()
        own = labels[begin:end]
        costs[begin:end] = learning.total_bits - np.log2(freqs[np.arange(end - begin), own])
        errors = int((freqs.argmax(axis=1) != own).sum())
        coded.append(Block(begin, end, float(costs[begin:end].sum()), errors, forecaster.calibration))
        if on_block is not None:
            on_block(coded[-1])
        forecaster.learn(own)
    uniform = Bits(n * math.log2(len(classes)))
    return Prequential(Bits(math.fsum(costs)), uniform, classes, tuple(coded), costs)


def _as_classes(y: ArrayLike) -> tuple[tuple[Any, ...], NDArray[np.int64]]:
    labels = np.asarray(y)
    each = list(y) if isinstance(y, list | tuple) else labels.tolist()  # of a list, before NumPy makes texts of it
    if labels.ndim != 1 or labels.size == 0:
        raise DataError(f"labels of shape {labels.shape}: expected one or more, in one row")
    missing = np.array([label is None or (isinstance(label, float) and math.isnan(label)) for label in each])
    if missing.any():
        raise DataError(f"label {int(np.flatnonzero(missing)[0]) + 1} is missing: leave out what has no label")
    unsorted = "labels of types that do not sort (numbers and strings mixed): make them one type"
    texts = [isinstance(label, str) for label in each]
    if any(texts) and not all(texts):
        raise DataError(unsorted)
    try:
        classes, numbers = np.unique(labels, return_inverse=True)
    except TypeError as error:
        raise DataError(unsorted) from error
    return tuple(classes.tolist()), numbers.astype(np.int64)
