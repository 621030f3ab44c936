"""Which documents of a pool belong with a task: a mixture of K word models, one of them held by the task.

Each theme k is a multinomial over words with the pool's own word distribution g as a prior, and documents are mixtures:

    p(w | k)  =  (N_kw + a V g_w) / (N_k + a V)        N_kw: counts of the documents of theme k, by their weights r_dk
    r_dk      ~  pi_k prod_w p(w | k) ** (b n_dw)      b < 1: the words of a document say the same thing many times over

by expectation maximisation from random themes (Nigam, McCallum, Thrun & Mitchell 2000). The task's own documents are
always of theme 0, so theme 0 grows from the task to the documents that are coded more shortly with it than with any
other theme, and the number of them need not be known. A background of several themes matters: one model of "all else"
is too broad to be beaten by what merely resembles the task (`docs/decisions.md`). O(rounds K words of the pool).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

_WORD = re.compile(rb"[A-Za-z0-9\x80-\xff]+")
_LONG = 24
_PIECE = 6


@dataclass(frozen=True, slots=True)
class Themes:
    """Settings. `themes`: K; `rounds` of expectation maximisation; `smoothing`: a; `tempering`: b; `share`: the part of
    the pool that theme 0 starts with.
    """

    themes: int = 8
    rounds: int = 30
    smoothing: float = 0.1
    tempering: float = 0.3
    share: float = 0.25


def belonging(
    task: Sequence[bytes], pool: Sequence[bytes], *, settings: Themes | None = None, seed: int = 0
) -> NDArray[np.float64]:
    """Probability that each document of `pool` belongs with `task`: (len(pool),), between 0 and 1.

    Examples
    --------
    >>> weights = belonging([b"red apples"] * 9, [b"apples", b"the car", b"red apple", b"a car drove"] * 5)
    >>> bool(weights[0] > weights[1])
    True
    """
    settings = settings or Themes()
    starts, ids, counts, size = count_words([*task, *pool])
    background: NDArray[np.float64] = np.bincount(ids, weights=counts, minlength=size) / max(1.0, counts.sum())
    weights = _start(starts, ids, counts, background, len(task), settings, seed)
    for _ in range(settings.rounds):
        logs = _log_models(starts, ids, counts, background, weights, settings.smoothing)
        shares = weights[len(task) :].sum(axis=0) + 1.0
        scores = settings.tempering * _scores(starts, ids, counts, logs) + np.log(shares / shares.sum())
        weights = _normalised(scores)
        weights[: len(task)] = 0.0
        weights[: len(task), 0] = 1.0
    return weights[len(task) :, 0].copy()


def count_words(
    documents: Sequence[bytes],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64], int]:
    """Word counts of each document as sparse rows: starts (D + 1,), ids (E,), counts (E,), and the number of words.

    Words are runs of letters and digits (ASCII in lower case) and of bytes above 127; a long run with such bytes is of
    a script without spaces, and is cut into pieces of 6 bytes (2 or 3 characters).
    """
    numbers: dict[bytes, int] = {}
    starts, ids, counts = [0], list[int](), list[int]()
    for document in documents:
        row: dict[int, int] = {}
        for word in _WORD.findall(document.lower()):
            long = len(word) > _LONG and max(word) >= 0x80
            for piece in [word[at : at + _PIECE] for at in range(0, len(word), _PIECE)] if long else [word]:
                number = numbers.setdefault(piece, len(numbers))
                row[number] = row.get(number, 0) + 1
        ids += row.keys()
        counts += row.values()
        starts.append(len(ids))
    return np.array(starts), np.array(ids, dtype=np.int64), np.array(counts, dtype=np.float64), len(numbers)


def _start(
    starts: NDArray[np.int64],
    ids: NDArray[np.int64],
    counts: NDArray[np.float64],
    background: NDArray[np.float64],
    fixed: int,
    settings: Themes,
    seed: int,
) -> NDArray[np.float64]:
    """First weights (D, K): theme 0 by the task's model against the pool's, the others at random."""
    documents = starts.size - 1
    first = np.zeros((documents, 2))
    first[:fixed, 0] = 1.0
    first[fixed:, 1] = 1.0
    logs = _log_models(starts, ids, counts, background, first, settings.smoothing)
    margin = settings.tempering * (_scores(starts, ids, counts, logs) @ np.array([1.0, -1.0]))
    margin -= np.quantile(margin[fixed:], 1.0 - settings.share)
    own = 1.0 / (1.0 + np.exp(-np.clip(margin, -500.0, 500.0)))
    others = np.random.default_rng(seed).dirichlet(np.ones(settings.themes - 1), documents)
    weights = np.concatenate((own[:, None], others * (1.0 - own[:, None])), axis=1)
    weights[:fixed] = 0.0
    weights[:fixed, 0] = 1.0
    return weights


def _log_models(
    starts: NDArray[np.int64],
    ids: NDArray[np.int64],
    counts: NDArray[np.float64],
    background: NDArray[np.float64],
    weights: NDArray[np.float64],
    smoothing: float,
) -> NDArray[np.float64]:
    """Logarithms of p(w | k): (V, K)."""
    prior = smoothing * background.size * background
    models = np.repeat(prior[:, None], weights.shape[1], axis=1)
    _gather(starts, ids, counts, weights, models)
    logs: NDArray[np.float64] = np.log(models) - np.log(models.sum(axis=0))
    return logs


def _normalised(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    normalised: NDArray[np.float64] = weights / weights.sum(axis=1, keepdims=True)
    return normalised


@njit(cache=True)
def _gather(
    starts: NDArray[np.int64],
    ids: NDArray[np.int64],
    counts: NDArray[np.float64],
    weights: NDArray[np.float64],
    models: NDArray[np.float64],
) -> None:
    """Add each document's counts to the models (V, K), by its weights (D, K)."""
    for d in range(starts.shape[0] - 1):
        for e in range(starts[d], starts[d + 1]):
            for k in range(weights.shape[1]):
                models[ids[e], k] += counts[e] * weights[d, k]


@njit(cache=True)
def _scores(
    starts: NDArray[np.int64], ids: NDArray[np.int64], counts: NDArray[np.float64], logs: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Sum over each document's words of logs (V, K): (D, K)."""
    scores = np.zeros((starts.shape[0] - 1, logs.shape[1]))
    for d in range(starts.shape[0] - 1):
        for e in range(starts[d], starts[d + 1]):
            for k in range(logs.shape[1]):
                scores[d, k] += counts[e] * logs[ids[e], k]
    return scores
