"""Label coders: what a document costs under each class, given the documents of the class that are past.

    CodeCoder      |C(x | documents of class k)| by any code that takes side information
    BinCoder       features cut into bins over all documents; naive Bayes with the Krichevsky-Trofimov estimate
    LinearCoder    softmax regression on features; bits of the label itself

A coder learns in rounds: it is told some documents with their labels, then asked for scores of the next ones. Features
may be scaled and cut by all documents, also those to come: under the null, chance is over the labels only.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from codelength.core import ConditionalCode
from codelength.tasks.distinguish.logistic import fit_softmax, softmax_bits

_SEPARATOR = b"\n"


class Coder(Protocol):
    """What a document costs under each class."""

    @property
    def name(self) -> str: ...

    @property
    def temperings(self) -> tuple[float, ...]:
        """The eta of its experts: a coder that takes what is said twice for new makes too large a difference."""
        ...

    def learn(self, documents: NDArray[np.int64], labels: NDArray[np.int64]) -> None:
        """Take in documents, by their numbers, with their labels."""
        ...

    def scores(self, documents: NDArray[np.int64]) -> NDArray[np.float64]:
        """Bits under each class, but for what all classes have in common: (m, K)."""
        ...


class CodeCoder:
    """A copy of a code for each class, primed with the documents of the class, one a line. Mutable."""

    temperings = (1.0, 0.25, 0.0625, 0.015625)

    def __init__(self, code: ConditionalCode[bytes], documents: Sequence[bytes], classes: int) -> None:
        self.name = code.spec
        self._documents = documents
        self._codes = [code] * classes

    def learn(self, documents: NDArray[np.int64], labels: NDArray[np.int64]) -> None:
        """O(new bytes), and a copy of the state of each class that has some."""
        for k, code in enumerate(self._codes):
            new = [self._documents[i] + _SEPARATOR for i in documents[labels == k].tolist()]
            if new:
                self._codes[k] = code.given(b"".join(new))

    def scores(self, documents: NDArray[np.int64]) -> NDArray[np.float64]:
        """O(bytes) for each class; leaves no trace."""
        return np.array(
            [[code.bits(self._documents[i] + _SEPARATOR).bits for code in self._codes] for i in documents.tolist()]
        ).reshape(-1, len(self._codes))


class BinCoder:
    """Naive Bayes over binned features. Mutable.

    Parameters
    ----------
    bins
        (n, d) integers >= 0: the bin of each feature of each document.
    """

    temperings = (1.0, 0.25)

    def __init__(self, name: str, bins: NDArray[np.int64], classes: int) -> None:
        self.name = name
        self._bins = bins
        highest = int(bins.max(initial=0)) + 1
        self._sizes = bins.max(axis=0, initial=0) + 1
        self._counts = np.zeros((classes, bins.shape[1], highest))

    def learn(self, documents: NDArray[np.int64], labels: NDArray[np.int64]) -> None:
        """Count."""
        columns = np.arange(self._bins.shape[1])
        for i, k in zip(documents.tolist(), labels.tolist(), strict=True):
            self._counts[k, columns, self._bins[i]] += 1

    def scores(self, documents: NDArray[np.int64]) -> NDArray[np.float64]:
        """Sum over features of -log2 (count + 1/2) / (all + bins / 2)."""
        totals = np.log2(self._counts.sum(axis=2) + self._sizes / 2).sum(axis=1)  # (K,)
        columns = np.arange(self._bins.shape[1])
        chosen = self._counts[:, columns, self._bins[documents]]  # (K, m, d)
        bits: NDArray[np.float64] = totals - np.log2(chosen + 0.5).sum(axis=2).T
        return bits


class LinearCoder:
    """Softmax regression on features, fitted on in each round. Mutable.

    Parameters
    ----------
    features
        (n, d), a constant one among them where an offset is wanted. Rows may be filled in until they are asked for.
    """

    temperings = (1.0,)

    def __init__(self, name: str, features: NDArray[np.float64], classes: int) -> None:
        self.name = name
        self._features = features
        self._classes = classes
        self._seen: list[int] = []
        self._labels: list[int] = []
        self._weights = np.zeros((features.shape[1], classes))
        self._prior = np.zeros(classes)

    def learn(self, documents: NDArray[np.int64], labels: NDArray[np.int64]) -> None:
        """Fit to all that is past."""
        self._seen += documents.tolist()
        self._labels += labels.tolist()
        past = np.array(self._labels, dtype=np.int64)
        self._weights = fit_softmax(self._features[self._seen], past, self._weights)
        shares = np.bincount(past, minlength=self._classes) + 0.5
        # Chance knows how many labels of each kind are left; what the classes' sizes say is not to be bet on twice.
        self._prior = np.log2(shares / shares.sum())

    def scores(self, documents: NDArray[np.int64]) -> NDArray[np.float64]:
        """-log2 p(k | x) + log2 p(k)."""
        if not self._seen:
            return np.zeros((documents.size, self._classes))
        return softmax_bits(self._features[documents], self._weights) + self._prior
