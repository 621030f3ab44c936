"""The contexts of the context-mixing predictor, one line each: add, drop or change a line and measure.

A context is a choice among the features that the kernel keeps of the past; bytes are chosen by a mask over the last
eight (0xFF is the last one, 0xFF00 the one before it).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FEATURES = 6
"""Last four bytes, the four before, this word, the word before, the one before that, the byte above."""

_ALL = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Context:
    """What one context sees.

    Parameters
    ----------
    name
        For ablations and people.
    recent
        Mask over the last eight bytes as a 64-bit number, the last byte lowest.
    words
        How many words back are seen: 1 is the letters of the word so far, 2 also the word before it. A `skip` leaves
        out the middle one.
    above
        Whether the byte above, in the line before, is seen.
    """

    name: str
    recent: int = 0
    words: int = 0
    skip: bool = False
    above: bool = False

    def masks(self) -> list[int]:
        """One mask per feature."""
        return [
            self.recent & _ALL,
            self.recent >> 32,
            _ALL if self.words >= 1 else 0,
            _ALL if self.words >= 2 and not self.skip else 0,
            _ALL if self.words >= 3 or (self.words == 2 and self.skip) else 0,
            0xFF if self.above else 0,
        ]


CONTEXTS: tuple[Context, ...] = (
    Context("order 0"),
    Context("order 1", 0xFF),
    Context("order 2", 0xFFFF),
    Context("order 3", 0xFFFFFF),
    Context("order 4", 0xFFFFFFFF),
    Context("order 5", 0xFFFFFFFFFF),
    Context("order 6", 0xFFFFFFFFFFFF),
    Context("word", 0xFF, words=1),
    Context("word pair", words=2),
    Context("skip pair", words=2, skip=True),
    Context("bytes 2-3", 0xFFFF00),
    Context("bytes 2 and 4", 0xFF00FF00),
    Context("high halves", 0xF0F0F0FF),
    Context("column", 0xFF, above=True),
)
"""Those of the code named `cm`: with the two inputs of the match they fill one block of 16 lanes."""


def context_masks(contexts: tuple[Context, ...]) -> NDArray[np.int64]:
    """The masks as the kernel takes them: (len(contexts), FEATURES) int64."""
    return np.array([context.masks() for context in contexts], dtype=np.int64)
