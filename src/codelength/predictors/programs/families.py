"""Families of programs with a hidden state whose members are told from the data, not enumerated.

Each round of a search asks for those that it can afford: cellular automata seen in one column from one cell, later from
other first rows; xorshifts of 8 and 16, then 32, then 64 bits; linear congruential generators of 16 bits. Whatever is
found counts by its whole codelength like any other program. Cost: .05 s, .5 s, 0 and some seconds in rounds 0 to 3.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from codelength.predictors.programs.generators import congruential, xorshift
from codelength.predictors.programs.hidden import AnyProgram, Cells, Word
from codelength.predictors.programs.lattice import columns

_Family = Callable[[NDArray[np.uint8], bool], list[Word] | list[Cells]]

_FAMILIES: tuple[tuple[_Family, ...], ...] = (
    (partial(columns, starts=range(1, 2)), partial(xorshift, width=8), partial(xorshift, width=16)),
    (
        *(partial(congruential, at=at) for at in (0, 16, 32)),
        partial(xorshift, width=32),
        partial(columns, starts=range(3, 16, 2)),
    ),
    (),
    (partial(xorshift, width=64),),
)
"""By the round in which they are asked for."""


def members(symbols: NDArray[np.uint8], side: bool, effort: int, end: float) -> Iterator[AnyProgram]:
    """The members that say the data's beginning; no family is begun behind the time `end`."""
    if not symbols.size or effort >= len(_FAMILIES):
        return
    for family in _FAMILIES[effort]:
        if effort and perf_counter() > end:
            return
        yield from family(symbols, side)
