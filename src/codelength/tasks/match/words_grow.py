"""A map between the words of two languages, grown from its most frequent words outwards.

    P_0(i -> j)  ~  exp(-(log share_i - log share_j)^2 / (2 * 0.3^2))                     frequency alone
    P  <-  balanced exp(s_ij * likeness under P - (log share_i - log share_j)^2 / (2 v_ij) + letters)
    letters = 0.7 spelling + 0.5 kin + compounds

s_ij = sharpness * sqrt(count_i / (count_i + doubt) * count_j / (count_j + doubt)): neighbours of rare words say less,
and without count_j words that stand once in y would be chosen by many. v_ij = spread^2 + 1 / count_i + 1 / count_j. The
first round takes the 50, 100 or 200 most frequent words and raises the sharpness step by step, a deterministic
annealing (Rose, Gurewitz & Fox 1990; softassign, Gold & Rangarajan 1996) of what simulated annealing does by swaps.
Each further round lets in words of lower rank: they are placed by their neighbours among the known, and then are
neighbours themselves; the likeness is then the mean of that under P in y's words and that under its return in x's, and
neighbours that speak alike of sure partners weigh more (`words_witnesses`).
What is known of frequent words gets better on the way, since every word that is let in is one more witness. Spelling,
where it is used, what the partners of a word's other forms say (`words_kin`) and what the words beside it do
(`words_compounds`) are weighed anew in each round by the map that they then help (`words_learned`).

Cost: 6 n m c multiplications a step (`words_likeness`): 0.1 s up to 200 words, 5 s up to 1,000, 50 s up to 3,000.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from codelength.tasks.match import words_compounds, words_kin, words_spelling
from codelength.tasks.match.words_compounds import Compounds, compounded, compounds_of
from codelength.tasks.match.words_counts import Array, Language, beside, near
from codelength.tasks.match.words_kin import Kin, kin_among, kinship
from codelength.tasks.match.words_learned import learned, sure_pairs
from codelength.tasks.match.words_likeness import balanced, likeness, returned
from codelength.tasks.match.words_rows import row_blocks
from codelength.tasks.match.words_spelling import spelt_alike
from codelength.tasks.match.words_witnesses import COUNT, FEWEST, Ranks

ROUNDS = (50, 100, 150, 200, 300, 400, 550, 700, 1000, 1700, 3000)
"""Words of x after each round."""

CORE = 200
"""Words of x with which restarts are compared."""

CHOICE = 1.5
"""Words of y for each word of x."""

RARE = 2.0
"""The same beyond the first 1,000 words, whose ranks say less."""

LAST = 4.0
"""The same in the last round, for such words, where spelling speaks: it knows words that stand in y once."""

NEIGHBOURS = 1700
"""Neighbours that are counted, at most."""

FREQUENT = 300
"""Neighbours whose side is counted."""

KIN, SPELLING = 0.5, 0.7
"""Weights of what spelling says: partners that are spelt alike have kin that are spelt alike, and say it twice."""


class Sharpness(NamedTuple):
    """How a round makes probabilities of likeness: sharpness of each step, spread of log frequencies, column power, and
    the count of a word whose likeness counts for 0.7 of the whole.
    """

    steps: tuple[float, ...]
    spread: float
    power: float
    doubt: float


class Letters(NamedTuple):
    """What spelling tells: how `alike` the words of x and y are spelt, (n, m), the forms of words on each side, and the
    words of y that may be `compounds` of what x writes apart.
    """

    alike: Array
    kin_x: Kin
    kin_y: Kin
    compounds: Compounds

    @classmethod
    def of(cls, x: Language, n: int, y_words: Sequence[str]) -> Letters:
        """Of the first n words of x and words of y."""
        x_words = x.words[:n]
        kin_x, kin_y = kin_among(x_words), kin_among(y_words)
        return cls(spelt_alike(x_words, y_words), kin_x, kin_y, compounds_of(x, n, y_words))

    def evidence(self, known: Array, n: int, m: int) -> Array:
        """That word i < n of x has partner j < m, in nats, (n, m), as far as the map so far vouches for it."""
        total = learned(kinship(self.kin_x, self.kin_y, known, n, m), known, words_kin.BINS)
        total *= np.float32(KIN)
        spelt = learned(self.alike[:n, :m], known, words_spelling.BINS)
        spelt *= np.float32(SPELLING)
        total += spelt
        total += learned(compounded(self.compounds, known, n, m), known, words_compounds.BINS)
        return total


FIRST = Sharpness(tuple(float(step) for step in np.geomspace(8.0, 80.0, 10)), 0.5, 1.0, 0.0)
LATER = Sharpness((60.0, 60.0, 60.0), 0.8, 0.5, 5.0)


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
        Counts of neighbours, (3, n, up to 1,700) and (3, m, up to 2,550).
    sides
        Counts of the words right before and behind, (2, n, 300) and (2, m, 450).
    letters
        What spelling tells; None: it is left out.
    """

    x: Language
    y: Language
    n: int
    m: int
    near_x: Array
    near_y: Array
    sides: tuple[Array, Array]
    letters: Letters | None

    def choices(self, n: int) -> int:
        """Words of y among which n words of x choose."""
        return min(int(n * (CHOICE if n <= 1000 else RARE)), self.m)

    def by_frequency(self, n: int, m: int, spread: float, *, sampled: bool) -> Array:
        """Evidence from the frequencies of the first n words of x and m of y, in nats, (n, m)."""
        x_shares, y_shares = self.x.log_shares(n), self.y.log_shares(m)
        found: Array = np.empty((n, m), dtype=np.float32)
        for rows in row_blocks(n, m):
            apart = x_shares[rows, None] - y_shares
            variance = np.full(apart.shape, spread**2)
            if sampled:
                variance += 1 / self.x.counts[rows, None] + 1 / self.y.counts[None, :m]
            found[rows] = -(apart**2) / (2 * variance)
        return found


