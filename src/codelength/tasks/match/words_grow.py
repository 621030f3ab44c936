"""A map between the words of two languages, grown from its most frequent words outwards.

    P_0(i -> j)  ~  exp(-(log share_i - log share_j)^2 / (2 * 0.3^2))                     frequency alone
    P  <-  balanced exp(s_i * likeness under P - (log share_i - log share_j)^2 / (2 v_ij) + spelling)

s_i = sharpness * sqrt(count_i / (count_i + doubt)): neighbours of rare words say less. v_ij = spread^2 + 1 / count_i +
1 / count_j. The first round takes the 50, 100 or 200 most frequent words and raises the sharpness step by step, a
deterministic annealing (Rose, Gurewitz & Fox 1990; softassign, Gold & Rangarajan 1996) of what simulated annealing does
by swaps. Each further round lets in words of lower rank: they are placed by their neighbours among the known, and then
are neighbours themselves. What is known of frequent words gets better on the way, since every word that is let in is
one more witness. Spelling, where it is used, is learned anew in each round (`words_spelling`) from the map that it then
helps.

Cost: 3 n m c multiplications a step (`words_likeness`): 0.1 s up to 200 words, 5 s up to 1,000, 20 s up to 3,000.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from codelength.tasks.match.words_counts import Array, Language, near
from codelength.tasks.match.words_likeness import balanced, likeness
from codelength.tasks.match.words_spelling import spelling_evidence, spelt_alike

ROUNDS = (50, 100, 150, 200, 300, 400, 550, 700, 1000, 1700, 3000)
"""Words of x after each round."""

CORE = 200
"""Words of x with which restarts are compared."""

CHOICE = 1.5
"""Words of y for each word of x."""

NEIGHBOURS = 1000
"""Neighbours that are counted, at most."""


class Sharpness(NamedTuple):
    """How a round makes probabilities of likeness: sharpness of each step, spread of log frequencies, column power, and
    the count of a word whose likeness counts for 0.7 of the whole.
    """

    steps: tuple[float, ...]
    spread: float
    power: float
    doubt: float


FIRST = Sharpness(tuple(float(step) for step in np.geomspace(8.0, 80.0, 10)), 0.5, 1.0, 0.0)
LATER = Sharpness((40.0, 40.0, 40.0), 0.8, 0.5, 20.0)


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """Two languages, counted once for all rounds and restarts.

    Parameters
    ----------
    x, y
        The languages.
    n, m
        How many words of each are matched at most.
    near_x, near_y
        Counts of neighbours, (3, n, up to 1,000) and (3, m, up to 1,500).
    alike
        Likeness of spellings, (n, m); None: spelling is left out.
    """

    x: Language
    y: Language
    n: int
    m: int
    near_x: Array
    near_y: Array
    alike: Array | None

    def choices(self, n: int) -> int:
        """Words of y among which n words of x choose."""
        return min(int(n * CHOICE), self.m)

    def by_frequency(self, n: int, spread: float, *, sampled: bool) -> Array:
        """Evidence from the frequencies of the first n words of x and their choices, in nats, (n, choices)."""
        m = self.choices(n)
        apart = self.x.log_shares(n)[:, None] - self.y.log_shares(m)[None, :]
        variance = np.full(apart.shape, spread**2)
        if sampled:
            variance += 1 / self.x.counts[:n, None] + 1 / self.y.counts[None, :m]
        found: Array = (-(apart**2) / (2 * variance)).astype(np.float32)
        return found


def pair(x: Language, y: Language, n: int, *, spelling: bool) -> Pair:
    """Two languages counted, for a map of at most n words of x."""
    n = min(n, len(x.words))
    m = min(int(n * CHOICE), len(y.words))
    near_x = near(x.tokens, n, min(n, NEIGHBOURS))
    near_y = near(y.tokens, m, min(m, int(NEIGHBOURS * CHOICE)))
    return Pair(x, y, n, m, near_x, near_y, spelt_alike(x.words[:n], y.words[:m]) if spelling else None)


def rounds(pair: Pair) -> list[int]:
    """Sizes of the rounds for a pair of languages."""
    return [size for size in ROUNDS if size < pair.n] + [pair.n]


def begin(pair: Pair, first: int, noise: float, seed: int) -> Array:
    """A map of the first words, from their frequencies and neighbours alone.

    Parameters
    ----------
    pair
        The languages.
    first
        How many words of x.
    noise
        Standard deviation, in nats, of what is added to the evidence of the start.
    seed
        Of the noise.

    Returns
    -------
    (first, choices) float32, rows sum to 1.
    """
    n = min(first, pair.n)
    scores = pair.by_frequency(n, 0.3, sampled=False)
    if noise > 0:
        scores += np.random.default_rng(seed).normal(0.0, noise, scores.shape).astype(np.float32)
    return _steps(pair, balanced(scores, 1.0), n, FIRST, None)


def grown(pair: Pair, known: Array, n: int) -> Array:
    """The map let out to n words of x: (n, choices), rows sum to 1."""
    start = np.zeros((n, pair.choices(n)), dtype=np.float32)
    start[: known.shape[0], : known.shape[1]] = known
    evidence = None
    if pair.alike is not None:
        alike = pair.alike[: known.shape[0], : known.shape[1]]
        evidence = spelling_evidence(pair.alike[:n, : pair.choices(n)], alike, known)
    return _steps(pair, start, n, LATER, evidence)


def growth(pair: Pair, known: Array, upto: int) -> Iterator[Array]:
    """The map after each round, up to so many words."""
    for size in rounds(pair):
        if known.shape[0] < size <= max(upto, known.shape[0]):
            known = grown(pair, known, size)
            yield known


def partners(known: Array) -> NDArray[np.int64]:
    """The likeliest partner of each word, (n,)."""
    found: NDArray[np.int64] = known.argmax(axis=1)
    return found


def _steps(pair: Pair, known: Array, n: int, how: Sharpness, evidence: Array | None) -> Array:
    m = pair.choices(n)
    near_x, near_y = pair.near_x[:, :n, :n], pair.near_y[:, :m, :m]
    other = pair.by_frequency(n, how.spread, sampled=True)
    if evidence is not None:
        other += evidence
    counts = pair.x.counts[:n, None]
    trust = np.sqrt(counts / (counts + how.doubt)).astype(np.float32)
    for sharpness in how.steps:
        among = known[: near_x.shape[2], : near_y.shape[2]]
        known = balanced(np.float32(sharpness) * trust * likeness(near_x, near_y, among) + other, how.power)
    return known
