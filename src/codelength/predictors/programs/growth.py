"""All expressions in the order of their price: the enumeration.

Level by level, `grow` makes every expression of that key out of those of smaller keys:

    key = bits                                  exhaustive order
    key = bits + log2(time)                     Levin's order (1973): what loops is charged the logarithm of its rounds

Cost: about 0.5 us an expression.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from codelength.predictors.programs import tokens as tk
from codelength.predictors.programs.bank import BUDGET, Bank, Goal, Ints, Lets, View, offer
from codelength.predictors.programs.machine import access, combine, evaluate, wrapped

_Y, _NOT, _ADD, _LT, _LET, _CONST = tk.Y, tk.NOT, tk.ADD, tk.LT, tk.LET, tk.CONST
_COMMUTATIVE = (tk.ADD, tk.MUL, tk.AND, tk.OR, tk.XOR, tk.EQ)


@njit(cache=True)
def _constants(bank: Bank, goal: Goal, price: Ints, lets: Lets, level: int, width: int, limit: int, row: Ints) -> None:
    size = 1
    while price[_CONST] + 2 * size - 1 < level:
        size += 1
    if price[_CONST] == 0 or price[_CONST] + 2 * size - 1 != level:
        return
    for k in range((1 << (size - 1)) - 1, min((1 << size) - 1, limit)):
        row[:] = wrapped(np.int64(k), width)
        offer(bank, goal, price, lets, row, level, 0, _CONST, k, 0, 0)


@njit(cache=True, nogil=True)
def grow(bank: Bank, view: View, goal: Goal, price: Ints, lets: Lets, level: int, constants: int) -> None:
    """Make every expression of this key out of those of smaller ones.

    `price` (25,): bits of each token, 0 where it may not stand. Constants below `constants` only. The leaves other than
    constants are the caller's to offer before.
    """
    size = view.positions.shape[0]
    row = np.empty(size, dtype=np.int64)
    width = view.width
    _constants(bank, goal, price, lets, level, width, constants, row)
    for token in range(_Y, _NOT + 1):
        inner = level - price[token]
        if price[token] == 0 or inner < 0:
            continue
        for e in range(bank.level[inner], bank.level[inner + 1]):
            for k in range(size):
                value = bank.rows[e, k]
                if token == _NOT:
                    row[k] = ~value
                else:
                    row[k] = access(token, value, view.positions[k], view.history, view.side, width)
            bits = price[token] + bank.bits[e]
            offer(bank, goal, price, lets, row, bits, bank.named[e], token, e, 0, 0)
            if bank.numbers[BUDGET] <= 0:
                return
    if price[_LET]:
        _grow_lets(bank, view, goal, price, lets, level, row)
    for token in range(_ADD, _LT + 1):
        _grow_binary(bank, view, goal, price, lets, level, token, row)
        if bank.numbers[BUDGET] <= 0:
            return


@njit(cache=True)
def _grow_lets(bank: Bank, view: View, goal: Goal, price: Ints, lets: Lets, level: int, row: Ints) -> None:
    stack = np.empty(4 * lets.ops.shape[1] + 8, dtype=np.int64)
    for g in range(lets.size.shape[0]):
        inner = level - lets.key[g]
        if inner < 0:
            continue
        ops, args = lets.ops[g, : lets.size[g]], lets.args[g, : lets.size[g]]
        for e in range(bank.level[inner], bank.level[inner + 1]):
            if bank.token[e] == _CONST:
                continue
            for k in range(row.shape[0]):
                row[k] = evaluate(ops, args, 0, bank.rows[e, k], 0, view.history, view.side, view.width, stack)
            bits = price[_LET] + lets.bits[g] + bank.bits[e]
            offer(bank, goal, price, lets, row, bits, 0, _LET, e, g, 0)
            if bank.numbers[BUDGET] <= 0:
                return


@njit(cache=True)
def _grow_binary(
    bank: Bank, view: View, goal: Goal, price: Ints, lets: Lets, level: int, token: int, row: Ints
) -> None:
    rest = level - price[token]
    if price[token] == 0:
        return
    commutes = token in _COMMUTATIVE
    for left in range(rest + 1):
        right = rest - left
        if commutes and left > right:
            break
        for e in range(bank.level[left], bank.level[left + 1]):
            for f in range(bank.level[right], bank.level[right + 1]):
                if commutes and left == right and f < e:
                    continue
                for k in range(row.shape[0]):
                    row[k] = combine(token, bank.rows[e, k], bank.rows[f, k], view.width)
                named = bank.named[e] + bank.named[f]
                bits = price[token] + bank.bits[e] + bank.bits[f]
                offer(bank, goal, price, lets, row, bits, named, token, e, f, 0)
                if bank.numbers[BUDGET] <= 0:
                    return