def pair(x: Language, y: Language, n: int, *, spelling: bool, last: bool = False) -> Pair:
    """Two languages counted, for a map of at most n words of x, and of more words of y if there is a `last` round."""
    n = min(n, len(x.words))
    rare = LAST if last and spelling else RARE
    m = min(int(n * (CHOICE if n <= 1000 else rare)), len(y.words))
    return Pair(
        x,
        y,
        n,
        m,
        near(x.tokens, n, min(n, NEIGHBOURS)),
        near(y.tokens, m, min(m, int(NEIGHBOURS * CHOICE))),
        (beside(x.tokens, n, min(n, FREQUENT)), beside(y.tokens, m, min(m, int(FREQUENT * CHOICE)))),
        Letters.of(x, n, y.words[:m]) if spelling else None,
    )


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
    scores = pair.by_frequency(n, pair.choices(n), 0.3, sampled=False)
    if noise > 0:
        scores += np.random.default_rng(seed).normal(0.0, noise, scores.shape).astype(np.float32)
    return _steps(pair, balanced(scores, 1.0), FIRST, None, sides=False)


def grown(pair: Pair, known: Array, n: int) -> Array:
    """The map let out to n words of x: (n, choices), rows sum to 1."""
    return _let_out(pair, known, n, pair.choices(n), LATER)


def widened(pair: Pair, known: Array) -> Array:
    """The whole map once more, in one step, with all words of y that are counted: (n, m), rows sum to 1."""
    return _let_out(pair, known, pair.n, pair.m, LATER._replace(steps=LATER.steps[-1:]))


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


def _let_out(pair: Pair, known: Array, n: int, m: int, how: Sharpness) -> Array:
    start = np.zeros((n, m), dtype=np.float32)
    start[: known.shape[0], : known.shape[1]] = known
    evidence = None if pair.letters is None else pair.letters.evidence(known, n, m)
    return _steps(pair, start, how, evidence, sides=True)


def _steps(pair: Pair, known: Array, how: Sharpness, evidence: Array | None, *, sides: bool) -> Array:
    n, m = known.shape
    near_x, near_y = pair.near_x[:, :n, :n], pair.near_y[:, :m, :m]
    seen_beside = (pair.sides[0][:, :n, :n], pair.sides[1][:, :m, :m]) if sides else None
    other = pair.by_frequency(n, m, how.spread, sampled=True)
    if evidence is not None:
        other += evidence
    trust = _trust(pair.x.counts[:n, None], how.doubt), _trust(pair.y.counts[None, :m], how.doubt)
    for sharpness in how.steps:
        among = known[: near_x.shape[2], : near_y.shape[2]]
        sure = _sure(pair, known) if sides else None
        alike = likeness(near_x, near_y, among, seen_beside, sure)
        if seen_beside is not None:
            alike += likeness(near_y, near_x, returned(among), seen_beside[::-1], sure and sure[::-1]).T
            alike /= 2
        for rows in row_blocks(n, m):
            alike[rows] *= np.float32(sharpness) * (trust[0][rows] * trust[1])
        alike += other
        known = balanced(alike, how.power)
    return known


def _sure(pair: Pair, known: Array) -> tuple[Ranks, Ranks] | None:
    """Pairs by which witnesses are weighed; None: too few."""
    words, partners = sure_pairs(known)
    often = (pair.x.counts[words] >= COUNT) & (pair.y.counts[partners] >= COUNT)
    return (words[often], partners[often]) if int(often.sum()) >= FEWEST else None


def _trust(counts: NDArray[np.int64], doubt: float) -> Array:
    shares: Array = np.sqrt(counts / (counts + doubt)).astype(np.float32)
    return shares
