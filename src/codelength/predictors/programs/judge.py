"""What an expression is worth on the whole data, and how far it is right from the beginning on.

`Judge` keeps two: the program of the least codelength, and the one that explains the longest beginning, where data may
be several programs' works one after the other. With b bits a symbol, the beginning of length s is worth

    gain(s) = b hits(s) - 2 b misses(s) - bits of the program,

and the best s is taken. Running a program over a megabyte and pricing it takes 2 s; what is considered when the time is
over is left out, unless judging has taken next to nothing so far.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from time import perf_counter
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from codelength.predictors.programs import tokens as tk
from codelength.predictors.programs.hidden import AnyProgram, Cells, Word
from codelength.predictors.programs.program import Program
from codelength.predictors.programs.residual import residual_bits
from codelength.predictors.programs.speaker import speaker

Hidden = TypeVar("Hidden", Word, Cells)

_WIDER = (8, 16, 32, 64, 256, 1024, 2048)
_MOST_WIDE = 4096
"""Bytes of data up to which words wider than 64 bits are tried: they run in plain Python."""
HEAD = 512
"""Symbols by which programs are compared that have been told from fewer."""
GRACE = 3.0
"""Seconds that judging may take even when the time is over: all that is found in some kilobytes is judged in less."""
_SOLVED = 0.98
_FIRST_ROW = 8
"""Of so many rows the first may be wrong; else what is nearly a line would be taken for two rows of anything."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A program with its codelength on the data, the hits at each position, and the beginning that it explains."""

    program: AnyProgram
    bits: float
    hits: NDArray[np.bool_]
    begins: int
    gain: float

    @property
    def solved(self) -> bool:
        """Whether it is right nearly everywhere in a beginning that pays for it; a short first row is not said."""
        hits = self.hits[: self.begins]
        first = int(hits.argmax()) if hits.any() else 0
        if isinstance(self.program, Program) and _FIRST_ROW * self.program.rows <= self.begins:
            first = max(first, self.program.rows)
        return self.gain > 16 and bool(hits[first:].mean() >= _SOLVED)


class Judge:
    """Runs candidates over the data.

    Parameters
    ----------
    data
        The data.
    side
        What `X` reads; None for an unconditional search.
    end
        When the time is over, by `perf_counter`.
    """

    def __init__(self, data: bytes, side: bytes | None, end: float = math.inf) -> None:
        self.data = data
        self._end, self._spent = end, 0.0
        self.symbols = np.frombuffer(data, dtype=np.uint8)
        self.side = side
        self._seen: set[AnyProgram] = set()
        self._bits_per_symbol = max(1.0, entropy(self.symbols))
        self.best = self.judged(Program((tk.FIRST_CONSTANT,), side=side is not None))
        self.beginning = self.best

    def judged(self, program: AnyProgram) -> Judged:
        """The program run over the data."""
        begun = perf_counter()
        said = speaker(program, self.side or b"").run(self.data)
        hits = said == self.symbols
        worth = np.cumsum(np.where(hits, self._bits_per_symbol, -2 * self._bits_per_symbol))
        begins = int(worth.argmax()) + 1 if worth.size else 0
        gain = float(worth[begins - 1]) - program.bits if begins else 0.0
        bits = program.bits + residual_bits(self.symbols, said)
        self._spent += perf_counter() - begun
        return Judged(program, bits, hits, begins, gain)

    def consider(self, program: AnyProgram) -> None:
        """Keep a program where it is better than what is kept, and then try other headers for it."""
        if program in self._seen or not program.bounded(len(self.data)) or self._late():
            return
        self._seen.add(program)
        judged = self.judged(program)
        if self._keep(judged):
            for other in self._headers(judged):
                if other.bounded(len(self.data)) and not self._late():
                    self._keep(self.judged(other))

    def _late(self) -> bool:
        return self._spent > GRACE and perf_counter() > self._end

    def _keep(self, judged: Judged) -> bool:
        better = judged.bits < self.best.bits
        if better:
            self.best = judged
        further = judged.gain > self.beginning.gain
        if further:
            self.beginning = judged
        return better or further

    def _headers(self, judged: Judged) -> list[Program]:
        """The same expression with another width, modulus, or its own history; a hidden state has none of them."""
        program, misses = judged.program, ~judged.hits
        if not isinstance(program, Program):
            return []
        if not misses.any():
            return [replace(program, modulus=256, low=0)] if program.modulus != 256 else []
        out = []
        loops = {tk.FOLD, tk.WHILE} & set(program.expression)
        wide = len(self.data) <= _MOST_WIDE and loops
        out += [replace(program, width=width) for width in _WIDER if width != program.width and (width <= 64 or wide)]
        late = np.flatnonzero(misses)
        # From the first miss on, if that was noise; from behind one of the first, if those had to be given.
        starts = {int(late[0])} | {int(at) + 1 for at in late[:12] if judged.hits[at + 1 : at + 9].all()}
        out += [replace(program, warm=warm) for warm in sorted(starts) if 0 < warm < len(self.data)]
        return out


def foremost(programs: list[Hidden], symbols: NDArray[np.uint8]) -> list[Hidden]:
    """Of programs that say the beginning the two that are right most often in the head, of equals the shorter first."""
    head = symbols[:HEAD]
    wrong = {program: int(np.count_nonzero(speaker(program).run(head.tobytes()) != head)) for program in programs}
    return sorted(wrong, key=lambda program: (wrong[program], program.bits))[:2]


def entropy(symbols: NDArray[np.uint8]) -> float:
    """Empirical entropy in bits a symbol."""
    if not symbols.size:
        return 0.0
    shares = np.bincount(symbols) / symbols.size
    shares = shares[shares > 0]
    return float(-(shares * np.log2(shares)).sum())
