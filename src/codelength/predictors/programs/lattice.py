"""Cellular automata: how long the rows are that data stand in, and which rule makes a column from one cell.

`row_lengths`: for every length w the cells l, u, r above each position are taken as context, the row above closed to a
ring. With few symbols a length is worth what the context saves by Krichevsky and Trofimov's estimator (1981):

    saved(w) = min over one cell of sum_c [KT bits of the y behind c] - sum_lur [KT bits of the y behind l u r]

What one cell tells alone, a formula can say without rows. With many symbols a length is worth the share of positions
at which one operator joins two of the three to y, less that at which one of them or the commonest symbol is y.

`columns`: all 256 rules on two states (Wolfram 1983) run from a few first rows, and every cell near the first ones is
compared with the data's beginning. The cheapest expression of each rule comes from the same enumeration as all others.

Cost: about 50 us a length; 60 ms for all rules from one first row.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from codelength.predictors.programs import tokens as tk
from codelength.predictors.programs.bank import COUNT, Goal, Lets, View, empty, offer
from codelength.predictors.programs.growth import grow
from codelength.predictors.programs.hidden import Cells
from codelength.predictors.programs.judge import foremost
from codelength.predictors.programs.rebuild import tree
from codelength.predictors.programs.syntax import Expression

Bytes = NDArray[np.uint8]

_HEAD = 4096
"""Symbols that are looked at."""
_LONGEST = 512
"""The longest row that is tried: the others are in the language, not in the search."""
_FEW = 6
"""With so many symbols at most the contexts are counted."""
_LEAST_SAVED = 24.0
_LEAST_SHARE = 0.3
_ROWS = 64
"""Rows of an automaton that are compared."""
_MOST = 8
"""Automata that are run over more than that."""
_LEAST_EQUAL = 52
"""Of those, by chance in one of millions of columns; one symbol in six may be noise."""


def row_lengths(symbols: Bytes) -> list[int]:
    """The lengths of row, at most two, at which the cells above say most about a cell."""
    y = symbols[:_HEAD].astype(np.int64)
    values = np.unique(y)
    if values.size < 2:
        return []
    lengths = range(2, min(_LONGEST, y.size // 3) + 1)
    if values.size <= _FEW:
        states = np.searchsorted(values, y)
        worth = [_saved(states, w, values.size) - _LEAST_SAVED for w in lengths]
    else:
        worth = [_joined(y, w) - _LEAST_SHARE for w in lengths]
    best = np.argsort([-each for each in worth], kind="stable")[:2]
    return [int(lengths[k]) for k in best if worth[k] > 0]


def _above(y: NDArray[np.int64], w: int) -> tuple[NDArray[np.int64], ...]:
    """Left above, above and right above of positions w, w + 1, ..., each (n - w,)."""
    t = np.arange(w, y.size)
    begin = t - t % w - w
    return tuple(y[begin + (t + step) % w] for step in (-1, 0, 1))


def _saved(states: NDArray[np.int64], w: int, k: int) -> float:
    left, up, right = _above(states, w)
    counts = np.bincount(((left * k + up) * k + right) * k + states[w:], minlength=k**4).reshape(k, k, k, k)
    alone = [counts.sum(axis=axes) for axes in ((1, 2), (0, 2), (0, 1))]
    return min(map(_bits_behind, alone)) - _bits_behind(counts.reshape(-1, k))


def _bits_behind(counts: NDArray[np.int64]) -> float:
    """Codelength of symbols that occur so often behind each context, (contexts, k)."""
    return sum(_kt_bits(each) for each in counts if each.any())


def _kt_bits(counts: NDArray[np.int64]) -> float:
    """Codelength of symbols that occur so often, in any order."""
    k, n = counts.size, int(counts.sum())
    ways = sum(math.lgamma(count + 0.5) for count in counts.tolist()) - k * math.lgamma(0.5)
    return (math.lgamma(n + 0.5 * k) - math.lgamma(0.5 * k) - ways) / math.log(2)


def _joined(y: NDArray[np.int64], w: int) -> float:
    """The greatest share of positions at which a sum, difference or exclusive or of two or three cells is right, less
    that at which one cell or the commonest symbol is.
    """
    left, up, right = _above(y, w)
    alone = [float(np.bincount(y[w:]).max()) / (y.size - w), *(float(np.mean(y[w:] == k)) for k in (left, up, right))]
    said = [left + up + right, left ^ up ^ right]
    for a, b in ((left, up), (left, right), (up, right)):
        said += [a + b, a - b, b - a, a ^ b]
    return max(float(np.mean((each - y[w:]) % 256 == 0)) for each in said) - max(alone)


def columns(symbols: Bytes, side: bool, starts: range) -> list[Cells]:
    """Automata on two states of which a cell is the data's beginning, at most two."""
    low = int(symbols.min())
    if symbols.size < _LEAST_EQUAL or int(symbols.max()) != low + 1:
        return []
    head = symbols[:_ROWS] - low
    found: list[tuple[int, int, Cells]] = []
    for start in starts:
        equal, first = _compared(head, start)
        for rule, at in np.argwhere(equal >= _LEAST_EQUAL * head.size / _ROWS):
            program = Cells(rules()[int(rule)], start, int(at) - first, 2, low, side)
            found.append((-int(equal[rule, at]), program.bits, program))
    return foremost([program for *_, program in sorted(found, key=lambda each: each[:2])[:_MOST]], symbols)


