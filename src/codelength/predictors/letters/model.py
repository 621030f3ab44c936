"""A language as a text shows it: n-grams of its letters in running text, and its words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from codelength.predictors.letters.ngrams import NGrams, count_ngrams
from codelength.predictors.letters.words import Words, count_words


class LetterModel(NamedTuple):
    """`grams`: letters after letters, spaces left out. `words`: the vocabulary and what follows what."""

    grams: NGrams
    words: Words


def learn_letters(documents: Sequence[Sequence[tuple[int, ...]]], letters: int) -> LetterModel:
    """The model of a text.

    Parameters
    ----------
    documents
        Each the words in their order, a word being its letters from 0 to `letters` - 1.
    letters
        How many there are, at least 2.

    Examples
    --------
    >>> model = learn_letters([[(0, 1), (1, 0, 1)]] * 20, 2)
    >>> model.grams.order, model.words.chance.round(3)
    (6, array([0.488, 0.488]))
    """
    running = np.array([letter for document in documents for word in document for letter in word], dtype=np.int64)
    return LetterModel(count_ngrams(running, letters), count_words(documents, letters))
