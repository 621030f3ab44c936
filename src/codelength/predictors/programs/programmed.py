"""`Programmed`: a program as a predictor over bytes, that can be mixed with any other.

    P(next byte) = what `residual` makes of the byte that the program says

The program is a parameter of the code, as the depth is of `ctw`: its own bits are not in `bits`. Whoever chose it by
looking at the data pays for it: `searched` sends it, in a mixture the weight 2**-len(program) pays, and a frame
holds its words in the spec, a byte for every bit. Side information is what the program may read as x, and what a missed
byte is likely to be. No more symbols are coded than a program may run over (`Program.bounded`).

Cost: a run of the program, and 10 us a byte to decode.
"""

from __future__ import annotations

from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from codelength.coding import binary
from codelength.core import DataError, StreamError
from codelength.predictors.programs import residual
from codelength.predictors.programs.hidden import AnyProgram, parse
from codelength.predictors.programs.residual import Residual
from codelength.predictors.programs.speaker import Speaker, speaker
from codelength.predictors.sequential import Bytes, Probs, Sequential

_TOO_LONG = "this program may run for too long"

LAST = "00110011"
"""The words of "y[t] = y[t-1]"."""


class ProgrammedState(NamedTuple):
    """`residual`, and `history` (capacity,) uint8: what the program can look back on, as long as bytes were seen."""

    residual: Residual
    history: Bytes


class Programmed(Sequential[ProgrammedState]):
    """A program whose word is trusted as far as it has been right.

    Parameters
    ----------
    program
        What says the next byte.
    side
        The side information that the program may read.

    Examples
    --------
    >>> from codelength.predictors.programs.program import Program
    >>> from codelength.predictors.programs.syntax import read
    >>> squares = bytes(t * t % 256 for t in range(1000))
    >>> Programmed(Program(read("* t t"))).bits(squares).bits < 30
    True
    """

    def __init__(self, program: AnyProgram, side: bytes = b"") -> None:
        super().__init__(ProgrammedState(residual.fresh(), np.zeros(64, dtype=np.uint8)))
        self.program = program
        self.side = side
        self._speaker = speaker(program, side)

    @property
    def spec(self) -> str:
        return self.program.spec

    def _with(self, state: ProgrammedState) -> Self:
        other = type(self)(self.program, self.side)
        other._state = state
        return other

    def given(self, data: bytes, /) -> Self:
        """The same program, which reads `data` after the side information that it has."""
        other = type(self)(self.program, self.side + data)
        other._state = other._state._replace(
            residual=residual.primed(other._state.residual, np.frombuffer(other.side, dtype=np.uint8))
        )
        return other

    def _copy(self, state: ProgrammedState) -> ProgrammedState:
        return ProgrammedState(residual.copied(state.residual), state.history.copy())

    def _learn(self, state: ProgrammedState, data: Bytes, probs: Probs) -> ProgrammedState:
        seen = residual.seen(state.residual)
        if not self.program.bounded(seen + data.size):
            raise DataError(f"{_TOO_LONG} over {seen + data.size:,} bytes: leave it out, or code less at a time")
        state = _grown(state, seen + data.size)
        state.history[seen : seen + data.size] = data
        said = self._speaker.say(state.history[: seen + data.size].copy(), seen, state.history)
        residual.learn(state.residual, data, said, probs)
        return state

    def _score(self, state: ProgrammedState, data: Bytes, probs: Probs) -> None:
        self._learn(self._copy(state), data, probs)

    def _read(
        self, state: ProgrammedState, registers: NDArray[np.uint64], stream: Bytes, out: Bytes
    ) -> ProgrammedState:
        reader = Reader(self._speaker, state, residual.seen(state.residual))
        if not self.program.bounded(residual.seen(state.residual) + out.size):
            raise StreamError(f"{_TOO_LONG}: the stream is damaged, or meant to do harm")
        for k in range(out.size):
            out[k] = reader.read(registers, stream)
            if binary.exhausted(registers, stream):
                break
        return reader.state

    def _step(self, state: ProgrammedState, bit: int) -> tuple[ProgrammedState, int]:
        if bit >= 0:
            residual.push(state.residual, bit)
            if residual.between(state.residual):
                byte, said = residual.last_byte(state.residual), residual.last_said(state.residual)
                at = residual.seen(state.residual) - 1
                state.history[at] = said if self._speaker.own(at) else byte
        if residual.between(state.residual):
            at = residual.seen(state.residual)
            if not self.program.bounded(at + 1):
                raise DataError(f"{_TOO_LONG} over {at + 1:,} bytes: leave it out, or code less at a time")
            state = _grown(state, at + 1)
            residual.begin(state.residual, self._speaker.next(state.history, at))
        return state, int(residual.probability(state.residual))


class Reader:
    """Decodes byte by byte what a program speaks of, from the beginning of its segment.

    Parameters
    ----------
    speaker
        The program.
    state
        Residual and history so far; changed in place, and `state` is the one to go on with.
    """

    def __init__(self, speaker: Speaker, state: ProgrammedState, at: int = 0) -> None:
        self._speaker = speaker
        self._at = at
        self.state = state

    def read(self, registers: NDArray[np.uint64], stream: Bytes) -> int:
        """The next byte off the stream."""
        self.state = _grown(self.state, self._at + 1)
        history = self.state.history
        said = self._speaker.next(history, self._at)
        byte = int(residual.read_byte(self.state.residual, said, registers, stream))
        history[self._at] = said if self._speaker.own(self._at) else byte
        self._at += 1
        return byte


def _grown(state: ProgrammedState, size: int) -> ProgrammedState:
    if size <= state.history.size:
        return state
    history = np.zeros(2 * size, dtype=np.uint8)
    history[: state.history.size] = state.history
    return ProgrammedState(state.residual, history)


def programmed(words: str = LAST, reads: int = 0) -> Programmed:
    """The program that the words of a spec say, as a predictor.

    Parameters
    ----------
    words
        Header and expression as 0 and 1 (`Program.words`); by default "y[t] = y[t-1]".
    reads
        1: the words are those of a program that may read side information.

    Raises
    ------
    ValueError
        No program, more than one, or another `reads`.

    Examples
    --------
    >>> fibonacci = programmed("00110101001110100000011")
    >>> str(fibonacci.program)
    'y[t] = y[t-1] + y[t-2]'
    """
    if reads not in (0, 1):
        raise ValueError(f"reads is {reads}; expected 0 or 1")
    if set(words) - {"0", "1"}:
        raise ValueError("words are the 0 and 1 of a program")
    try:
        program, end = parse(words, 0, side=bool(reads))
    except StreamError as error:
        raise ValueError(str(error)) from error
    if end != len(words):
        raise ValueError(f"the program ends after {end} of {len(words)} signs of its words")
    return Programmed(program)
