"""The bets: labels coded one after another by a mixture of experts, against chance.

Let n documents have K kinds of labels, m_k of kind k, and let every order of the labels over the documents be equally
probable (the null: the documents are exchangeable). Then, with r_k labels of kind k left among r,

    chance      p(k) = r_k / r
    an expert   q(k) ~ p(k) 2**(-eta S_k)        S_k: bits of the document under class k, learned from what is past
    mixture     q = sum_i w_i q_i,   w_i <- w_i q_i(label) / q(label)

The wealth E_t = prod q(label) / p(label) has conditional expectation sum_k p(k) q(k) / p(k) = 1 given the past and all
documents: a martingale that starts at 1 (Ville 1939; Shafer 2021). So P(E_t >= 1/alpha for any t) <= alpha, whatever is
made of the data to choose when to stop, and log2 E_n = log2 n!/prod m_k! - (bits of the labels under the mixture).

One expert bets nothing (q = p) and has half of the prior weight, so no more than one bit is ever lost (and
2**-30 a label). Probabilities are integers in units of 2**-32, as a range coder takes them, so they sum to 1 exactly.
O(n experts K).
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

_UNIT = 1 << 32
_FLOOR = 2.0**-24
"""Part of chance in what each expert says: a single surprise must not ruin it."""


class Bets:
    """The running mixture over experts. Mutable.

    Parameters
    ----------
    counts
        m_k, (K,) integers >= 0.
    experts
        How many, besides the one that bets nothing.
    """

    def __init__(self, counts: NDArray[np.int64], experts: int) -> None:
        self.left = counts.astype(np.int64)
        self.weights = np.full(experts + 1, 0.5 / max(1, experts))
        self.weights[0] = 1.0 - self.weights[1:].sum()
        self.bits = 0.0
        self.gained = 0.0

    def take(self, scores: NDArray[np.float64], labels: NDArray[np.int64]) -> NDArray[np.float64]:
        """Bet on labels, one after another, each seen before the next.

        Parameters
        ----------
        scores
            Bits of each document under each class by each expert, tempered: (m, experts, K).
        labels
            What they are, (m,).

        Returns
        -------
        NDArray
            log2 of the wealth after each, (m,).
        """
        costs, gains = np.empty(labels.size), np.empty(labels.size)
        _bet(self.weights, self.left, scores, labels, costs, gains)
        wealth: NDArray[np.float64] = self.gained + np.cumsum(gains)
        self.bits += float(costs.sum())
        self.gained += float(gains.sum())
        return wealth


@njit(cache=True)
def _bet(
    weights: NDArray[np.float64],
    left: NDArray[np.int64],
    scores: NDArray[np.float64],
    labels: NDArray[np.int64],
    costs: NDArray[np.float64],
    gains: NDArray[np.float64],
) -> None:
    classes = left.shape[0]
    said = np.empty((weights.shape[0], classes))
    mixed = np.empty(classes)
    for t in range(labels.shape[0]):
        label = labels[t]
        remaining = left.sum()
        mixed[:] = 0.0
        for i in range(weights.shape[0]):
            if i == 0:
                said[0] = left / remaining
            else:
                _tilt(scores[t, i - 1], said[0], said[i])
            mixed += weights[i] * said[i]
        units = _unit_share(mixed / mixed.sum(), left, label)
        costs[t] = 32.0 - np.log2(units)
        gains[t] = -np.log2(said[0, label]) - costs[t]
        weights *= said[:, label]
        weights /= weights.sum()
        left[label] -= 1


@njit(cache=True)
def _tilt(scores: NDArray[np.float64], chance: NDArray[np.float64], said: NDArray[np.float64]) -> None:
    """One expert's probabilities: chance, tilted by its scores."""
    said[:] = chance * np.exp2(scores.min() - scores)
    total = said.sum()
    for k in range(said.shape[0]):
        said[k] = (1.0 - _FLOOR) * said[k] / total + _FLOOR * chance[k]


@njit(cache=True)
def _unit_share(probabilities: NDArray[np.float64], left: NDArray[np.int64], label: int) -> int:
    """The label's share of 2**32 units: rounded down, at least 1 while any such label is left; what that leaves over
    (or takes too much) is the most probable label's.
    """
    taken, most = 0, 0
    share = 0
    for k in range(probabilities.shape[0]):
        units = max(1, int(probabilities[k] * _UNIT)) if left[k] > 0 else 0
        taken += units
        if probabilities[k] > probabilities[most]:
            most = k
        if k == label:
            share = units
    return share + (_UNIT - taken if most == label else 0)
