"""Peers of the word matching: the frequency-rank map, and Gromov-Wasserstein on word embeddings.

Embeddings are 50 singular vectors of positive pointwise mutual information within 4 words, weighed by the square root
of their singular values (Levy & Goldberg 2014); distances are 1 - cosine; `ot.gromov.gromov_wasserstein` (conditional
gradient) and its fused form with squared differences of log frequencies, both with uniform weights and POT's defaults.
"""

import numpy as np
import ot
from numpy.typing import NDArray

from codelength.tasks.match.words_counts import Language, near

Real = NDArray[np.float64]

SIZE = 50
MIX = 0.5


def embeddings(known: Language, n: int) -> Real:
    """Of the n most frequent words, (n, 50) of length 1."""
    counts = near(known.tokens, n, n)[:2].sum(axis=0).astype(np.float64)
    expected = counts.sum(axis=1, keepdims=True) * counts.sum(axis=0) / counts.sum()
    with np.errstate(divide="ignore", invalid="ignore"):
        weighed = np.nan_to_num(np.maximum(np.log(counts / expected), 0.0), posinf=0.0, neginf=0.0)
    left, values, _ = np.linalg.svd(weighed)
    vectors = left[:, :SIZE] * np.sqrt(values[:SIZE])
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12))


def transport(x: Language, y: Language, n: int, *, fused: bool) -> list[tuple[str, str]]:
    """Each of the n most frequent words of x with its partner in the plan."""
    inner_x, inner_y = (1 - vectors @ vectors.T for vectors in (embeddings(x, n), embeddings(y, n)))
    weights = np.full(n, 1 / n)
    if fused:
        apart = (x.log_shares(n)[:, None] - y.log_shares(n)[None, :]).astype(np.float64) ** 2
        plan = ot.gromov.fused_gromov_wasserstein(apart, inner_x, inner_y, weights, weights, alpha=MIX)
    else:
        plan = ot.gromov.gromov_wasserstein(inner_x, inner_y, weights, weights)
    return [(x.words[word], y.words[partner]) for word, partner in enumerate(np.asarray(plan).argmax(axis=1))]


def by_rank(x: Language, y: Language, n: int) -> dict[str, str]:
    """The k-th most frequent word of x means the k-th of y."""
    return dict(zip(x.words[:n], y.words[:n], strict=False))