def _compared(head: Bytes, start: int) -> tuple[NDArray[np.int64], int]:
    """At how many positions each cell of each rule is right, (256, places), and which place is number 0."""
    digits = [int(digit) for digit in f"{start:b}"]
    size = 2 * head.size + len(digits) + 2
    first = head.size + len(digits)
    row = np.zeros((256, size), dtype=np.uint8)
    row[:, first - len(digits) + 1 : first + 1] = digits
    tables = (np.arange(256)[:, None] >> np.arange(8) & 1).astype(np.uint8)
    equal = np.zeros((256, size), dtype=np.int64)
    for symbol in head:
        equal += row == symbol
        near = 4 * np.roll(row, 1, axis=1) + 2 * row + np.roll(row, -1, axis=1)
        row = np.take_along_axis(tables, near.astype(np.intp), axis=1)
    return equal[:, head.size // 2 : -(head.size // 2)], first - head.size // 2


@lru_cache(maxsize=1)
def rules() -> tuple[Expression, ...]:
    """The cheapest expression of each of the 256 rules on two states that was enumerated; at worst `>> R n`."""
    near = np.arange(8, dtype=np.int64)
    nothing = np.empty(0, dtype=np.uint8)
    view = View(near, nothing, nothing, 64)
    goal = Goal(np.empty((0, 0), dtype=np.int64), np.empty(0, np.int64), np.empty(0, dtype=np.uint64), 1)
    none = np.empty(0, np.int64)
    lets = Lets(np.empty((0, 1), dtype=np.uint8), np.empty((0, 1), dtype=np.int64), none, none, none)
    price = np.array(tk.lengths(tk.CELL, False), dtype=np.int64)
    price[tk.LET] = 0
    leaves = {tk.LEFT: near >> 2, tk.UP: near >> 1 & 1, tk.RIGHT: near & 1, tk.NEAR: near}
    levels = 27
    bank = empty(1 << 13, 8, levels, 1 << 17)
    for level in range(levels):
        bank.level[level] = bank.numbers[COUNT]
        for token, row in leaves.items():
            if price[token] == level:
                offer(bank, goal, price, lets, row, level, 0, token, 0, 0, 0)
        grow(bank, view, goal, price, lets, level, 256)
        bank.level[level + 1] = bank.numbers[COUNT]
    cheapest: list[Expression] = [(tk.SHR, tk.FIRST_CONSTANT + rule, tk.NEAR) for rule in range(256)]
    seen = set()
    tables = bank.rows[: bank.numbers[COUNT]] % 2 @ (1 << near)
    for e in np.argsort(bank.bits[: bank.numbers[COUNT]], kind="stable"):
        if (rule := int(tables[e])) not in seen:
            seen.add(rule)
            cheapest[rule] = tree(bank, int(e))
    return tuple(cheapest)
