"""Softmax regression with a ridge: p(k | x) ~ exp(w_k x), fitted to what is past.

    minimise  sum_t -ln p(y_t | x_t) + (ridge / 2) |W|**2

by Boehning's (1992) bound on the Hessian, I/2 (x) X'X: every step

    W <- W + (X'X / 2 + ridge I)**-1 (X'(Y - P) - ridge W)

raises the likelihood, and the matrix is inverted once. O(n d**2 + steps n d K) for d features, K classes.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

_STEPS = 12
_RIDGE = 10.0
"""As if weights were drawn with a variance of 1/10: small effects need few examples, large ones a few more."""


def fit_softmax(
    features: NDArray[np.float64], labels: NDArray[np.int64], start: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Better weights (d, K) for features (n, d) and labels (n,) in 0..K-1: a dozen steps on from `start`."""
    bound = np.linalg.inv(features.T @ features / 2 + _RIDGE * np.eye(start.shape[0]))
    weights = start.copy()
    gradient = np.empty_like(weights)
    for _ in range(_STEPS):
        _gradient(features, labels, weights, gradient)
        weights += bound @ gradient
    return weights


def softmax_bits(features: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """-log2 p(k | x) of each class for each row: (n, K)."""
    logits = features @ weights
    logits -= logits.max(axis=1, keepdims=True)
    bits: NDArray[np.float64] = (np.log(np.exp(logits).sum(axis=1, keepdims=True)) - logits) / math.log(2.0)
    return bits


@njit(cache=True)
def _gradient(
    features: NDArray[np.float64],
    labels: NDArray[np.int64],
    weights: NDArray[np.float64],
    gradient: NDArray[np.float64],
) -> None:
    """X'(Y - P) - ridge W into `gradient` (d, K)."""
    d, classes = weights.shape
    logits = np.empty(classes)
    gradient[...] = -_RIDGE * weights
    for t in range(labels.shape[0]):
        logits[:] = 0.0
        for j in range(d):
            for k in range(classes):
                logits[k] += features[t, j] * weights[j, k]
        shares = np.exp(logits - logits.max())
        shares /= shares.sum()
        shares[labels[t]] -= 1.0
        for j in range(d):
            for k in range(classes):
                gradient[j, k] -= features[t, j] * shares[k]
