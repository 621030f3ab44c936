"""One exploration: all short programs that agree with the data on one window, in the order of their keys.

First the bodies of loops are enumerated and run, then expressions with the loops among them, level by level, then what
`loops` makes of both. What agrees on the window is returned; whether it agrees elsewhere is `search`'s to find out.
A window that noise has spared is enough.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.random import PCG64, Generator
from numpy.typing import NDArray

from codelength.predictors.programs import tokens as tk
from codelength.predictors.programs.bank import (
    BUDGET,
    COUNT,
    N_HITS,
    TESTED,
    Bank,
    Goal,
    Ints,
    Lets,
    View,
    empty,
    offer,
    row_hash,
)
from codelength.predictors.programs.growth import grow
from codelength.predictors.programs.loops import branched, extended, instructions, loop_rows
from codelength.predictors.programs.machine import assemble, evaluate, shape
from codelength.predictors.programs.rebuild import PROPOSED, STARTS, Maker, tree
from codelength.predictors.programs.syntax import Expression, expression_bits

_LEVELS = 90
_SAMPLES = 28
_NO_GOAL = Goal(np.empty((0, 0), dtype=np.int64), np.empty(0, np.int64), np.empty(0, dtype=np.uint64), 1)
_NO_LETS = Lets(
    np.empty((0, 1), dtype=np.uint8), np.empty((0, 1), dtype=np.int64), *(np.empty(0, np.int64) for _ in range(3))
)
_ACCESS = (tk.Y, tk.H, tk.X)


@dataclass(frozen=True, slots=True)
class Task:
    """Where to look and how hard.

    Parameters
    ----------
    begin, size
        The window: positions begin, ..., begin + size - 1.
    width, modulus, low
        As in a program's header.
    effort
        From 0. Expressions kept: 2**(11 + 2 effort), at most 2**19; tested: 2**(16 + 2 effort); bodies:
        2**(7 + 2 effort).
    levin
        Whether loops are charged the logarithm of their time.
    rows
        Cells of a row, as in a program's header; the window lies behind the first row.
    """

    begin: int
    size: int
    width: int
    modulus: int
    low: int
    effort: int
    levin: bool = True
    rows: int = 0

    @property
    def place(self) -> int:
        """Where the expressions stand that are looked for."""
        return tk.ROWS if self.rows else tk.FREE


@dataclass(frozen=True, slots=True)
class Explored:
    """Expressions that agree with the window, the cheapest first; how many were tested; the last level that is
    whole as to leaves and operators of one and two operands.
    """

    expressions: list[Expression]
    tested: int
    level: int


def explore(
    task: Task, data: NDArray[np.uint8], side: NDArray[np.uint8], proposals: list[Expression], conditional: bool
) -> Explored:
    """Every expression of the effort's range that says `data` on the window."""
    view = View(np.arange(task.begin, task.begin + task.size, dtype=np.int64), data, side, task.width)
    price = np.array(tk.lengths(task.place, conditional), dtype=np.int64)
    most = 1 << (7 + 2 * task.effort)
    bodies = [_bodies(view, task.place + tk.LOOPING, conditional, closed, most) for closed in (False, True)]
    named = _bodies(view, task.place + tk.NAMED, conditional, True, 500 << task.effort)
    lets, let_bodies = _lets(named, 50 << task.effort)
    goal = _goal(task, data, lets)
    starts, start_bits = _starts(view, conditional, task.place)
    loops = empty(min(8 * most, 1 << 18), task.size, 1, 1 << 60)
    for which, bank in enumerate(bodies):
        loop_rows(loops, bank, 0, view, starts, start_bits, price, which, _NO_GOAL, _NO_LETS)
    kept = min(1 << (11 + 2 * task.effort), 1 << 19)
    bank = empty(kept, task.size, _LEVELS, 1 << (16 + 2 * task.effort))
    level = _levels(bank, view, goal, price, lets, loops, proposals, task)
    branched(bank, goal, price, 200 << task.effort, min(4, task.size // 4))
    extended(bank, loops, view, goal, price, lets, 0, 8 << task.effort)
    maker = Maker(bank, loops, bodies, let_bodies, proposals)
    hits = bank.hits[: bank.numbers[N_HITS]]
    found = [maker.found(hit) for hit in hits[np.argsort(hits[:, 0], kind="stable")]]
    return Explored(found, int(bank.numbers[TESTED]), level)


@lru_cache(maxsize=1)
def compile_kernels() -> None:
    """Load or compile what exploring needs, by one small exploration: not part of anyone's time."""
    for conditional in (False, True):
        explore(Task(2, 8, 64, 256, 0, 0), np.arange(10, dtype=np.uint8), np.zeros(2, np.uint8), [(1,)], conditional)


def _goal(task: Task, data: NDArray[np.uint8], lets: Lets) -> Goal:
    """What is wanted on the window, and what a body that is a bijection of bytes makes of it."""
    target = (data[task.begin : task.begin + task.size].astype(np.int64) - task.low) % task.modulus
    wanted, bodies = [target], [-1]
    if task.width == 8 and task.modulus == 256:
        for g in range(lets.size.size):
            inverse = _inverse(lets.ops[g, : lets.size[g]], lets.args[g, : lets.size[g]])
            if (inverse >= 0).all():
                wanted.append(inverse[target])
                bodies.append(g)
    rows = np.stack(wanted)
    hashes = np.array([row_hash(row) for row in rows], dtype=np.uint64)
    return Goal(rows, np.array(bodies, dtype=np.int64), hashes, task.modulus)


def _inverse(ops: NDArray[np.uint8], args: Ints) -> Ints:
    """Which byte a body maps to each byte, (256,); -1 where there is none."""
    inverse = np.full(256, -1, dtype=np.int64)
    nothing = np.empty(0, dtype=np.uint8)
    stack = np.empty(4 * ops.size + 8, dtype=np.int64)
    for byte in range(-128, 128):
        inverse[evaluate(ops, args, 0, np.int64(byte), 0, nothing, nothing, 8, stack) % 256] = byte % 256
    return inverse


def _levels(
    bank: Bank, view: View, goal: Goal, price: Ints, lets: Lets, loops: Bank, proposals: list[Expression], task: Task
) -> int:
    """Grow level by level until the budget is spent; the last level that is whole."""
    slow = math.ceil(math.log2(max(2, int(view.positions.mean())))) if task.levin else 0
    shaped = shape(task.rows, task.modulus, task.low)
    leaves = [(tk.T, view.positions), (tk.P, _before(view))]
    if task.rows:
        leaves += [(token, _evaluated((token,), view, shaped)) for token in (tk.LEFT, tk.UP, tk.RIGHT, tk.NEAR)]
    pending: dict[int, list[int]] = {}
    for u in range(int(loops.numbers[COUNT])):
        pending.setdefault(int(loops.bits[u]) + slow, []).append(u)
    whole = _LEVELS - 1
    for level in range(_LEVELS):
        bank.level[level] = bank.numbers[COUNT]
        for token, row in leaves:
            if price[token] == level:
                offer(bank, goal, price, lets, _words(row, view.width), level, 0, token, 0, 0, 0)
        if level == 10:
            _propose(bank, view, goal, price, lets, proposals, task.place)
        for u in pending.get(level, ()):
            parts = loops.parts[u]
            offer(
                bank, goal, price, lets, loops.rows[u], loops.bits[u], 0, loops.token[u], parts[0], parts[1], parts[2]
            )
        grow(bank, view, goal, price, lets, level, 1 << 16)
        bank.level[level + 1] = bank.numbers[COUNT]
        if bank.numbers[BUDGET] <= 0 or bank.numbers[COUNT] == bank.rows.shape[0]:
            # What is not kept is not built upon: from here on some expressions are missing.
            whole = min(whole, level - 1)
        if bank.numbers[BUDGET] <= 0:
            break
    return whole


def _propose(
    bank: Bank, view: View, goal: Goal, price: Ints, lets: Lets, proposals: list[Expression], place: int
) -> None:
    for k, expression in enumerate(proposals):
        row = _evaluated(expression, view)
        bits = expression_bits(expression, bool(price[tk.X]), place)
        offer(bank, goal, price, lets, row, bits, 0, PROPOSED, k, 0, 0)


def _evaluated(expression: Expression, view: View, shaped: int = 0) -> Ints:
    ops, args = assemble(expression, shaped)
    stack = np.empty(4 * ops.size + 8, dtype=np.int64)
    values = [
        evaluate(ops, args, int(t), np.int64(0), 0, view.history, view.side, view.width, stack) for t in view.positions
    ]
    return np.array(values, dtype=np.int64)


def _before(view: View) -> Ints:
    """y[t-1] on the window."""
    before = view.history[np.maximum(view.positions - 1, 0)].astype(np.int64)
    before[view.positions == 0] = 0
    return before


def _words(row: Ints, width: int) -> Ints:
    if width == 64:
        return row
    half = 1 << (width - 1)
    return ((row + half) & (2 * half - 1)) - half


def _bodies(view: View, place: int, conditional: bool, closed: bool, most: int) -> Bank:
    """Bodies, told apart at sampled t, i < t and a. `closed`: of nothing but a and constants."""
    random = Generator(PCG64(1))
    t = random.choice(view.positions, _SAMPLES)
    i = (random.random(_SAMPLES) * t).astype(np.int64)
    a = np.where(
        np.arange(_SAMPLES) % 4 == 0,
        random.integers(-(1 << 62), 1 << 62, _SAMPLES),
        np.where(np.arange(_SAMPLES) % 2 == 0, random.integers(-3, 300, _SAMPLES), t - i),
    )
    sampled = View(t, view.history, view.side, view.width)
    price = np.array(tk.lengths(place, conditional), dtype=np.int64)
    price[[tk.LET, tk.FOLD, tk.WHILE]] = 0
    leaves = {tk.BOUND: a} if closed else {tk.BOUND: a, tk.ROUND: i, tk.T: t, tk.P: _before(sampled)}
    if closed:
        price[list(_ACCESS)] = 0
    bank = empty(most, _SAMPLES, 48, 64 * most)
    for level in range(48):
        bank.level[level] = bank.numbers[COUNT]
        for token, row in leaves.items():
            if price[token] == level:
                words = _words(row, view.width)
                offer(bank, _NO_GOAL, price, _NO_LETS, words, level, int(token == tk.BOUND), token, 0, 0, 0)
        grow(bank, sampled, _NO_GOAL, price, _NO_LETS, level, 64)
        bank.level[level + 1] = bank.numbers[COUNT]
        if bank.numbers[BUDGET] <= 0 or bank.numbers[COUNT] == most:
            break
    return bank


def _lets(bodies: Bank, most: int) -> tuple[Lets, list[Expression]]:
    """The cheapest bodies in which a stands twice at least: with one a, `L` says nothing that a plain tree does not."""
    chosen = [e for e in range(int(bodies.numbers[COUNT])) if bodies.named[e] >= 2][:most]
    ops = np.zeros((len(chosen), 40), dtype=np.uint8)
    args = np.zeros((len(chosen), 40), dtype=np.int64)
    size = np.array([instructions(bodies, e, ops[g], args[g], 0) for g, e in enumerate(chosen)], dtype=np.int64)
    key = np.array([3 + (g + 1).bit_length() for g in range(len(chosen))], dtype=np.int64)
    return Lets(ops, args, size, bodies.bits[chosen], key), [tree(bodies, e) for e in chosen]


def _starts(view: View, conditional: bool, place: int) -> tuple[Ints, Ints]:
    rows = np.stack([_evaluated(expression, view) for expression in STARTS])
    return rows, np.array([expression_bits(each, conditional, place) for each in STARTS], dtype=np.int64)
