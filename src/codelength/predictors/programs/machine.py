"""The language compiled: an expression as a row of instructions for a stack machine, run by Numba for w <= 64.

Operands come first; a body is followed by an instruction that goes back to its beginning or leaves it:

    e  LET_IN  b  LET_OUT          e  FOLD_IN end  b  FOLD_NEXT begin          e  WHILE_IN end  b  WHILE_NEXT begin

Cost: about 2 ns an instruction. `reference` says the same in plain Python, and the two must agree.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from codelength.predictors.programs import tokens as tk

Bytes = NDArray[np.uint8]

LET_IN, LET_OUT, FOLD_IN, FOLD_NEXT, WHILE_IN, WHILE_NEXT = range(32, 38)

_T, _P, _Y, _H, _X, _NOT, _IF = tk.T, tk.P, tk.Y, tk.H, tk.X, tk.NOT, tk.IF
_ADD, _SUB, _MUL, _DIV, _MOD, _AND, _OR, _XOR = tk.ADD, tk.SUB, tk.MUL, tk.DIV, tk.MOD, tk.AND, tk.OR, tk.XOR
_SHL, _SHR, _EQ, _A, _I, _CONST = tk.SHL, tk.SHR, tk.EQ, tk.BOUND, tk.ROUND, tk.CONST
_LEFT, _UP, _RIGHT, _NEAR = tk.LEFT, tk.UP, tk.RIGHT, tk.NEAR
_MOST = tk.MOST_ROUNDS


class Code(NamedTuple):
    """Instructions: `ops` (n,) uint8 and `args` (n,) int64, a constant, where to go, or `shape` of the rows."""

    ops: Bytes
    args: NDArray[np.int64]


def assemble(expression: tuple[int, ...], shaped: int = 0) -> Code:
    """The instructions of an expression; `shaped` is the `shape` of its rows."""
    ops: list[int] = []
    args: list[int] = []
    _emit(expression, 0, ops, args)
    code = Code(np.array(ops, dtype=np.uint8), np.array(args, dtype=np.int64))
    code.args[(code.ops >= tk.LEFT) & (code.ops <= tk.NEAR)] = shaped
    return code


def shape(rows: int, modulus: int, low: int) -> int:
    """Cells of a row, and how a symbol is a cell, as the one number that `l u r n` carry."""
    return rows | modulus << 24 | low << 33


def _emit(expression: tuple[int, ...], at: int, ops: list[int], args: list[int]) -> int:
    token = expression[at]
    at += 1
    if token >= tk.FIRST_CONSTANT:
        ops.append(tk.CONST)
        args.append(token - tk.FIRST_CONSTANT)
        return at
    if token in (tk.LET, tk.FOLD, tk.WHILE):
        enter = {tk.LET: LET_IN, tk.FOLD: FOLD_IN, tk.WHILE: WHILE_IN}[token]
        at = _emit(expression, at, ops, args)
        ops.append(enter)
        args.append(0)
        begin = len(ops)
        at = _emit(expression, at, ops, args)
        ops.append(enter + 1)
        args.append(begin)
        args[begin - 1] = len(ops)
        return at
    for _ in range(tk.ARITY[token]):
        at = _emit(expression, at, ops, args)
    ops.append(token)
    args.append(0)
    return at


@njit(cache=True)
def wrapped(value: np.int64, width: int) -> np.int64:
    """A value as a signed word of `width` bits."""
    if width == 64:
        return value
    half = np.int64(1) << np.int64(width - 1)
    return ((value + half) & (2 * half - 1)) - half


@njit(cache=True)
def combine(token: int, e: np.int64, f: np.int64, width: int) -> np.int64:
    """A binary operator."""
    if token == _ADD:
        return wrapped(e + f, width)
    if token == _SUB:
        return wrapped(e - f, width)
    if token == _MUL:
        return wrapped(e * f, width)
    if token == _AND:
        return e & f
    if token == _OR:
        return e | f
    if token == _XOR:
        return e ^ f
    if token in (_DIV, _MOD):
        if f == 0:
            return np.int64(0) if token == _DIV else e
        if f == -1:  # the one quotient that a processor refuses: the smallest number's
            return wrapped(-e, width) if token == _DIV else np.int64(0)
        return e // f if token == _DIV else e % f
    if token in (_SHL, _SHR):
        if f < 0 or f >= width:
            return np.int64(0)
        if token == _SHL:
            return wrapped(e << f, width)
        word = np.uint64(e)
        if width < 64:
            word = word & np.uint64((np.int64(1) << np.int64(width)) - 1)
        return wrapped(np.int64(word >> np.uint64(f)), width)
    if token == _EQ:
        return np.int64(1) if e == f else np.int64(0)
    return np.int64(1) if e < f else np.int64(0)


@njit(cache=True)
def access(token: int, at: np.int64, t: int, history: Bytes, side: Bytes, width: int) -> np.int64:
    """`Y`, `H` or `X` at an index."""
    if token == _Y:
        if at < 1 or at > t:
            return np.int64(0)
        return wrapped(np.int64(history[t - at]), width)
    if token == _H:
        if at < 0 or at >= t:
            return np.int64(0)
        return wrapped(np.int64(history[at]), width)
    n = side.shape[0]
    if at < -n or at >= n:
        return np.int64(0)
    return wrapped(np.int64(side[at + n if at < 0 else at]), width)


@njit(cache=True)
def neighbour(token: int, shaped: np.int64, t: int, history: Bytes) -> np.int64:
    """`l`, `u`, `r` or `n`: cells of the row above, as numbers 0 ... modulus - 1."""
    rows, modulus, low = shaped & 0xFFFFFF, (shaped >> 24) & 0x1FF, shaped >> 33
    if t < rows:
        return np.int64(0)
    at = t % rows
    left = (np.int64(history[t - 1 if at == 0 else t - rows - 1]) - low) % modulus
    up = (np.int64(history[t - rows]) - low) % modulus
    right = (np.int64(history[t - rows + 1 if at < rows - 1 else t - 2 * rows + 1]) - low) % modulus
    if token == _LEFT:
        return left
    if token == _UP:
        return up
    return right if token == _RIGHT else (left * modulus + up) * modulus + right


@njit(cache=True)
def evaluate(
    ops: Bytes,
    args: NDArray[np.int64],
    t: int,
    a: np.int64,
    i: int,
    history: Bytes,
    side: Bytes,
    width: int,
    stack: NDArray[np.int64],
) -> np.int64:
    """The value at position t with `a` and `i` bound; `stack` (>= 4 n,) is scratch. Reads history[:t] only."""
    n = ops.shape[0]
    top = 0  # values grow from the beginning of the stack, frames (a, i) from its end
    frame = stack.shape[0]
    rounds = min(t, _MOST)
    at = 0
    while at < n:
        op = ops[at]
        at += 1
        if op == _CONST:
            stack[top] = wrapped(args[at - 1], width)
            top += 1
        elif op == _T:
            stack[top] = wrapped(np.int64(t), width)
            top += 1
        elif op == _P:
            stack[top] = wrapped(np.int64(history[t - 1]), width) if t > 0 else 0
            top += 1
        elif op == _A:
            stack[top] = a
            top += 1
        elif op == _I:
            stack[top] = wrapped(np.int64(i), width)
            top += 1
        elif op >= _LEFT and op <= _NEAR:
            stack[top] = wrapped(neighbour(op, args[at - 1], t, history), width)
            top += 1
        elif op <= _X:
            stack[top - 1] = access(op, stack[top - 1], t, history, side, width)
        elif op == _NOT:
            stack[top - 1] = ~stack[top - 1]
        elif op < _IF:
            top -= 1
            stack[top - 1] = combine(op, stack[top - 1], stack[top], width)
        elif op == _IF:
            top -= 2
            stack[top - 1] = stack[top] if stack[top - 1] != 0 else stack[top + 1]
        else:
            at, top, frame, a, i = _bind(op, args[at - 1], at, top, frame, a, i, rounds, width, stack)
    return stack[0]


@njit(cache=True)
def _bind(
    op: int,
    target: np.int64,
    at: int,
    top: int,
    frame: int,
    a: np.int64,
    i: int,
    rounds: int,
    width: int,
    stack: NDArray[np.int64],
) -> tuple[int, int, int, np.int64, int]:
    """Enter a body, go round it again, or leave it: the new (at, top, frame, a, i)."""
    value = stack[top - 1]
    entering = op in (LET_IN, FOLD_IN, WHILE_IN)
    if entering:
        frame -= 2
        stack[frame], stack[frame + 1] = a, i
        a = value
        if op == LET_IN:
            return at, top - 1, frame, a, i
        i = 0
    elif op != LET_OUT:
        a = value
        i += 1
    if op != LET_OUT:
        again = i < rounds and (op in (FOLD_IN, FOLD_NEXT) or a > 0)
        if again:
            return (at if entering else int(target)), top - 1, frame, a, i
        value = a if op in (FOLD_IN, FOLD_NEXT) else wrapped(np.int64(i), width)
        if entering:
            at = int(target)
    stack[top - 1] = value
    return at, top, frame + 2, stack[frame], int(stack[frame + 1])


@njit(cache=True)
def symbol(value: np.int64, modulus: int, low: int) -> np.int64:
    """The symbol that a value says."""
    return low + value % modulus


@njit(cache=True)
def say(
    ops: Bytes,
    args: NDArray[np.int64],
    header: NDArray[np.int64],
    data: Bytes,
    side: Bytes,
    begin: int,
    history: Bytes,
    said: Bytes,
) -> None:
    """What the program says at positions begin, begin + 1, ... of `data`, each from what is before it.

    `header` is (width, modulus, low, warm). `history` (>= len(data),) holds what came before `begin` and is filled.
    """
    stack = np.empty(4 * ops.shape[0] + 8, dtype=np.int64)
    for t in range(begin, data.shape[0]):
        value = evaluate(ops, args, t, np.int64(0), 0, history, side, header[0], stack)
        said[t - begin] = np.uint8(symbol(value, header[1], header[2]))
        history[t] = said[t - begin] if header[3] and t >= header[3] else data[t]
