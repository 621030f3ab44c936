"""What makes any expert's distribution of the next label one that can be coded with.

What an expert says that was fitted on m labels is closed against its own certainty, and against classes that it has not
seen:

    p'(c) = (1 - e) p(c)**b / sum_c p(c)**b + e KT(c),      e = 1 / (m + 1),      KT(c) = (m_c + 1/2) / (m + k/2)

(Krichevsky & Trofimov 1981), b a power on a grid, each an expert of its own, because probabilities of naive Bayes are
far too sure and those of a regularised regression not sure enough. With no label known, or all of one class, every
expert says KT.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

POWERS = (0.125, 0.25, 0.5, 1.0, 2.0, 4.0)
"""Powers that the probabilities of an expert are raised to."""


def first_block(n: int, classes: int) -> int:
    """Labels in the first block of n where nobody said how many: a few for each class, but not most of them."""
    return max(1, min(max(8, 2 * classes), n // 4))


def kt(counts: NDArray[np.integer]) -> Floats:
    """Krichevsky-Trofimov probabilities of k classes seen `counts` times, (k,)."""
    return np.asarray((counts + 0.5) / (counts.sum() + 0.5 * counts.size))


def closed(probabilities: Floats, power: float, counts: NDArray[np.integer]) -> Floats:
    """The p' above, (n, k), from what an expert says, (n, k), fitted on `counts` (k,) labels of each class."""
    known = int(counts.sum())
    if np.count_nonzero(counts) < 2:
        return np.tile(kt(counts), (probabilities.shape[0], 1))
    with np.errstate(divide="ignore"):
        logs = power * np.log(probabilities)
    logs -= logs.max(axis=1, keepdims=True)
    raised = np.exp(logs)
    raised /= raised.sum(axis=1, keepdims=True)
    escape = 1.0 / (known + 1.0)
    return np.asarray((1.0 - escape) * raised + escape * kt(counts))
