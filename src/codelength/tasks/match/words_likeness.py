"""How alike a word of x and a word of y are, if the neighbours of one are carried over by what is known of the map.

    A[i] = (near_x[i] P weighed, window by window),  B[j] = near_y[j] weighed
    likeness[i, j] = cos(A[i], B[j]) - its row's mean - its column's mean

P[i, j] is the probability that word i means word j, as far as it is known. Counts are weighed by shrunk positive
pointwise mutual information, max(0, log (count + 1) / (expected + 1)): a pair seen once by chance weighs log 2 at most
(smaller constants were worse the rarer the words). The next P is a soft assignment,

    P = balanced exp(sharpness * likeness + other evidence)

whose columns are pulled towards an equal share by Sinkhorn's steps (Sinkhorn 1967) raised to a power: with power 1 the
map is one to one, with power 0 each word of x chooses alone and a few words of y are chosen by everybody (hubs;
Radovanovic et al. 2010). Several words of x may mean one word of y, so the power is between.

Cost: 3 n m c multiplications for n by m words and c neighbours, and 2 n m exponentials' worth for the balance.
"""

from __future__ import annotations

import numpy as np

from codelength.tasks.match.words_counts import Array
from codelength.tasks.match.words_witnesses import Ranks, reliability

KNOWN = 0.05
"""Neighbours of y that the map reaches with less than this are left out."""

_STEPS = 10
_SIDES = np.float32(0.6)
"""Weight of what stands right before or behind, beside the windows."""


def weighed(counts: Array) -> Array:
    """Shrunk positive pointwise mutual information of counts (n, c), in nats, (n, c).

    Examples
    --------
    >>> weighed(np.array([[9.0, 0.0], [0.0, 9.0]], dtype=np.float32)).argmax(axis=1).tolist()
    [0, 1]
    """
    found: Array = np.empty_like(counts)
    _weigh(counts.copy(), found)
    return found


def _weigh(counts: Array, out: Array) -> None:
    """The same into `out`; the counts are used up, since tables are large."""
    rows = counts.sum(axis=1, keepdims=True) + np.float32(0.5)
    columns = counts.sum(axis=0, keepdims=True) + np.float32(0.5)
    expected = rows * (columns / max(float(counts.sum()), 1.0))
    expected += np.float32(1)
    counts += np.float32(1)
    counts /= expected
    np.log(counts, out=counts)
    np.maximum(counts, np.float32(0), out=out)


def likeness(
    near_x: Array,
    near_y: Array,
    known: Array,
    sides: tuple[Array, Array] | None = None,
    sure: tuple[Ranks, Ranks] | None = None,
) -> Array:
    """Likeness of every word of x to every word of y.

    Parameters
    ----------
    near_x, near_y
        Counts of neighbours, (3, n, k) and (3, m, l).
    known
        What the k neighbours in x mean among the l in y, (k, l), rows sum to at most 1.
    sides
        Counts of the words right before and behind, (2, n, k') and (2, m, l'); None: left out.
    sure
        Words of x and their partners in y by which columns are weighed (`words_witnesses`); None: all weigh the same.

    Returns
    -------
    (n, m) float32, from -2 to 2; rows and columns have a mean of 0.
    """
    reached = known.sum(axis=0)
    columns = np.flatnonzero(reached > KNOWN)
    carry, share = known[:, columns], np.minimum(reached[columns], np.float32(1))
    a, b = _profiles(near_x, near_y, (carry, columns, share), sides)
    if sure is not None:
        weights = reliability(a, b, sure)
        a *= weights
        b *= weights
    _to_unit(a)
    _to_unit(b)
    alike: Array = a @ b.T
    alike -= alike.mean(axis=1, keepdims=True)
    alike -= alike.mean(axis=0, keepdims=True)
    return alike


def _profiles(
    near_x: Array, near_y: Array, known: tuple[Array, Ranks, Array], sides: tuple[Array, Array] | None
) -> tuple[Array, Array]:
    """A and B, in place: they are the largest there is. `known`: the columns' partners, numbers and shares."""
    carry, columns, share = known
    few = np.flatnonzero(columns < (0 if sides is None else sides[1].shape[2]))
    width, windows = len(near_x) * columns.size, range(len(near_x))
    a = np.empty((near_x.shape[1], width + 2 * few.size), dtype=np.float32)
    b = np.empty((near_y.shape[1], a.shape[1]), dtype=np.float32, order="F")  # as columns chosen by number come
    for window in windows:
        place = np.s_[:, window * columns.size : (window + 1) * columns.size]
        _weigh(near_x[window] @ carry, a[place])
        _weigh(near_y[window][:, columns] * share, b[place])
    if sides is not None:
        carry = carry[: sides[0].shape[2], few]
        for side in (0, 1):
            place = np.s_[:, width + side * few.size : width + (side + 1) * few.size]
            _weigh(sides[0][side] @ carry, a[place])
            _weigh(sides[1][side][:, columns[few]] * share[few], b[place])
        a[:, width:] *= _SIDES
        b[:, width:] *= _SIDES
    return a, b


def returned(known: Array) -> Array:
    """The way back: what words of y mean in x, (l, k), of what words of x mean in y, (k, l); rows sum to at most 1.

    Examples
    --------
    >>> returned(np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]], dtype=np.float32)).tolist()
    [[0.5, 0.5, 0.0], [0.0, 0.0, 1.0]]
    """
    back: Array = (known / np.maximum(known.sum(axis=0, keepdims=True), np.float32(KNOWN))).T
    return back


def balanced(scores: Array, power: float) -> Array:
    """Rows that sum to 1 and whose columns are pulled towards an equal share.

    Parameters
    ----------
    scores
        Logarithms, in nats, (n, m).
    power
        Of Sinkhorn's column steps: 1 is one to one, 0 leaves rows alone.

    Examples
    --------
    >>> scores = np.array([[2.0, 0.0], [2.0, 1.0]], dtype=np.float32)
    >>> balanced(scores, 0.0).argmax(axis=1).tolist(), balanced(scores, 1.0).argmax(axis=1).tolist()
    ([0, 0], [0, 1])
    """
    # Below exp(-30) nothing matters, and denormal numbers are a hundred times slower.
    shares: Array = scores - scores.max(axis=1, keepdims=True)
    np.exp(np.maximum(shares, np.float32(-30), out=shares), out=shares)
    shares /= shares.sum(axis=1, keepdims=True)
    fair = np.float32(scores.shape[0] / scores.shape[1])
    for _ in range(_STEPS if power > 0 else 0):
        columns = np.maximum(shares.sum(axis=0, keepdims=True), np.float32(1e-9))
        shares *= (fair / columns) ** np.float32(power)
        shares /= shares.sum(axis=1, keepdims=True)
    return shares


def _to_unit(rows: Array) -> None:
    lengths = np.sqrt(np.einsum("ij,ij->i", rows, rows))[:, None]
    rows /= np.maximum(lengths, np.float32(1e-9))
