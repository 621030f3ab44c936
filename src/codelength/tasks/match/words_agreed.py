"""Two maps, one each way, that were grown apart: what both find is surer.

    P(i -> j)  ~  P_xy(i -> j) (P_yx(j -> i) + 0.01)^(3/4)

P_yx is grown as P_xy is (`words_grow`), from the same core, with the languages changing places: other words are in it
at the same size, other hubs compete, and its errors are partly others. The constant says how little a pair counts
against that only one map has; words of y that the way back did not reach have P_yx = 0 for all.

Cost: a second growth; the product itself is one pass.
"""

from __future__ import annotations

import numpy as np

from codelength.tasks.match.words_counts import Array

DOUBT = 0.01
"""Probability that is granted to every pair on the way back."""

WEIGHT = 0.75
"""Power of the way back."""


def agreed(known: Array, back: Array) -> Array:
    """The map from x to y, given the one from y to x.

    Parameters
    ----------
    known
        From x to y, (n, m), rows sum to 1.
    back
        From y to x, of other sizes or the same, (k, l).

    Returns
    -------
    (n, m) float32, rows sum to 1.

    Examples
    --------
    >>> one_way = np.array([[0.6, 0.4], [0.5, 0.5]], dtype=np.float32)
    >>> agreed(one_way, np.array([[0.1, 0.9], [1.0, 0.0]], dtype=np.float32)).argmax(axis=1).tolist()
    [1, 0]
    """
    returned = np.full(known.shape, DOUBT, dtype=np.float32)
    n, m = min(known.shape[0], back.shape[1]), min(known.shape[1], back.shape[0])
    returned[:n, :m] += back[:m, :n].T
    both: Array = known * returned ** np.float32(WEIGHT)
    both /= both.sum(axis=1, keepdims=True)
    return both
