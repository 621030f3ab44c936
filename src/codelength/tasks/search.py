"""The shortest program that a search finds for some data, beside what statistical codes make of the same data.

    K(y) <= |length| + |programs| + |residual|,       K(y | x) <= the same with programs that may read x

On data that a program made, statistics see noise and a program search does not; on text it is the other way round.
The search is handed in: whatever finds programs in some language of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from codelength.core import Bits, Density

Progress = Callable[[str, int, int], None]


class Says(Protocol):
    """A program: its length in bits, its name as a code, and `str` of it is for people."""

    @property
    def bits(self) -> int: ...

    @property
    def spec(self) -> str: ...


class Part(Protocol):
    """A program and how many symbols it speaks of."""

    @property
    def program(self) -> Says: ...

    @property
    def size(self) -> int: ...


class Price(Protocol):
    """Bits of the length, of the programs with all headers, of what they get wrong; at how many places."""

    @property
    def length(self) -> int: ...

    @property
    def program(self) -> int: ...

    @property
    def residual(self) -> float: ...

    @property
    def misses(self) -> int: ...


class Result(Protocol):
    """What a search ends with: the programs, their price, how much was tested and up to which length everything was."""

    @property
    def segments(self) -> Sequence[Part]: ...

    @property
    def cost(self) -> Price: ...

    @property
    def tested(self) -> int: ...

    @property
    def level(self) -> int: ...


class Search(Protocol):
    """A search for short programs. `side` is None where there is no side information."""

    def __call__(
        self, data: bytes, side: bytes | None, /, *, seconds: float, threads: int, on_progress: Progress | None
    ) -> Result: ...


@dataclass(frozen=True, slots=True)
class Told:
    """One program: how it reads, its bits, how many symbols it speaks of, and the spec of the code that it makes."""

    text: str
    bits: int
    size: int
    spec: str


@dataclass(frozen=True, slots=True)
class ShortestProgram:
    """What a search found.

    Parameters
    ----------
    programs
        In the order of what they say.
    length, program, residual
        Bits of the data's length, of the programs with their headers, of what they get wrong.
    misses
        Symbols that they get wrong.
    size, side_size
        Bytes of the data; of the side information, None where there is none.
    rivals
        Codelengths of the same data under other codes, given the same side information.
    tested
        Expressions tested.
    level
        Every expression of at most this many bits without branches, loops and names was tried on the first stretch of
        the data. Of the others only some were.
    """

    programs: tuple[Told, ...]
    length: int
    program: int
    residual: float
    misses: int
    size: int
    side_size: int | None
    rivals: dict[str, Bits]
    tested: int
    level: int

    @property
    def bits(self) -> Bits:
        """An upper bound on K(y) relative to the search's language: never more than a bound, since what was not tried
        may be shorter.
        """
        return Bits(self.length + self.program + self.residual, "upper")

    @property
    def raw(self) -> Bits:
        """8 bits a byte."""
        return Bits(8.0 * self.size)


def search_program(
    data: bytes,
    side: bytes | None,
    *,
    find: Search,
    rivals: Mapping[str, Density[bytes]],
    seconds: float = 10.0,
    threads: int = -1,
    on_progress: Progress | None = None,
) -> ShortestProgram:
    """Search, and price the same data under other codes.

    Parameters
    ----------
    data
        What a program shall say.
    side
        What it may read; None: nothing.
    find
        The search.
    rivals
        Name -> a code, given the same side information.
    seconds
        The search begins nothing that would end later.
    threads
        What the search may use; -1: all cores.
    on_progress
        Called as (phase, done, total).

    Raises
    ------
    DataError
        A rival that cannot take the data.
    """
    found = find(data, side, seconds=seconds, threads=threads, on_progress=on_progress)
    return ShortestProgram(
        programs=tuple(
            Told(str(part.program), part.program.bits, part.size, part.program.spec) for part in found.segments
        ),
        length=found.cost.length,
        program=found.cost.program,
        residual=found.cost.residual,
        misses=found.cost.misses,
        size=len(data),
        side_size=None if side is None else len(side),
        rivals={name: code.bits(data) for name, code in rivals.items()},
        tested=found.tested,
        level=found.level,
    )
