"""Greedy choice of documents by what each adds for a target, given those already taken.

A document adds what it saves on the target's n-grams. Let E_f be how often n-gram f occurs in the target, E_c how often
its context c does, S the counts in what is already known and d those of the document. With the estimator

    p(f | c) = (S_f + a q_f) / (S_c + a)            q_f = P(f | c) in the pool: a Dirichlet prior of strength a

(Bell, Cleary & Witten 1990, ch. 6), the target's codelength falls by

    gain(d) = sum_f E_f log2 (S_f + d_f + a q_f) / (S_f + a q_f)  -  sum_c E_c log2 (S_c + d_c + a) / (S_c + a)

bits when d is added: a conditional codelength, in which what S says already is worth nothing twice. Documents are taken
by gain per byte, the best first, until the budget is full or none adds anything. A gain is computed again only when its
last value comes to the top of a heap (lazy greedy, Minoux 1978). Costs O(n-grams of the pool) for the start and a few
of the pool's documents for each one taken.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from codelength.tasks.ngrams import Ngrams

PRIOR = 0.1
"""Strength a of the prior: see `docs/decisions.md` for what was tried."""

_NEVER = -np.inf


class Field(NamedTuple):
    """The documents and the state of the choice, as arrays: `starts`, `ids`, `counts`, `context` as in `Ngrams`;
    `target`, `known`, `prior` (V,) and `target_c`, `known_c` (contexts,) float64; `strength` a; `scratch` (contexts,)
    zeros. `known` and `known_c` change as documents are taken.
    """

    starts: NDArray[np.int64]
    ids: NDArray[np.int64]
    counts: NDArray[np.float64]
    context: NDArray[np.int64]
    target: NDArray[np.float64]
    target_c: NDArray[np.float64]
    known: NDArray[np.float64]
    known_c: NDArray[np.float64]
    prior: NDArray[np.float64]
    strength: float
    scratch: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Covered:
    """`taken`: documents in the order taken; `gains`: what each added then, in bits on the target."""

    taken: NDArray[np.int64]
    gains: NDArray[np.float64]


def cover_target(
    ngrams: Ngrams,
    target: NDArray[np.float64],
    known: NDArray[np.float64],
    sizes: NDArray[np.int64],
    allowed: NDArray[np.bool_],
    budget: int,
    *,
    strength: float = PRIOR,
) -> Covered:
    """Take documents for a target.

    Parameters
    ----------
    ngrams
        Of the D documents to take from.
    target, known
        Counts of each n-gram in the target, and in what is known before: (V,).
    sizes
        Bytes of each document, (D,).
    allowed
        Documents that may be taken, (D,).
    budget
        Bytes that may be taken together.
    strength
        Of the prior.
    """
    pool = ngrams.total(np.ones(sizes.size)) + known
    pool_c = ngrams.by_context(pool)
    prior = strength * pool / np.maximum(pool_c, 1.0)[ngrams.context]
    field = Field(
        ngrams.starts, ngrams.ids, ngrams.counts, ngrams.context, target, ngrams.by_context(target),
        known.copy(), ngrams.by_context(known), prior, strength, np.zeros(ngrams.contexts),
    )  # fmt: skip
    taken = np.empty(sizes.size, dtype=np.int64)
    gains = np.empty(sizes.size, dtype=np.float64)
    found = _greedy(field, sizes, allowed, budget, taken, gains)
    return Covered(taken[:found].copy(), gains[:found].copy())


@njit(cache=True)
def gain(field: Field, d: int) -> float:
    """Bits that document d saves on the target now."""
    bits = 0.0
    for k in range(field.starts[d], field.starts[d + 1]):
        f = field.ids[k]
        before = field.known[f] + field.prior[f]
        if field.target[f] > 0.0:
            bits += field.target[f] * np.log2(1.0 + field.counts[k] / before)
        field.scratch[field.context[f]] += field.counts[k]
    for k in range(field.starts[d], field.starts[d + 1]):
        c = field.context[field.ids[k]]
        if field.scratch[c] > 0.0:
            bits -= field.target_c[c] * np.log2(1.0 + field.scratch[c] / (field.known_c[c] + field.strength))
            field.scratch[c] = 0.0
    return bits


@njit(cache=True)
def _take(field: Field, d: int) -> None:
    for k in range(field.starts[d], field.starts[d + 1]):
        f = field.ids[k]
        field.known[f] += field.counts[k]
        field.known_c[field.context[f]] += field.counts[k]


@njit(cache=True)
def _sink(heap: NDArray[np.int64], rate: NDArray[np.float64], at: int, size: int) -> None:
    """Let the entry at `at` sink to its place in a heap whose top has the highest rate, ties to the lowest number."""
    while True:
        top = at
        for child in (2 * at + 1, 2 * at + 2):
            if child < size:
                a, b = heap[child], heap[top]
                if rate[a] > rate[b] or (rate[a] == rate[b] and a < b):
                    top = child
        if top == at:
            return
        heap[at], heap[top] = heap[top], heap[at]
        at = top


@njit(cache=True)
def _greedy(
    field: Field,
    sizes: NDArray[np.int64],
    allowed: NDArray[np.bool_],
    budget: int,
    taken: NDArray[np.int64],
    gains: NDArray[np.float64],
) -> int:
    """Fill `taken` and `gains`; how many were taken."""
    n = sizes.shape[0]
    rate = np.full(n, _NEVER)
    fresh = np.zeros(n, dtype=np.int64)
    for d in range(n):
        if allowed[d] and sizes[d] <= budget:
            rate[d] = gain(field, d) / max(1, sizes[d])
    heap = np.arange(n)
    for at in range(n // 2 - 1, -1, -1):
        _sink(heap, rate, at, n)
    found, left = 0, budget
    while n > 0 and rate[heap[0]] > 0.0:
        d = heap[0]
        if sizes[d] > left:
            rate[d] = _NEVER
        elif fresh[d] == found:
            taken[found] = d
            gains[found] = rate[d] * max(1, sizes[d])
            left -= sizes[d]
            found += 1
            _take(field, d)
            rate[d] = _NEVER
        else:
            rate[d] = gain(field, d) / max(1, sizes[d])
            fresh[d] = found
        _sink(heap, rate, 0, n)
    return found
