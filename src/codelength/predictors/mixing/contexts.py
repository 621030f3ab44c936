"""How a model is written down: contexts and selectors, one line each, and what they may see.

A context is a choice among the features of the past that the kernel keeps (registers), each with a mask; their hash,
with the bits of the byte so far, finds a bit history. A selector chooses, for every bit, one row of mixing weights.
Add, drop or change a line and measure: `python -m benchmarks.ablation` prints what each is worth in bits and time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from codelength.predictors.mixing import state as layout

PARTS = 5
"""A context sees at most this many registers."""

MOST_RATE = 255
"""The mixers' products are of 32 bits: with what is added at the beginning a rate must stay below 2**9."""

_ALL = (1 << 62) - 1
_SLOTS_PER_BYTE = [1 << k for k in range(15)]


@dataclass(frozen=True, slots=True)
class Part:
    """Some bits of a register."""

    register: int
    mask: int = _ALL

    def __and__(self, mask: int) -> Part:
        return Part(self.register, self.mask & mask)


WORD = Part(layout.WORD)
WORD1 = Part(layout.WORD1)
WORD2 = Part(layout.WORD2)
WORD_LENGTH = Part(layout.WORD_LENGTH)
GAP = Part(layout.GAP)
CAPITAL = Part(layout.CAPITAL)
TAG = Part(layout.TAG)
NUMBER = Part(layout.NUMBER)
LETTERS = Part(layout.LETTERS)
FIRST_WORD = Part(layout.FIRST_WORD)
CLASSES = Part(layout.CLASSES)
SHAPE = Part(layout.SHAPE)
BRACKET = Part(layout.BRACKET)
COLUMN = Part(layout.COLUMN)
LINE_START = Part(layout.LINE_START)
LINE_HASH = Part(layout.LINE_HASH)
ABOVE = Part(layout.ABOVE)
ABOVE_NEXT = Part(layout.ABOVE_NEXT)
FOLLOW1 = Part(layout.FOLLOW1)
FOLLOW2 = Part(layout.FOLLOW2)
FOLLOW3 = Part(layout.FOLLOW3)


def recent(mask: int) -> tuple[Part, ...]:
    """The bytes seen last, by a mask over eight of them (0xFF is the last one, 0xFF00 the one before it)."""
    parts = (Part(layout.RECENT, mask & 0xFFFFFFFF), Part(layout.OLDER, mask >> 32))
    return tuple(part for part in parts if part.mask)


def last(n: int) -> tuple[Part, ...]:
    """The last n bytes, at most 8."""
    return recent((1 << 8 * n) - 1)


@dataclass(frozen=True, init=False)
class Context:
    """What one context sees.

    Parameters
    ----------
    name
        For ablations and people. It is also the context's identity: its hash begins with it, wherever it stands.
    seen
        Parts of registers, or tuples of them.
    known
        Whether the selector `KNOWN` is told if this context has a history. At most 8 of a model's contexts.
    """

    name: str
    parts: tuple[Part, ...]
    known: bool = field(default=False)

    def __init__(self, name: str, *seen: Part | tuple[Part, ...], known: bool = False) -> None:
        parts = tuple(part for each in seen for part in (each if isinstance(each, tuple) else (each,)))
        if len(parts) > PARTS:
            raise ValueError(f"context {name!r} sees {len(parts)} registers; at most {PARTS} are possible")
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "parts", parts)
        object.__setattr__(self, "known", known)


PLAIN, WITH_PARTIAL, WITH_DEPTH, WITH_MATCH = 0, 1, 2, 3
"""How a row follows from a selector's value: it alone, with the bits of the byte so far, with their number, with what
the match expects."""

_TIMES = {PLAIN: 1, WITH_PARTIAL: 256, WITH_DEPTH: 8, WITH_MATCH: 3}


@dataclass(frozen=True, slots=True)
class Selector:
    """A choice of mixing weights by the value of a register; values from `size` on count as the last below it."""

    name: str
    register: int
    size: int
    also: int = PLAIN

    @property
    def rows(self) -> int:
        """How many rows of weights it has."""
        return self.size * _TIMES[self.also]


