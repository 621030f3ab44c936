"""Words of a language and what stands near them: the counts that a match of two languages starts from.

    near[b][i, k] = how often word k stands within window b of word i, on either side, in the same line

with windows of 1 to 2, 3 to 4 and 1 to 16 words. The order within a window is left out on purpose: "red shirt" is
"chemise rouge", and ordered counts match the adjective with the noun. Once most partners are known it helps a little to
see as well which very frequent word (an article, a preposition) stands right before and right behind (`beside`). Words
are runs of letters, the marks on them (the vowels of Hindi and Thai, accents) and digits, in lower case and composed
(NFC); an apostrophe ends one: "l'". Every Chinese character and Japanese sign is a word of its own. What is written
without spaces otherwise (Thai, Khmer) has to be split into words before.

Cost: one pass over the text, 16 additions a word; 12 n k bytes for n words and k neighbours.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from codelength.core.errors import DataError

Array = NDArray[np.float32]
Tokens = NDArray[np.int32]

WINDOWS = 3
REACH = 16
"""Words between the two of a pair, at most; captions are shorter, so that it is the line there."""

_SIGNS = "\u3040-\u30ff\u3400-\u9fff"
_JOINERS = "\u200c\u200d"
_MARKS = "".join(chr(sign) for sign in range(0x300, 0x20000) if unicodedata.category(chr(sign))[0] == "M")
_LETTERS = rf"[^\W_{_SIGNS}]"
_WORD = re.compile(rf"[{_SIGNS}]|{_LETTERS}+(?:[{re.escape(_MARKS)}{_JOINERS}]+{_LETTERS}*)*'?")

_WRITTEN = str.maketrans({"’": "'", "\u00ad": None})
"""An apostrophe may be a quotation mark; a soft hyphen says where a word may be broken, and is no sign of it."""


@dataclass(frozen=True, slots=True, eq=False)
class Language:
    """A text as words, the most frequent first.

    Parameters
    ----------
    words
        The V different words by falling count, equal counts in alphabetical order.
    counts
        How often each occurs, (V,) int64.
    tokens
        The text as ranks into `words`, with -1 after each line, (T,) int32.
    """

    words: tuple[str, ...]
    counts: NDArray[np.int64]
    tokens: Tokens

    def log_shares(self, n: int) -> Array:
        """Natural logarithm of the share of the text that each of the first `n` words has, (n,)."""
        found: Array = np.log(self.counts[:n] / self.counts.sum()).astype(np.float32)
        return found


def split_words(line: str) -> list[str]:
    """The words of a line.

    Examples
    --------
    >>> split_words("L’homme à l'arc, 2 fois.")
    ["l'", 'homme', 'à', "l'", 'arc', '2', 'fois']
    >>> split_words("两个人 walk")
    ['两', '个', '人', 'walk']
    >>> split_words("हिन्दी की किताब, İstanbul")
    ['हिन्दी', 'की', 'किताब', 'istanbul']
    """
    # The lower case of the Turkish İ is an i and a dot, another word than one that begins with i.
    lower = line.lower().replace("i\u0307", "i").translate(_WRITTEN)
    return _WORD.findall(unicodedata.normalize("NFC", lower))


def language(lines: Sequence[str], name: str = "the text") -> Language:
    """Words and counts of a text.

    Parameters
    ----------
    lines
        Sentences, captions or paragraphs: words of different lines are not neighbours.
    name
        For an error.

    Raises
    ------
    DataError
        Fewer than 50 different words: nothing to match.

    Examples
    --------
    >>> known = language([f"{'a ' * k} w{k}" for k in range(60)])
    >>> known.words[:2], known.counts[:2].tolist(), known.tokens[:4].tolist()
    (('a', 'w0'), [1770, 1], [1, -1, 0, 2])
    """
    split = [split_words(line) for line in lines]
    counted = Counter(word for words in split for word in words)
    if len(counted) < 50:
        raise DataError(
            f"{name} has {len(counted)} different words; matching languages takes at least 50 (and far more)"
        )
    order = sorted(counted, key=lambda word: (-counted[word], word))
    rank = {word: place for place, word in enumerate(order)}
    tokens = [place for words in split for place in (*(rank[word] for word in words), -1)]
    counts = np.array([counted[word] for word in order], dtype=np.int64)
    return Language(tuple(order), counts, np.array(tokens, dtype=np.int32))


def near(tokens: Tokens, n: int, k: int) -> Array:
    """Counts of neighbours in the three windows.

    Parameters
    ----------
    tokens
        Ranks, -1 after each line, (T,).
    n, k
        Rows for the first n words, columns for the first k.

    Returns
    -------
    (3, n, k) float32.

    Examples
    --------
    >>> near(np.array([0, 1, 0, -1, 1, 0], dtype=np.int32), 2, 2)[0].tolist()
    [[2.0, 3.0], [3.0, 0.0]]
    """
    counts = np.zeros((WINDOWS, n, k), dtype=np.float32)
    _count(tokens, counts)
    return counts


def beside(tokens: Tokens, n: int, k: int) -> Array:
    """Counts of the words right before and right behind.

    Parameters
    ----------
    tokens
        Ranks, -1 after each line, (T,).
    n, k
        Rows for the first n words, columns for the first k.

    Returns
    -------
    (2, n, k) float32.

    Examples
    --------
    >>> beside(np.array([0, 1, 0, -1, 1, 0], dtype=np.int32), 2, 2)[0].tolist()
    [[0.0, 2.0], [1.0, 0.0]]
    """
    counts = np.zeros((2, n, k), dtype=np.float32)
    first, second = tokens[:-1], tokens[1:]
    for side, (word, other) in enumerate(((second, first), (first, second))):
        seen = (word >= 0) & (word < n) & (other >= 0) & (other < k)
        np.add.at(counts[side], (word[seen], other[seen]), 1)
    return counts


@njit(cache=True)
def _count(tokens: Tokens, counts: Array) -> None:
    n, k = counts.shape[1], counts.shape[2]
    for here in range(tokens.size):
        word = tokens[here]
        if word < 0:
            continue
        for distance in range(1, REACH + 1):
            if here + distance >= tokens.size:
                break
            other = tokens[here + distance]
            if other < 0:
                break
            window = 0 if distance <= 2 else 1
            if word < n and other < k:
                counts[2, word, other] += 1
                if distance <= 4:
                    counts[window, word, other] += 1
            if other < n and word < k:
                counts[2, other, word] += 1
                if distance <= 4:
                    counts[window, other, word] += 1
