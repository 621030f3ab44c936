"""Hidden states, compiled: the word and the row of cells of `hidden`, which make one symbol after the other.

The cells are a window of the endless row. Left and right of the live cells, those that the first row can have reached,
every cell is alike, the background, and follows the rule too; so the window is the live cells and a margin.
Cost: 2 ns an instruction; a word one evaluation a symbol, the cells 2 t at symbol t.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numba import njit
from numpy.typing import NDArray

from codelength.predictors.programs.hidden import Cells, Word
from codelength.predictors.programs.machine import Bytes, assemble, evaluate, shape, symbol

Ints = NDArray[np.int64]

_MARGIN = 4
"""Cells of background that a step reads on either side of the live ones, and one more."""


class State(Protocol):
    """What makes symbols in turn."""

    def more(self, n: int) -> Bytes:
        """The next n symbols."""
        ...


class WordState:
    """A word that becomes another word for every symbol."""

    def __init__(self, program: Word, side: bytes) -> None:
        self._step, self._says = assemble(program.step), assemble(program.says)
        self._header = np.array([program.width, program.modulus, program.low], dtype=np.int64)
        self._side = np.frombuffer(side, dtype=np.uint8)
        half = 1 << (program.width - 1)
        self._word, self._t = (program.start + half) % (2 * half) - half, 0

    def more(self, n: int) -> Bytes:
        """The next n symbols."""
        out = np.empty(n, dtype=np.uint8)
        word = np.int64(self._word)
        self._word = int(_words(*self._step, *self._says, self._header, self._side, word, self._t, out))
        self._t += n
        return out


@njit(cache=True)
def _words(
    step: Bytes,
    step_args: Ints,
    says: Bytes,
    says_args: Ints,
    header: Ints,
    side: Bytes,
    word: np.int64,
    begin: int,
    out: Bytes,
) -> np.int64:
    """Symbols from position `begin` on, where the word is `word`; the word behind them."""
    width, history = header[0], np.empty(0, dtype=np.uint8)
    stack = np.empty(4 * (step.shape[0] + says.shape[0]) + 8, dtype=np.int64)
    for k in range(out.shape[0]):
        value = evaluate(says, says_args, begin + k, word, 0, history, side, width, stack)
        out[k] = np.uint8(symbol(value, header[1], header[2]))
        word = evaluate(step, step_args, begin + k, word, 0, history, side, width, stack)
    return word


class CellsState:
    """A row of cells that becomes the next row for every symbol."""

    def __init__(self, program: Cells) -> None:
        self._program = program
        digits, rest = [0], program.start
        while rest and program.modulus > 1:
            digits.append(rest % program.modulus)
            rest //= program.modulus
        self._live = np.array(digits[:0:-1] or [0], dtype=np.uint8)
        self._background = 0
        self._t = 0

    def more(self, n: int) -> Bytes:
        """The next n symbols."""
        program, live = self._program, self._live
        # Place 0 is the last cell of the first row; the live cells grow by one to either side with every row.
        row = np.full(live.size + 2 * (n + _MARGIN), self._background, dtype=np.uint8)
        first = n + _MARGIN
        row[first : first + live.size] = live
        code = assemble(program.rule, shape(row.size, program.modulus, 0))
        seen = first + live.size - 1 - self._t + program.column
        out = np.empty(n, dtype=np.uint8)
        self._background = int(_rows(*code, program.modulus, row, first, first + live.size - 1, seen, out))
        out += np.uint8(program.low)
        self._live = row[_MARGIN:-_MARGIN].copy()
        self._t += n
        return out


@njit(cache=True)
def _rows(ops: Bytes, args: Ints, modulus: int, row: Bytes, first: int, last: int, seen: int, out: Bytes) -> np.int64:
    """The cell at `seen` of this row and the following ones; `row` becomes the row behind them; its background."""
    size = row.shape[0]
    side = np.empty(0, dtype=np.uint8)
    stack = np.empty(4 * ops.shape[0] + 8, dtype=np.int64)
    after = row.copy()
    background = np.int64(row[first - 2])
    for k in range(out.shape[0]):
        out[k] = row[seen] if seen >= first and seen <= last else np.uint8(background)
        first -= 1
        last += 1
        for x in range(first - 1, last + 1):
            value = evaluate(ops, args, size + x, np.int64(0), 0, row, side, 64, stack)
            after[x] = np.uint8(symbol(value, modulus, 0))
        background = np.int64(after[first - 1])
        row[first : last + 1] = after[first : last + 1]
        for x in range(_MARGIN):
            if first - 1 - x >= 0:
                row[first - 1 - x] = np.uint8(background)
            if last + 1 + x < size:
                row[last + 1 + x] = np.uint8(background)
    return background
