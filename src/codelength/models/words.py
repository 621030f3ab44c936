"""Frequent words as symbols of their own: text <-> numbers, bytes first, then the words.

    symbols 0 to 255: bytes        256 + i: word i, with the space before it, if it has one there

Text is cut into runs of letters, each with the one space before it, and single other bytes; a run that is no word of
the alphabet is spelt in bytes. So any text has symbols, and they say it back exactly: a code of the symbols is a code
of the text. `frequent_words` takes those that save most symbols, count x (length - 1). Cost: one pass over the text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from codelength.core import DataError

BYTES = 256
_PIECES = re.compile(rb" ?[A-Za-z]+|[^A-Za-z]")


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """An alphabet of bytes and words.

    Examples
    --------
    >>> alphabet = Words((b"the", b" cat"))
    >>> alphabet.symbols(b"the cat sat").tolist()
    [256, 257, 32, 115, 97, 116]
    >>> alphabet.text(alphabet.symbols(b"the cat sat"))
    b'the cat sat'
    """

    words: tuple[bytes, ...] = ()
    _numbers: dict[bytes, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Refuse words that text is never cut into, and words named twice."""
        wrong = [word for word in self.words if len(word) < 2 or not _PIECES.fullmatch(word)]
        if wrong or len(set(self.words)) < len(self.words):
            raise DataError(
                f"words must differ and be runs of two letters or more, a space before them or none: {wrong[:3]}"
            )
        object.__setattr__(self, "_numbers", {word: BYTES + i for i, word in enumerate(self.words)})

    @property
    def size(self) -> int:
        """How many symbols there are."""
        return BYTES + len(self.words)

    def symbols(self, text: bytes) -> NDArray[np.int64]:
        """The symbols of a text."""
        found: list[int] = []
        for piece in _PIECES.findall(text):
            number = self._numbers.get(piece)
            if number is None:
                found.extend(piece)
            else:
                found.append(number)
        return np.array(found, dtype=np.int64)

    def text(self, symbols: NDArray[np.integer]) -> bytes:
        """The text of symbols."""
        return b"".join(bytes([s]) if s < BYTES else self.words[s - BYTES] for s in symbols.tolist())


def frequent_words(texts: Sequence[bytes], most: int) -> Words:
    """The alphabet of the words that save most symbols in these texts, at most so many, each met twice at least."""
    counts = Counter(piece for text in texts for piece in _PIECES.findall(text) if len(piece) > 1)
    saved = sorted(((count * (len(word) - 1), word) for word, count in counts.items() if count > 1), reverse=True)
    return Words(tuple(word for _, word in saved[:most]))
