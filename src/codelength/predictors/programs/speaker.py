"""Programs ready to run: what they say at each position, from the data before it and the side information.

A `Program` is evaluated anew for every symbol; a hidden state goes on from where it was, and what it says is kept, so
that a decoder may ask for one symbol after the other. Cost: 2 ns an instruction, 100 ns where words are wider than 64
bits.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np

from codelength.predictors.programs.hidden import AnyProgram, Word, ahead
from codelength.predictors.programs.machine import Bytes, assemble, say, shape
from codelength.predictors.programs.program import Program
from codelength.predictors.programs.reference import Situation, compiled
from codelength.predictors.programs.states import CellsState, State, WordState


class Speaker(Protocol):
    """What a program says."""

    def say(self, data: Bytes, begin: int, history: Bytes) -> Bytes:
        """What it says at positions begin, ... of `data` (n,), each from what is before it; fills `history` (>= n,)."""
        ...

    def next(self, history: Bytes, t: int, /) -> int:
        """What it says at position t, `history` (> t,) holding what is before."""
        ...

    def own(self, t: int, /) -> bool:
        """Whether position t enters the history as the program said it."""
        ...

    def run(self, data: bytes) -> Bytes:
        """What it says at every position of `data`, (n,) uint8."""
        ...


def speaker(program: AnyProgram, side: bytes = b"") -> Speaker:
    """A program of any form, ready to run; `side` is what `X` reads."""
    if isinstance(program, Program):
        return Formula(program, side)
    return Hidden(WordState(program, side) if isinstance(program, Word) else CellsState(program))


class Formula:
    """A `Program` ready to run, with its side information.

    Parameters
    ----------
    program
        What to run.
    side
        What `X` reads.
    """

    def __init__(self, program: Program, side: bytes = b"") -> None:
        self.program = program
        self.side = np.frombuffer(side, dtype=np.uint8)
        self._header = np.array([program.width, program.modulus, program.low, program.warm], dtype=np.int64)
        self._rows = (program.rows, program.modulus, program.low)
        if program.width <= 64:
            self._code = assemble(program.expression, shape(*self._rows))
        else:
            self._node, self._read_by_node = compiled(program.expression, program.width, self._rows), side

    def say(self, data: Bytes, begin: int, history: Bytes) -> Bytes:
        """What it says at positions begin, ... of `data` (n,), each from what is before it; fills `history` (>= n,)."""
        said = np.empty(max(0, data.size - begin), dtype=np.uint8)
        if self.program.width <= 64:
            say(*self._code, self._header, data, self.side, begin, history, said)
            return said
        known = [int(byte) for byte in history[:begin]]
        situation = Situation(known, self._read_by_node)
        for t in range(begin, data.size):
            situation.t = t
            said[t - begin] = self.program.low + self._node(situation) % self.program.modulus
            known.append(int(said[t - begin] if self.own(t) else data[t]))
            history[t] = known[t]
        return said

    def next(self, history: Bytes, t: int) -> int:
        """What it says at position t, `history` (> t,) holding what is before."""
        return int(self.say(history[: t + 1], t, history)[0])

    def own(self, t: int) -> bool:
        """Whether position t enters the history as the program said it."""
        return bool(self.program.warm) and t >= self.program.warm

    def run(self, data: bytes) -> Bytes:
        """What it says at every position of `data`, (n,) uint8."""
        symbols = np.frombuffer(data, dtype=np.uint8)
        return self.say(symbols, 0, np.empty_like(symbols))


class Hidden:
    """A hidden state going on: what it says is kept, and some is made ahead of what is asked for.

    Parameters
    ----------
    state
        What makes the next symbols.
    """

    def __init__(self, state: State) -> None:
        self._state = state
        self._said = np.empty(0, dtype=np.uint8)

    def _upto(self, size: int) -> Bytes:
        if size > self._said.size:
            self._said = np.concatenate([self._said, self._state.more(ahead(size) - self._said.size)])
        return self._said[:size]

    def say(self, data: Bytes, begin: int, history: Bytes) -> Bytes:
        """As of `Speaker`; the data tell it nothing."""
        history[begin : data.size] = data[begin:]
        return self._upto(data.size)[begin:].copy()

    def next(self, _: Bytes, t: int) -> int:
        """What it says at position t, whatever the history."""
        return int(self._upto(t + 1)[t])

    def own(self, _: int) -> bool:
        """Never: nothing reads the history."""
        return False

    def run(self, data: bytes) -> Bytes:
        """What it says at every position of `data`, (n,) uint8."""
        return self._upto(len(data)).copy()
