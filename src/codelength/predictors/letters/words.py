"""Words in running text: a trie of the vocabulary, and which word follows which, as arrays that a kernel reads.

    P(w)     = (n(w) - D) / N                                    of the V words known; D V / N is left to others
    P(w | v) = (n(vw) - D2) / n(v.) + D2 r(v) / n(v.) P(w)       n(v.): words after v; r(v): different ones

absolute discounting with interpolation (Ney, Essen & Kneser 1994), D = n1 / (n1 + 2 n2) of each order. Beside it the
probability that a word ends after its last three letters, for words outside the vocabulary, which are spelled.

Cost: a node for each distinct beginning of a word, A int32 each (8 MB for 20,000 English words; at most 256 MB, which
an alphabet of thousands of letters fills: the most frequent words are held then); 24 bytes a pair.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

HASH = 0x9E3779B97F4A7C15
"""2**64 / golden ratio: multiplicative hashing (Knuth 1973, 6.4)."""

_END_CONTEXT = 3

_LONGEST = 40
"""Letters of the longest word held: what is longer is no word (bytes come as one), and is spelled."""

_MOST_CELLS = 1 << 26
"""Nodes times letters of the trie, at most."""


class Words(NamedTuple):
    """A vocabulary of V words over A letters.

    `child`: (nodes, A) int32, -1 where no word goes on so; node 0 is the root. `word`: which word ends at a node,
    (nodes,) int32, -1: none. `begins`: P of the words that begin as the node says, whole words too, (nodes,) float64.
    `chance`: P(w), (V,). `other`: mass of words outside the vocabulary. `backoff`: D2 r(v) / n(v.), (V,). `pairs`,
    `after`: an open-addressed table of v V + w (-1: empty) and (n(vw) - D2) / n(v.), a power of two long. `ends`: P(a
    word ends | its last letters), (A**3,) or shorter for large alphabets.
    """

    child: NDArray[np.int32]
    word: NDArray[np.int32]
    begins: NDArray[np.float64]
    chance: NDArray[np.float64]
    other: float
    backoff: NDArray[np.float64]
    pairs: NDArray[np.int64]
    after: NDArray[np.float64]
    ends: NDArray[np.float64]


def count_words(documents: Sequence[Sequence[tuple[int, ...]]], letters: int) -> Words:
    """The tables of a text.

    Parameters
    ----------
    documents
        Words in their order, a word being its letters from 0 to `letters` - 1. Pairs do not cross documents.
    letters
        A.
    """
    counts = Counter(word for document in documents for word in document)
    words = [word for word in counts if len(word) <= _LONGEST]
    vocabulary = sorted(_held(words, counts, _MOST_CELLS // letters))
    left_out = sum(counts[word] for word in words) - sum(counts[word] for word in vocabulary)
    index = {word: k for k, word in enumerate(vocabulary)}
    n = np.array([counts[word] for word in vocabulary], dtype=np.float64)
    discount = _discount(n)
    total = n.sum() + left_out
    chance = (n - discount) / max(1.0, total)
    child, word, begins = _trie(vocabulary, chance, letters)
    pairs = Counter(
        index[a] * len(vocabulary) + index[b]
        for document in documents
        for a, b in pairwise(document)
        if a in index and b in index
    )
    keys = np.array(sorted(pairs), dtype=np.int64)
    times = np.array([pairs[int(key)] for key in keys], dtype=np.float64)
    first = keys // max(1, len(vocabulary))
    less = _discount(times)
    followed = np.maximum(1.0, np.bincount(first, weights=times, minlength=len(vocabulary)))
    kinds = np.bincount(first, minlength=len(vocabulary))
    return Words(
        child,
        word,
        begins,
        chance,
        float((discount * n.size + left_out) / total) if n.size else 1.0,
        np.where(kinds > 0, less * kinds / followed, 1.0),
        *_hashed(keys, (times - less) / followed[first]),
        _ends(counts, letters),
    )


def _discount(n: NDArray[np.float64]) -> float:
    one, two = int(np.count_nonzero(n == 1)), int(np.count_nonzero(n == 2))
    return float(min(0.95, max(0.5, one / max(1, one + 2 * two))))


def _held(words: list[tuple[int, ...]], counts: Counter[tuple[int, ...]], nodes: int) -> list[tuple[int, ...]]:
    """The words that a trie of so many nodes has room for, the most frequent first where that is not all."""
    if sum(map(len, words)) < nodes:
        return words
    held: list[tuple[int, ...]] = []
    begins: set[tuple[int, ...]] = {()}
    for word in sorted(words, key=lambda word: (-counts[word], word)):
        new = {word[:size] for size in range(1, len(word) + 1)} - begins
        if len(begins) + len(new) > nodes:
            break
        begins |= new
        held.append(word)
    return held


def _trie(
    vocabulary: list[tuple[int, ...]], chance: NDArray[np.float64], letters: int
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float64]]:
    children: dict[tuple[int, int], int] = {}
    word = [-1]
    begins = [0.0]
    for number, spelled in enumerate(vocabulary):
        node = 0
        begins[0] += chance[number]
        for letter in spelled:
            onward = children.get((node, letter), -1)
            if onward < 0:
                onward = children[node, letter] = len(word)
                word.append(-1)
                begins.append(0.0)
            node = onward
            begins[node] += chance[number]
        word[node] = number
    child = np.full((len(word), letters), -1, dtype=np.int32)
    for (node, letter), onward in children.items():
        child[node, letter] = onward
    return child, np.array(word, dtype=np.int32), np.array(begins)


def _hashed(keys: NDArray[np.int64], values: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    size = 4
    while size < 2 * keys.size:
        size *= 2
    table = np.full(size, -1, dtype=np.int64)
    held = np.zeros(size)
    slots = (keys.astype(np.uint64) * np.uint64(HASH) >> np.uint64(32)).astype(np.int64) & (size - 1)
    for key, value, slot in zip(keys.tolist(), values.tolist(), slots.tolist(), strict=True):
        at = slot
        while table[at] >= 0:
            at = at + 1 & size - 1
        table[at], held[at] = key, value
    return table, held


def _ends(counts: Counter[tuple[int, ...]], letters: int) -> NDArray[np.float64]:
    """P(the word ends here | the last letters in the running text), of words as often as they occur."""
    context = _END_CONTEXT
    while context > 1 and letters**context > 1 << 20:
        context -= 1
    ended, passed = np.full(letters**context, 0.2), np.ones(letters**context)
    for spelled, n in counts.items():
        for last in range(len(spelled)):
            number = 0
            for letter in spelled[max(0, last + 1 - context) : last + 1]:
                number = number * letters + letter
            passed[number] += n
            ended[number] += n * (last + 1 == len(spelled))
    return ended / passed
