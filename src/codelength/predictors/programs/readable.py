"""A program as a person reads it: infix, brackets where they are needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codelength.predictors.programs import tokens as tk

if TYPE_CHECKING:
    from codelength.predictors.programs.program import Program

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


def equation(program: Program) -> str:
    """`y[t] = ...`, with what the header says where it says something."""
    text, strength, end = _infix(program.expression, 0)
    assert end == len(program.expression)
    if program.modulus == 1:
        text, strength = "0", _WHOLE
    elif program.modulus != 256:
        text = f"{text if strength > 6 else f'({text})'} mod {program.modulus}"
    if program.low:
        text += f" + {program.low}"
    notes = [f"{program.width}-bit words"] if program.width != 64 else []
    if program.warm:
        notes.append(f"its own history from t = {program.warm}")
    return f"y[t] = {text}" + (f"    ({', '.join(notes)})" if notes else "")


def _infix(expression: tuple[int, ...], at: int) -> tuple[str, int, int]:
    """Text, how strongly it binds, and where the rest begins."""
    token = expression[at]
    if token >= tk.FIRST_CONSTANT:
        return str(token - tk.FIRST_CONSTANT), _WHOLE, at + 1
    parts = []
    at += 1
    for _ in range(tk.ARITY[token]):
        text, strength, at = _infix(expression, at)
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
    return tk.NAMES[token], _WHOLE, at