@dataclass(frozen=True, slots=True)
class Model:
    """A frozen configuration: what is mixed, how it is mixed, how much memory it may take.

    Parameters
    ----------
    contexts, selectors
        One line each.
    rate
        Learning rate of the first mixers that they settle at, in sixteenths.
    memory
        Base-2 logarithm of the most slots (16 bytes each).
    slots_per_byte
        Slots for each byte seen before the table doubles: a power of two.
    detail
        Whether the features of text are kept; without, contexts see recent bytes and the word so far.
    counted
        Contexts whose bits are counted directly, beside histories: what stays the same is learned more exactly so.
    count_rows
        Base-2 logarithm of the most rows of counters (64 bytes each) of a counted context.
    final_rows
        Base-2 logarithm of the most rows (100 bytes each) of a final map, 10 to 16.
    fine
        Whether a context has three inputs instead of one, and the vote four final maps instead of two.
    """

    contexts: tuple[Context, ...]
    selectors: tuple[Selector, ...]
    rate: int = 4
    memory: int = 23
    slots_per_byte: int = 64
    detail: bool = True
    counted: tuple[Context, ...] = ()
    count_rows: int = 18
    final_rows: int = 16
    fine: bool = False

    def __post_init__(self) -> None:
        if not self.contexts or not self.selectors:
            raise ValueError("a context-mixing model needs at least one context and one selector")
        if any(selector.size < 1 for selector in self.selectors):
            raise ValueError("a selector's size must be at least 1: it is how many values its register may have")
        if self.slots_per_byte not in _SLOTS_PER_BYTE:
            raise ValueError(f"slots_per_byte={self.slots_per_byte}: expected a power of two, at most 2**14")
        if not 0 <= self.rate <= MOST_RATE:
            raise ValueError(f"rate={self.rate}: expected 0 to {MOST_RATE} sixteenths")
        if sum(context.known for context in self.contexts) > 8:
            raise ValueError("at most 8 contexts may be `known`")
        if not 8 <= self.count_rows <= 22:
            raise ValueError(f"count_rows={self.count_rows}: expected 8 to 22")
        if not 10 <= self.final_rows <= 16:
            raise ValueError(f"final_rows={self.final_rows}: expected 10 to 16")
        if self.fine and not self.detail:
            raise ValueError("fine=True needs detail=True: two of the four final maps see words")
        if self.counted and not self.fine:
            raise ValueError("counted contexts need fine=True: their inputs stand behind those that it adds")

    def without(self, name: str) -> Model:
        """The same model without a context or selector, for ablations; "counted NAME" is a counted context."""
        contexts = tuple(each for each in self.contexts if each.name != name)
        counted = tuple(each for each in self.counted if f"counted {each.name}" != name)
        selectors = tuple(each for each in self.selectors if each.name != name)
        fewer = sum(map(len, (self.contexts, self.counted, self.selectors)))
        fewer -= sum(map(len, (contexts, counted, selectors)))
        if fewer != 1:
            raise ValueError(f"{fewer or 'no'} contexts or selectors are called {name!r}; expected one")
        return replace(self, contexts=contexts, counted=counted, selectors=selectors)

    def tables(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """The contexts as the kernel takes them, those with histories and then the counted: registers and masks
        (n, PARTS), salts (n,), known bits (n,).
        """
        hashed = (*self.contexts, *self.counted)
        shape = (len(hashed), PARTS)
        parts, masks = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
        for k, context in enumerate(hashed):
            for j, part in enumerate(context.parts):
                parts[k, j], masks[k, j] = part.register, part.mask
        salts = np.array([crc32(context.name.encode()) for context in hashed], dtype=np.int64)
        return parts, masks, salts, np.array(list(self._known_bits()), dtype=np.int64)

    def rows(self) -> tuple[NDArray[np.int64], int]:
        """The selectors as the kernel takes them, (n, 4), and how many rows of weights there are in all."""
        table, first = [], 0
        for selector in self.selectors:
            table.append((selector.register, first, selector.also, selector.size))
            first += selector.rows
        return np.array(table, dtype=np.int64), first

    def _known_bits(self) -> Iterator[int]:
        bit = 1
        for context in self.contexts:
            yield bit if context.known else 0
            bit <<= int(context.known)
