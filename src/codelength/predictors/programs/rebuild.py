"""From a bank's entries back to expressions: every entry knows its root and what it was made of."""

from __future__ import annotations

from codelength.predictors.programs import tokens as tk
from codelength.predictors.programs.bank import Bank, Ints
from codelength.predictors.programs.syntax import Expression, read

STARTS = [read(text) for text in ("0", "1", "t", "+ t 1", "p")]
"""What a loop's a may be before its first round."""
PROPOSED = 30
"""Stands for a whole expression that was proposed: its first part says which."""


def tree(bank: Bank, e: int) -> Expression:
    """An expression of a bank of bodies, which binds nothing."""
    token = int(bank.token[e])
    if token == tk.CONST:
        return (tk.FIRST_CONSTANT + int(bank.parts[e, 0]),)
    out: Expression = (token,)
    for child in range(tk.ARITY[token]):
        out += tree(bank, int(bank.parts[e, child]))
    return out


class Maker:
    """From the banks' entries back to expressions."""

    def __init__(
        self,
        bank: Bank,
        loops: Bank,
        bodies: list[Bank],
        lets: list[Expression],
        proposals: list[Expression],
    ) -> None:
        self.bank, self.loops, self.bodies, self.lets, self.proposals = bank, loops, bodies, lets, proposals

    def found(self, hit: Ints) -> Expression:
        """The expression of a row of `hits`."""
        _, outer, token, a, b, c, other, swapped = (int(value) for value in hit)
        inner = self.node(token, (a, b, c))
        if outer == -1:
            return inner
        if outer == tk.LET:
            return (tk.LET, *inner, *self.lets[other])
        beside = self.entry(other)
        return (outer, *beside, *inner) if swapped else (outer, *inner, *beside)

    def entry(self, e: int) -> Expression:
        """The expression of an entry of the bank."""
        return self.node(int(self.bank.token[e]), tuple(int(part) for part in self.bank.parts[e]))

    def node(self, token: int, parts: tuple[int, ...]) -> Expression:
        """An expression from its root and what the bank says of its parts."""
        if token == tk.CONST:
            return (tk.FIRST_CONSTANT + parts[0],)
        if token == PROPOSED:
            return self.proposals[parts[0]]
        if token == tk.LET:
            return (tk.LET, *self.entry(parts[0]), *self.lets[parts[1]])
        if token in (tk.FOLD, tk.WHILE):
            return (token, *STARTS[parts[0]], *tree(self.bodies[parts[2]], parts[1]))
        out: Expression = (token,)
        for part in parts[: tk.ARITY[token]]:
            out += self.entry(part)
        return out
