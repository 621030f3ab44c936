"""A code of text for each of k classes, learnt together in one pass: words, pairs of words, spelling of new words.

A document is gap, word, gap, ..., gap (see `cut`). For class c, a word w after v and a gap g cost -log2 of

    P_c(w | v) = (N_c(v w) + D_c(v) B_c(w | v)) / (N_c(v) + D_c(v))
    B_c(w | v) = (N(v w) + D(v) P_c(w)) / (N(v) + D(v))
    P_c(w)     = (N_c(w) + m_c B_c(w)) / (N_c + m_c),       m_c = smoothing * (different words of c)
    B_c(w)     = (1 - spelt) P_pool(w) + spelt S_c(w)

where N and D without a class and P_pool are over all documents, those without labels too, P_pool with S_pool(w) for its
B; S is `spelling`. So a
class code is the code of all text (given X) that has then read the documents of the class: what the class says nothing
about costs all classes the same. Dirichlet smoothing after MacKay & Peto (1995), pairs after Witten & Bell (1991).

Floats: what it gives are probabilities that sum to at most 1 over all documents, and no stream is made of them, so its
bits are an estimate. Cost: linear in the bytes and k; tables of (different words + pairs) x (k + 1) x 4 bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from codelength.predictors.ngrams.corpus import Corpus, Lexicon, empty_lexicon, learn, look_up
from codelength.predictors.ngrams.counts import counted, summed_by_first
from codelength.predictors.ngrams.spelling import spelling_bits, spelling_of

Floats = NDArray[np.float64]
Counts = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Parameters:
    """`smoothing`: how much the pool is trusted against a class's own words. `spelt`: the share of a new word's
    probability that goes by its spelling in the class. `damping`: see `counts`. `pairs`: whether pairs are used.
    """

    smoothing: float = 2.0
    spelt: float = 0.25
    damping: float = 0.5
    pairs: bool = True


class Tables(NamedTuple):
    """What the kernel reads. Column 0 is the pool. `unigrams`: P(w), (v, k + 1). `bands`: see `_bands`. `pairs`:
    N(v w), (p, k + 1). `totals`, `followers`: N(v), D(v), (v, k + 1).
    """

    unigrams: Floats
    bands: NDArray[np.uint8]
    pairs: Counts
    totals: Counts
    followers: Counts


class Indexed(NamedTuple):
    """Documents that have been read: the lexicon of all of them, and each as numbers."""

    lexicon: Lexicon
    corpus: Corpus


PARTS = 6
_PAIR_PART = 5
_NEW_WORD = 1
_TIMES = np.array([0.0, 0.01, 0.1])


class ClassNgrams:
    """Learns the codes of k classes in one pass.

    Parameters
    ----------
    parameters
        See `Parameters`.

    Examples
    --------
    >>> learner = ClassNgrams()
    >>> indexed = learner.index([b"the cat sat", b"a cat ran", b"stocks fell", b"stocks rose"])
    >>> codes = learner.classes(indexed, np.array([[1, 0], [1, 0], [0, 1], [0, 1]]))
    >>> codes.class_bits([b"a cat sat"]).sum(axis=2).argmin(axis=1)
    array([0])
    """

    def __init__(self, parameters: Parameters | None = None) -> None:
        self.parameters = parameters or Parameters()

    def index(self, documents: Sequence[bytes], /) -> Indexed:
        """Read documents once, to learn from any number of times."""
        return Indexed(*learn(empty_lexicon(), documents))

    def classes(
        self, indexed: Indexed, weights: NDArray[np.floating], /, *, present: NDArray[np.bool_] | None = None
    ) -> NgramFamily:
        """The codes of k classes: each document by its weights (n, k), those of weight 0 in the pool alone."""
        if present is None:
            present = np.ones(indexed.corpus.size, dtype=np.bool_)
        return NgramFamily(self.parameters, indexed, np.ascontiguousarray(weights, dtype=np.float32), present)

    def __repr__(self) -> str:
        return f"ClassNgrams({self.parameters!r})"


class NgramFamily:
    """The codes of k classes: what `ClassNgrams` has learnt. A value: scoring changes nothing."""

    def __init__(self, parameters: Parameters, indexed: Indexed, weights: Counts, present: NDArray[np.bool_]) -> None:
        lexicon, corpus = indexed
        size, n_pairs = lexicon.size, lexicon.first.size if parameters.pairs else 0
        self.parameters = parameters
        self.lexicon = lexicon
        counts = counted(corpus.types, corpus.bounds, weights, present, size, parameters.damping)
        pairs = np.zeros((0, counts.shape[1]), dtype=np.float32)
        if parameters.pairs:
            pairs = counted(corpus.pairs, corpus.bounds, weights, present, n_pairs, parameters.damping)
        self.spelling = spelling_of(lexicon.text, lexicon.ends, lexicon.is_word, np.minimum(counts, 1))
        self.sums, self.escapes = _sums(counts, lexicon.is_word, parameters.smoothing)
        spelt = spelling_bits(self.spelling, lexicon.text, lexicon.ends, lexicon.is_word)
        self.tables = Tables(
            self._unigrams(counts, spelt, lexicon.is_word),
            _bands(counts[:, 0] / max(int(present.sum()), 1), lexicon.is_word),
            pairs,
            *summed_by_first(lexicon.first[:n_pairs], pairs, size),
        )

    def class_bits(self, documents: Sequence[bytes], /) -> Floats:
        """(n, k, 6) bits: gaps; words by themselves, in four bands; what the word before adds. Their sum is the
        codelength, up to the number of words and the shape of their letters, which cost all classes the same.
        """
        return self.column_bits(documents)[:, 1:]

    def known_bits(self, indexed: Indexed, /) -> Floats:
        """The same for documents that were indexed with those that these codes were learnt from."""
        return _scored(indexed.corpus, self.tables, self.tables.unigrams[:0])[:, 1:]

    def column_bits(self, documents: Sequence[bytes], /) -> Floats:
        """(n, k + 1, 6) bits: as `class_bits`, under the pool and then under every class."""
        new, corpus = look_up(self.lexicon, documents)
        spelt = spelling_bits(self.spelling, new.text, new.ends, new.is_word)
        fresh = self._unigrams(np.zeros(spelt.shape, dtype=np.float32), spelt, new.is_word)
        return _scored(corpus, self.tables, fresh)

    def _unigrams(self, counts: Counts, spelt_bits: Floats, is_word: NDArray[np.bool_]) -> Floats:
        """P(w) of each word or gap, (v, k + 1)."""
        spelt = np.exp2(-spelt_bits)
        kind = is_word.astype(np.int64)
        escapes, sums = self.escapes[kind], self.sums[kind]  # (v, k + 1)
        pool = (counts[:, :1] + escapes[:, :1] * spelt[:, :1]) / (sums[:, :1] + escapes[:, :1])
        base = (1 - self.parameters.spelt) * pool + self.parameters.spelt * spelt
        unigrams: Floats = (counts + escapes * base) / (sums + escapes)
        unigrams[:, :1] = pool
        return unigrams


def _sums(counts: Counts, is_word: NDArray[np.bool_], smoothing: float) -> tuple[Floats, Floats]:
    """N and m of gaps and of words: (2, k + 1) each."""
    parts = [counts[~is_word].astype(np.float64), counts[is_word].astype(np.float64)]
    sums = np.stack([part.sum(axis=0) for part in parts])
    return sums, smoothing * np.stack([1.0 + np.minimum(part, 1.0).sum(axis=0) for part in parts])


def _bands(times: NDArray[np.floating], is_word: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """0 for a gap; a word's band by how often it comes in a document: 1 never, 2 at most .01 times, 3 to .1, 4 more.
    What rare and what frequent words say of a class can be trusted differently.
    """
    return np.where(is_word, 1 + np.searchsorted(_TIMES, times, side="left"), 0).astype(np.uint8)


def _scored(corpus: Corpus, tables: Tables, fresh: Floats) -> Floats:
    bits = np.zeros((corpus.size, fresh.shape[1], PARTS))
    _score(corpus.types, corpus.pairs, corpus.bounds, tables, fresh, bits)
    return bits


@njit(cache=True)
def _score(types, pairs, bounds, tables, fresh, bits):  # type: ignore[no-untyped-def]
    """`fresh`: P(w) of what is not in the tables, numbered after it."""
    known, columns = tables.unigrams.shape
    alone = np.empty(columns)
    for d in range(bounds.shape[0] - 1):
        for t in range(bounds[d], bounds[d + 1]):
            w, word = types[t], (t - bounds[d]) & 1
            band = np.int64(tables.bands[w]) if w < known else word * _NEW_WORD
            for c in range(columns):
                alone[c] = tables.unigrams[w, c] if w < known else fresh[w - known, c]
                bits[d, c, band] -= np.log2(alone[c])
            if not word or t < bounds[d] + 3 or tables.pairs.shape[0] == 0 or types[t - 2] >= known:
                continue
            _add_pair(tables, types[t - 2], pairs[t], alone, bits[d])


@njit(cache=True, inline="always")
def _add_pair(tables, before, pair, alone, bits):  # type: ignore[no-untyped-def]
    """Add log2 P(w) - log2 P(w | v) under every column: the pairs of the pool, then those of the class."""
    if tables.followers[before, 0] == 0:
        return
    for c in range(alone.shape[0]):
        p = alone[c]
        for column in (0, c):
            escape = tables.followers[before, column]
            if escape > 0:
                seen = tables.pairs[pair, column] if pair >= 0 else np.float32(0)
                p = (seen + escape * p) / (tables.totals[before, column] + escape)
            if c == 0:
                break
        bits[c, _PAIR_PART] -= np.log2(p / alone[c])
