"""Rows of loops, and what is made of rows without keeping it: two-branched expressions, one more operator on a loop.

`loop_rows` runs `F` and `W` with every body of a bank of bodies. Those were told apart at sampled values of a, i and t,
where the same row means the same function with great probability only: two functions that differ elsewhere may be taken
for one, which costs completeness, never truth, because whatever is found is run over the whole data.

`branched` looks for a condition, the cheapest expression that is right wherever it holds, and the cheapest that is
right elsewhere. `extended` tries one more binary operator between a loop and each of the cheapest expressions.

Cost: 2 ns an instruction of a loop; 2 ns a comparison.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from codelength.predictors.programs import tokens as tk
from codelength.predictors.programs.bank import (
    BUDGET,
    COUNT,
    TESTED,
    Bank,
    Goal,
    Ints,
    Lets,
    View,
    hit,
    look,
    offer,
)
from codelength.predictors.programs.machine import FOLD_IN, FOLD_NEXT, WHILE_IN, WHILE_NEXT, combine, evaluate

_FOLD, _WHILE, _IF, _CONST, _I = tk.FOLD, tk.WHILE, tk.IF, tk.CONST, tk.ROUND
_ADD, _LT = tk.ADD, tk.LT
_ARITY = np.array(tk.ARITY, dtype=np.int64)


@njit(cache=True)
def instructions(bank: Bank, root: int, ops: NDArray[np.uint8], args: Ints, begin: int) -> int:
    """Write an expression's instructions from `begin` on; where they end. It binds no names."""
    pending = np.empty(ops.shape[0], dtype=np.int64)
    pending[0] = root
    left, at = 1, begin
    while left:
        left -= 1
        e = pending[left]
        ops[at] = bank.token[e]
        args[at] = bank.parts[e, 0] if bank.token[e] == _CONST else 0
        at += 1
        for child in range(_ARITY[bank.token[e]]):
            pending[left] = bank.parts[e, child]
            left += 1
    ops[begin:at] = ops[begin:at][::-1].copy()
    args[begin:at] = args[begin:at][::-1].copy()
    return at


@njit(cache=True, nogil=True)
def loop_rows(
    out: Bank,
    bodies: Bank,
    first: int,
    view: View,
    starts: Ints,
    start_bits: Ints,
    price: Ints,
    which: int,
    goal: Goal,
    lets: Lets,
) -> None:
    """Offer to `out` the rows of `F` and `W` with the bodies from `first` on from each start.

    `starts` (I, T) int64: values of a before the first round at each position of the view; `which` is noted.
    """
    ops = np.empty(160, dtype=np.uint8)
    args = np.zeros(160, dtype=np.int64)
    stack = np.empty(4 * 160 + 8, dtype=np.int64)
    size = view.positions.shape[0]
    row = np.empty(size, dtype=np.int64)
    for body in range(first, bodies.numbers[COUNT]):
        # The start is handed over as the outer a: "a FOLD_IN end body FOLD_NEXT begin".
        end = instructions(bodies, body, ops, args, 2)
        counts_up = np.any(ops[2:end] == _I)
        for kind in range(2):
            if bodies.named[body] == 0 and not (kind == 1 and counts_up):
                continue  # the last round is all that counts, or every round is the same
            token = _FOLD if kind == 0 else _WHILE
            ops[0], ops[1] = tk.BOUND, FOLD_IN if kind == 0 else WHILE_IN
            ops[end] = FOLD_NEXT if kind == 0 else WHILE_NEXT
            args[0], args[1], args[end] = 0, end + 1, 2
            for start in range(starts.shape[0]):
                for k in range(size):
                    t = view.positions[k]
                    row[k] = evaluate(
                        ops[: end + 1],
                        args[: end + 1],
                        t,
                        starts[start, k],
                        0,
                        view.history,
                        view.side,
                        view.width,
                        stack,
                    )
                bits = price[token] + start_bits[start] + bodies.bits[body]
                offer(out, goal, price, lets, row, bits, 0, token, start, body, which)
        if out.numbers[BUDGET] <= 0:
            return


@njit(cache=True, nogil=True)
def extended(
    bank: Bank, loops: Bank, view: View, goal: Goal, price: Ints, lets: Lets, first: int, cheapest: int
) -> None:
    """Test every loop from `first` on, and every loop joined by one operator with one of the cheapest expressions."""
    size = view.positions.shape[0]
    wanted = goal.wanted[0]
    for u in range(first, loops.numbers[COUNT]):
        row, parts, token = loops.rows[u], loops.parts[u], np.int64(loops.token[u])
        look(bank, goal, price, lets, row, loops.bits[u], token, parts[0], parts[1], parts[2])
        for e in range(min(cheapest, bank.numbers[COUNT])):
            other = bank.rows[e]
            for operator in range(_ADD, _LT + 1):
                for swapped in range(2):
                    k = 0
                    while k < size:
                        if swapped:
                            value = combine(operator, other[k], row[k], view.width)
                        else:
                            value = combine(operator, row[k], other[k], view.width)
                        if value % goal.modulus != wanted[k]:
                            break
                        k += 1
                    if k == size:
                        bits = loops.bits[u] + bank.bits[e] + price[operator]
                        hit(bank, bits, operator, token, parts[0], parts[1], parts[2], e, swapped)
            bank.numbers[TESTED] += 2 * (_LT + 1 - _ADD)


@njit(cache=True, nogil=True)
def branched(bank: Bank, goal: Goal, price: Ints, conditions: int, least: int) -> None:
    """Test `? c e f` for the cheapest conditions that hold at `least` positions and fail at as many."""
    size = bank.rows.shape[1]
    tried = 0
    for c in range(bank.numbers[COUNT]):
        holds = np.count_nonzero(bank.rows[c])
        if holds < least or size - holds < least:
            continue
        tried += 1
        if tried > conditions:
            return
        then, other = -1, -1
        for e in range(bank.numbers[COUNT]):
            ok_then, ok_else = then < 0, other < 0
            if not (ok_then or ok_else):
                break
            for k in range(size):
                if bank.rows[e, k] % goal.modulus != goal.wanted[0, k]:
                    if bank.rows[c, k] != 0:
                        ok_then = False
                    else:
                        ok_else = False
                    if not (ok_then or ok_else):
                        break
            if ok_then:
                then = e
            if ok_else:
                other = e
        bank.numbers[TESTED] += bank.numbers[COUNT]
        if then >= 0 and other >= 0:
            bits = price[_IF] + bank.bits[c] + bank.bits[then] + bank.bits[other]
            hit(bank, bits, -1, _IF, c, then, other, -1, 0)
