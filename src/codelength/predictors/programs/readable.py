"""A program as a person reads it: infix, brackets where they are needed.

`up_left`, `up` and `up_right` are the cells above, `up3` the three as one number; a rule of two states that looks at
nothing else has a number (Wolfram 1983).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codelength.predictors.programs import tokens as tk
from codelength.predictors.programs.reference import Situation, compiled

if TYPE_CHECKING:
    from codelength.predictors.programs.hidden import Cells, Word
    from codelength.predictors.programs.program import Program
    from codelength.predictors.programs.syntax import Expression

_STRENGTH = {
    **dict.fromkeys((tk.EQ, tk.LT), 1),
    tk.OR: 2,
    tk.XOR: 3,
    tk.AND: 4,
    **dict.fromkeys((tk.SHL, tk.SHR), 5),
    **dict.fromkeys((tk.ADD, tk.SUB), 6),
    **dict.fromkeys((tk.MUL, tk.DIV, tk.MOD), 7),
}
_WHOLE = 9
"""Binds so strongly that no brackets are ever needed."""
_ELSEWHERE = {tk.T, tk.P, tk.Y, tk.H, tk.X, tk.FOLD, tk.WHILE}
_LEAVES = {tk.LEFT: "up_left", tk.UP: "up", tk.RIGHT: "up_right", tk.NEAR: "up3"}


def equation(program: Program) -> str:
    """`y[t] = ...`, with what the header says where it says something."""
    text = _symbol(program.expression, program.modulus, program.low)
    notes = [f"{program.width}-bit words"] if program.width != 64 else []
    if program.rows:
        notes.append(f"rows of {program.rows} cells, a ring")
        notes += _rule(program.expression, program.modulus)
    if program.warm:
        notes.append(f"its own history from t = {program.warm}")
    return f"y[t] = {text}" + (f"    ({', '.join(notes)})" if notes else "")


def word_equation(program: Word) -> str:
    """What a hidden word says, where it begins and what becomes of it."""
    text = _symbol(program.says, program.modulus, program.low, "s")
    step = _symbol(program.step, 256, 0, "s")
    note = f"    ({program.width}-bit words)" if program.width != 64 else ""
    return f"y[t] = {text}, where s = {program.start} and then s = {step}{note}"


def cells_equation(program: Cells) -> str:
    """Which cell is seen, the first row in base m, and the rule."""
    low = f" + {program.low}" if program.low else ""
    digits, rest = "", program.start
    while rest and program.modulus > 1:
        digits = f"{rest % program.modulus}{' ' if digits and program.modulus > 10 else ''}{digits}"
        rest //= program.modulus
    rule = _symbol(program.rule, program.modulus, 0)
    note = "".join(f"    ({number})" for number in _rule(program.rule, program.modulus))
    return f"y[t] = cell {program.column} of a row that is {digits or '0'} and then everywhere {rule}{low}{note}"


def _rule(expression: Expression, modulus: int) -> list[str]:
    """The number of a rule on two states, where it is one."""
    if modulus != 2 or _ELSEWHERE & set(expression):
        return []
    says, number = compiled(expression, 64, (3, 2, 0)), 0
    for near in range(8):
        above = Situation([near >> 2, near >> 1 & 1, near & 1], [])
        above.t = 4
        number |= says(above) % 2 << near
    return [f"rule {number}"]


def _symbol(expression: Expression, modulus: int, low: int, name: str = "a") -> str:
    """An expression and how its value becomes a symbol."""
    text, strength, end = _infix(expression, 0, name)
    assert end == len(expression)
    if modulus == 1:
        text, strength = "0", _WHOLE
    elif modulus != 256:
        text = f"{text if strength > 6 else f'({text})'} mod {modulus}"
    return f"{text} + {low}" if low else text


def _infix(expression: Expression, at: int, name: str = "a") -> tuple[str, int, int]:
    """Text, how strongly it binds, and where the rest begins; `name` is what a is called outside every `L`."""
    token = expression[at]
    if token >= tk.FIRST_CONSTANT:
        return str(token - tk.FIRST_CONSTANT), _WHOLE, at + 1
    parts = []
    at += 1
    for child in range(tk.ARITY[token]):
        bound = child and token in (tk.LET, tk.FOLD, tk.WHILE)
        text, strength, at = _infix(expression, at, "a" if bound else name)
        parts.append((text, strength))
    bare = [text for text, _ in parts]
    if token in _STRENGTH:
        own = _STRENGTH[token]
        left = bare[0] if parts[0][1] >= own else f"({bare[0]})"
        right = bare[1] if parts[1][1] > own else f"({bare[1]})"
        return f"{left} {'==' if token == tk.EQ else tk.NAMES[token]} {right}", own, at
    if token == tk.P:
        return "y[t-1]", _WHOLE, at
    if token == tk.Y:
        return f"y[t-{bare[0] if parts[0][1] > 6 else f'({bare[0]})'}]", _WHOLE, at
    if token in (tk.H, tk.X):
        return f"{'y' if token == tk.H else 'x'}[{bare[0]}]", _WHOLE, at
    if token == tk.NOT:
        return f"~{bare[0] if parts[0][1] == _WHOLE else f'({bare[0]})'}", _WHOLE, at
    if token == tk.IF:
        return f"({bare[1]} if {bare[0]} else {bare[2]})", _WHOLE, at
    if token == tk.LET:
        return f"(let a = {bare[0]} in {bare[1]})", _WHOLE, at
    if token == tk.FOLD:
        return f"fold(a = {bare[0]}; t times a = {bare[1]})", _WHOLE, at
    if token == tk.WHILE:
        return f"count(a = {bare[0]}; while a > 0: a = {bare[1]})", _WHOLE, at
    if token == tk.BOUND:
        return name, _WHOLE, at
    return _LEAVES.get(token, tk.NAMES[token]), _WHOLE, at
