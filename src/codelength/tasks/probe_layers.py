"""Which layer of a network says most about labels? The probe of `tasks.probe` on the features of each.

Labels come in one seeded order. The last `held_out` of them are one block, predicted by what learned from all the
others: its accuracy is the linear probe's (Chen et al. 2020, section 4.1), with Wilson's 95 % interval, and all blocks
together are the codelength (Voita & Titov 2020), which also says from how few labels. Every layer is given: naming the
best one afterwards is a choice made on the held-out labels, and reads as such.

Cost: the probe's, once a layer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codelength.core import DataError
from codelength.measures import wilson
from codelength.measures.prequential_blocks import block_ends
from codelength.tasks.probe import Probe, probe

"""Of 95 %."""


@dataclass(frozen=True, slots=True)
class LayerProbe:
    """What one layer says. `found`: codelengths with and without it; the last block is the held-out one."""

    layer: int
    found: Probe

    @property
    def tests(self) -> int:
        """How many labels were held out."""
        return self.found.given.blocks[-1].end - self.found.given.blocks[-1].begin

    @property
    def accuracy(self) -> float:
        """Part of the held-out labels that were the likeliest class."""
        return self.found.given.blocks[-1].accuracy

    @property
    def interval(self) -> tuple[float, float]:
        """Of the accuracy, 95 %."""
        return wilson(self.accuracy, self.tests)


def probe_layers(
    estimator: Any,
    features: NDArray[np.floating[Any]],
    y: NDArray[Any] | Sequence[Any],
    *,
    layers: Sequence[int] | None = None,
    held_out: float = 0.2,
    first: int = 32,
    growth: float = 2.0,
    seed: int | None = 0,
    on_progress: Callable[[int, int], None] | None = None,
) -> tuple[LayerProbe, ...]:
    """Probe each layer.

    Parameters
    ----------
    estimator
        As `measures.prequential_codelength` takes it.
    features
        (layers, n, d).
    y
        (n,) labels.
    layers
        Which ones, from 0; None is all.
    held_out
        Share of the labels that the accuracy is measured on.
    first, growth
        Of the blocks before those, as `measures.prequential_blocks.block_ends` takes them.
    seed
        Of the labels' order; None leaves them as they are.
    on_progress
        Called with layers done and layers in all.

    Raises
    ------
    DataError
        As `prequential_codelength`; a layer that is not there; a share that leaves no label to learn from or to test.

    Examples
    --------
    >>> class Nearest:
    ...     def fit(self, X, y):
    ...         self.X, self.y, self.classes_ = X, y, np.unique(y)
    ...         return self
    ...     def predict_proba(self, X):
    ...         closest = self.y[abs(X - self.X.T).argmin(axis=1)]
    ...         return np.where(closest[:, None] == self.classes_, 0.9, 0.1)
    >>> x = np.random.default_rng(0).normal(size=(2, 200, 1))
    >>> noise, told = probe_layers(Nearest(), x, x[1, :, 0] > 0)
    >>> told.accuracy > 0.9 > noise.accuracy, told.tests
    (True, 40)
    """
    wanted = range(len(features)) if layers is None else layers
    missing = [layer for layer in wanted if not 0 <= layer < len(features)]
    if missing:
        raise DataError(f"there is no layer {missing[0]}: 0 (the embeddings) to {len(features) - 1}")
    n = len(y)
    if features.shape[1] != n:
        raise DataError(f"{features.shape[1]} examples and {n} labels: there must be a label for each")
    tests = round(held_out * n)
    if not 0 < tests < n:
        raise DataError(f"{held_out:g} of {n} labels held out leaves {n - tests} to learn from and {tests} to test")
    order = np.arange(n) if seed is None else np.random.default_rng([seed, 1]).permutation(n)
    ends = (*block_ends(n - tests, first, growth), n)
    labels, found = np.asarray(y)[order], []
    for done, layer in enumerate(wanted):
        found.append(LayerProbe(layer, probe(estimator, features[layer][order], labels, ends, control=False)))
        if on_progress is not None:
            on_progress(done + 1, len(wanted))
    return tuple(found)
