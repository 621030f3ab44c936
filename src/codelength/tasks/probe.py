"""A probe: how many bits of the labels do features explain, and from how few labels?

The labels are coded twice, in blocks and prequentially (`measures.prequential`): without the features, by the mixture
of a uniform code and one of the classes' adaptive frequencies, and given them, by an estimator (Voita and Titov 2020:
the codelength says how easily a property can be read off a representation, where accuracy says only whether it can).
What may be claimed is the shorter of the two and one bit that says which, so useless features cost one bit:

    K(y) = sum of -log2 (n_c + 1/2) / (n + m/2)            (Krichevsky and Trofimov 1981, m classes)
    L(y) = -log2 (2**-K(y) / 2 + m**-n / 2)                at most a bit above the shorter of both
    L(y | X) = 1 + min(L(y), prequential L(y | X; estimator))

Where classes come equally often the uniform code is the shorter one, by some (m - 1)/2 log2 n bits; an estimator begins
with it, and that is no merit of the features.

The control (after Hewitt and Liang 2019) is the same with the rows of X in random order: it has the same numbers, and
nothing to do with the labels. It shows what an estimator would save by chance.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codelength.core import Bits, either
from codelength.measures.prequential import Block, Prequential, prequential_codelength
from codelength.measures.prequential_forecaster import Learning, chosen

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Probe:
    """What features say about labels.

    `without`: L(y). `given`: the estimator's own codelength, block by block. `control`: the same with X in random
    order; None if not asked for. `frequency_costs`: bits of each label without features, (n,), which sum to L(y).
    """

    without: Bits
    given: Prequential
    control: Prequential | None
    frequency_costs: NDArray[np.float64]

    @property
    def bits(self) -> Bits:
        """L(y | X): the shorter of both codes, and the bit that says which."""
        return either(self.without, self.given.bits)

    @property
    def saved(self) -> Bits:
        """L(y) - L(y | X); -1 at worst."""
        return self.without - self.bits

    @property
    def control_saved(self) -> Bits | None:
        """What the control saves."""
        return None if self.control is None else self.without - either(self.without, self.control.bits)


def probe(
    estimator: Any,
    X: Any,
    y: NDArray[Any] | Sequence[Any],
    blocks: Sequence[int] | None = None,
    *,
    learning: Learning = Learning(calibrate=True),  # noqa: B008  a frozen value
    control: bool = True,
    seed: int = 0,
    on_progress: Progress | None = None,
) -> Probe:
    """Code labels with and without features.

    Parameters
    ----------
    estimator, X, y, blocks, learning
        As `prequential_codelength` takes them; here probabilities are calibrated by default.
    control
        Also code them given the rows of X in random order.
    seed
        Of that order.
    on_progress
        Called as (phase, labels done, labels).

    Raises
    ------
    DataError
        As `prequential_codelength`.

    Examples
    --------
    >>> class Nearest:
    ...     def fit(self, X, y):
    ...         self.X, self.y, self.classes_ = X, y, np.unique(y)
    ...         return self
    ...     def predict_proba(self, X):
    ...         closest = self.y[abs(X - self.X.T).argmin(axis=1)]
    ...         return np.where(closest[:, None] == self.classes_, 0.9, 0.1)
    >>> x = np.random.default_rng(0).normal(size=(200, 1))
    >>> found = probe(Nearest(), x, x[:, 0] > 0)
    >>> found.saved.bits > 90, found.control_saved.bits
    (True, -1.0)
    """

    def told(phase: str) -> Callable[[Block], None] | None:
        return None if on_progress is None else lambda block: on_progress(phase, block.end, len(y))

    given = prequential_codelength(estimator, X, y, blocks, learning=learning, on_block=told("given features"))
    costs = costs_without(np.searchsorted(np.asarray(given.classes), np.asarray(y)), len(given.classes))
    shuffled = None
    if control:
        order = np.random.default_rng(seed).permutation(len(y))
        mixed_up = chosen(X.tocsr() if hasattr(X, "tocsr") else X, order)
        shuffled = prequential_codelength(
            estimator, mixed_up, y, blocks, learning=learning, on_block=told("given shuffled features")
        )
    return Probe(Bits(float(costs.sum())), given, shuffled, costs)


def costs_without(labels: NDArray[np.int64], classes: int) -> NDArray[np.float64]:
    """What each label, (n,) from 0 to m - 1, costs given those before it, by uniform code and frequencies mixed."""
    uniform = np.arange(1, len(labels) + 1) * np.log2(classes)
    mixed = 1 - np.logaddexp2(-np.cumsum(frequency_costs(labels, classes)), -uniform)
    return np.diff(mixed, prepend=0.0)


def frequency_costs(labels: NDArray[np.int64], classes: int) -> NDArray[np.float64]:
    """What each label, (n,) from 0 to m - 1, costs by the frequencies of those before it (KT)."""
    before = np.empty(len(labels))
    for number in range(classes):
        of_class = np.flatnonzero(labels == number)
        before[of_class] = np.arange(len(of_class))
    seen = np.arange(len(labels))
    return np.asarray(np.log2(seen + classes / 2) - np.log2(before + 0.5))
