"""The language's meaning in plain Python: integers of any width, one function for each node of the expression.

It runs programs of words wider than 64 bits, and the compiled kernel of `machine` must agree with it.
Cost: about 100 ns a node.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from codelength.predictors.programs import tokens as tk


class Situation:
    """What a program sees: the position, what has been said so far, the side information, its bound names."""

    __slots__ = ("a", "history", "i", "side", "t")

    def __init__(self, history: Sequence[int], side: Sequence[int]) -> None:
        self.history = history
        self.side = side
        self.t = self.a = self.i = 0


Node = Callable[[Situation], int]


Rows = tuple[int, int, int]
"""Cells of a row, modulus, low: how `l u r n` read what is above."""


def compiled(expression: tuple[int, ...], width: int, rows: Rows = (1, 1, 0)) -> Node:
    """The expression as a function of a situation; its value lies in [-2**(w-1), 2**(w-1))."""
    return _node(expression, 0, width, rows)[0]


def _node(expression: tuple[int, ...], at: int, width: int, rows: Rows) -> tuple[Node, int]:
    token = expression[at]
    wrap = _wrapping(width)
    if token >= tk.FIRST_CONSTANT:
        constant = wrap(token - tk.FIRST_CONSTANT)
        return (lambda _: constant), at + 1
    at += 1
    parts = []
    for _ in range(tk.ARITY[token]):
        part, at = _node(expression, at, width, rows)
        parts.append(part)
    if token >= tk.LEFT:
        return _neighbour(token, rows, wrap), at
    if token in tk.BINARY:
        return _binary(token, parts[0], parts[1], width), at
    if token in (tk.LET, tk.FOLD, tk.WHILE):
        return _binding(token, parts[0], parts[1], wrap), at
    return _leaf_or_access(token, parts, wrap), at


def _leaf_or_access(token: int, parts: list[Node], wrap: Callable[[int], int]) -> Node:
    if token == tk.T:
        return lambda s: wrap(s.t)
    if token == tk.P:
        return lambda s: wrap(s.history[s.t - 1]) if s.t else 0
    if token == tk.BOUND:
        return lambda s: s.a
    if token == tk.ROUND:
        return lambda s: wrap(s.i)
    first = parts[0]
    if token == tk.NOT:
        return lambda s: ~first(s)
    if token == tk.IF:
        return lambda s: parts[1](s) if first(s) else parts[2](s)

    def access(s: Situation) -> int:
        at = first(s)
        if token == tk.Y:
            return wrap(s.history[s.t - at]) if 1 <= at <= s.t else 0
        if token == tk.H:
            return wrap(s.history[at]) if 0 <= at < s.t else 0
        return wrap(s.side[at]) if -len(s.side) <= at < len(s.side) else 0

    return access


def _neighbour(token: int, rows: Rows, wrap: Callable[[int], int]) -> Node:
    size, modulus, low = rows

    def above(s: Situation, step: int) -> int:
        begin = s.t - s.t % size - size
        return (s.history[begin + (s.t + step) % size] - low) % modulus if s.t >= size else 0

    if token == tk.NEAR:
        return lambda s: wrap((above(s, -1) * modulus + above(s, 0)) * modulus + above(s, 1))
    step = {tk.LEFT: -1, tk.UP: 0, tk.RIGHT: 1}[token]
    return lambda s: wrap(above(s, step))


def _binary(token: int, left: Node, right: Node, width: int) -> Node:
    wrap = _wrapping(width)
    mask = (1 << width) - 1
    simple: dict[int, Callable[[int, int], int]] = {
        tk.ADD: lambda e, f: wrap(e + f),
        tk.SUB: lambda e, f: wrap(e - f),
        tk.MUL: lambda e, f: wrap(e * f),
        tk.DIV: lambda e, f: wrap(e // f) if f else 0,
        tk.MOD: lambda e, f: e % f if f else e,
        tk.AND: lambda e, f: e & f,
        tk.OR: lambda e, f: e | f,
        tk.XOR: lambda e, f: e ^ f,
        tk.SHL: lambda e, f: wrap(e << f) if 0 <= f < width else 0,
        tk.SHR: lambda e, f: wrap((e & mask) >> f) if 0 <= f < width else 0,
        tk.EQ: lambda e, f: int(e == f),
        tk.LT: lambda e, f: int(e < f),
    }
    operation = simple[token]
    return lambda s: operation(left(s), right(s))


def _binding(token: int, first: Node, body: Node, wrap: Callable[[int], int]) -> Node:
    def run(s: Situation) -> int:
        outer_a, outer_i = s.a, s.i
        s.a = first(s)
        if token == tk.LET:
            value = body(s)
        else:
            s.i = 0
            rounds = min(s.t, tk.MOST_ROUNDS)
            while s.i < rounds and (token == tk.FOLD or s.a > 0):
                s.a = body(s)
                s.i += 1
            value = s.a if token == tk.FOLD else wrap(s.i)
        s.a, s.i = outer_a, outer_i
        return value

    return run


def _wrapping(width: int) -> Callable[[int], int]:
    half, mask = 1 << (width - 1), (1 << width) - 1
    return lambda value: ((value + half) & mask) - half
