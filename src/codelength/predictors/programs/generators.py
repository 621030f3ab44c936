"""Generators of pseudo-random numbers, told from what they show of their state: a byte or a part of one.

No search by length reaches their states and constants, but algebra does. Linear congruential (Lehmer 1951), the state
of 16 bits, shown from the top:

    s' = (a s + c) mod 2**16,   y = s >> (16 - k)

The differences d of the state follow d' = a d, and their top k bits are those of y's differences, or one less. So every
a and the 2**(17-k) first differences are tried against the following ones; hardly any outlives the second. Generators
modulo less than 2**16 are among them, the state shifted up.

Xorshift (Marsaglia 2003): s ^= s << a, s ^= s >> b, s ^= s << c, or the other way round, on w bits, of which the low or
the high k are shown. All of it is linear over GF(2), so for every (a, b, c) the state is the solution of a system of
linear equations, one for every bit that is seen, and there is none unless a, b, c are right.

Cost: some .1 s of 2**(33-k) trials; .5 us a triple at 16 bits, 2 us at 32, 6 us at 64.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from codelength.predictors.programs import tokens as tk
from codelength.predictors.programs.hidden import Word
from codelength.predictors.programs.judge import HEAD, foremost
from codelength.predictors.programs.syntax import read

Ints = NDArray[np.int64]

_SEEN = 16
"""Symbols that a linear congruential generator is told from."""
_SPARE = 32
"""Bits beyond the state's that an xorshift is told from: no other of a million fits those by chance."""
_FOUND = 64
"""Solutions that are kept: there are several where the constants' highest bits are never seen."""

U64 = np.uint64
_0, _1 = U64(0), U64(1)


def congruential(symbols: NDArray[np.uint8], side: bool, at: int = 0) -> list[Word]:
    """Linear congruential generators of 16 bits that say the symbols from position `at` on, the shortest first.

    From 32 symbols on (k >= 5): fewer say too little. A generator that cannot run backwards is only found at 0.
    """
    low, high = int(symbols.min()), int(symbols.max())
    k = (high - low).bit_length()
    if k < 5 or symbols.size < at + _SEEN:
        return []
    low = 0 if high < 1 << k else low
    y = symbols[at : at + HEAD].astype(np.int64) - low
    out = []
    for a, c, state in _congruential(y, k).tolist():
        if at and a % 2 == 0:
            continue
        back, start = pow(a, -1, 1 << 16) if at else 1, state
        for _ in range(at):
            start = (start - c) * back % (1 << 16)
        step = f"+ * a {a} {c}" if c else f"* a {a}"
        out.append(_word(step, start, 16, k, low, top=True, side=side))
    return foremost(out, symbols)


def xorshift(symbols: NDArray[np.uint8], side: bool, width: int) -> list[Word]:
    """Xorshift generators of `width` bits (8, 16, 32 or 64) that say the symbols from the first on."""
    low, high = int(symbols.min()), int(symbols.max())
    k = (high - low).bit_length()
    low = 0 if high < 1 << k else low
    seen = -(-(width + _SPARE) // k) if k else 0
    if not k or symbols.size < seen or k > width:
        return []
    y = symbols[:seen].astype(np.int64) - low
    out = []
    for top in (False, True):
        found, states = _xorshift(y, k, width, top)
        for (a, b, c, right), state in zip(found.tolist(), states.tolist(), strict=True):
            signs = (">>", "<<", ">>") if right else ("<<", ">>", "<<")
            steps = [f"^ a {sign} a {n}" for sign, n in zip(signs, (a, b, c), strict=True) if n]
            step = "L ".join(["", *(f"{each} " for each in steps[:-1])]) + steps[-1]
            out.append(_word(step, int(state), width, k, low, top=top, side=side))
    return foremost(out, symbols)


def _word(step: str, state: int, width: int, k: int, low: int, *, top: bool, side: bool) -> Word:
    says = read(f">> a {width - k}" if top and width > k else "a", tk.WORD)
    return Word(read(step, tk.WORD), says, state, width, 1 << k, low, side)


@njit(cache=True)
def _congruential(y: Ints, k: int) -> Ints:
    """(a, c, first state) of those that say the beginning of `y` (n,), the top k of 16 bits; (found, 3)."""
    shift, mask, most = 16 - k, (1 << k) - 1, 1 << 16
    found = np.empty((_FOUND, 3), dtype=np.int64)
    n = 0
    first = ((y[1] - y[0] - 1) & mask) << shift
    for a in range(1, most):
        for j in range(2 << shift):
            d0 = (first + j) & (most - 1)
            d, t = d0, 1
            while t < _SEEN:
                if ((y[t] - y[t - 1] - (d >> shift)) & mask) > 1:
                    break
                d = a * d & (most - 1)
                t += 1
            if t < _SEEN:
                continue
            state = _state_of(y, a, d0, shift)
            if state >= 0:
                found[n, 0], found[n, 1], found[n, 2] = a, (state + d0 - a * state) & (most - 1), state
                n += 1
                if n == _FOUND:
                    return found
    return found[:n]


@njit(cache=True)
def _state_of(y: Ints, a: int, d0: int, shift: int) -> int:
    """The first state that goes on by the differences d0, a d0, ... and says the beginning of `y`, and of such the one
    that says most of it; -1: none.
    """
    best, most = -1, 0
    for low in range(1 << shift):
        state, d, right = (y[0] << shift) | low, d0, 0
        for t in range(y.shape[0]):
            if state >> shift == y[t]:
                right += 1
            elif t < _SEEN:
                break
            state, d = (state + d) & 0xFFFF, a * d & 0xFFFF
        else:
            if right > most:
                best, most = (y[0] << shift) | low, right
    return best


@njit(cache=True)
def _xorshift(y: Ints, k: int, width: int, top: bool) -> tuple[Ints, NDArray[np.uint64]]:
    """(a, b, c, whether the first goes right) (found, 4), and the first states (found,); c = 0: no third."""
    found, states = np.empty((_FOUND, 4), dtype=np.int64), np.empty(_FOUND, dtype=np.uint64)
    rows, pivots, values = np.empty(width, dtype=np.uint64), np.empty(width, dtype=np.uint64), np.empty(width, np.int64)
    n = 0
    for right in range(2):
        for a in range(1, width):
            for b in range(1, width):
                for c in range(width):
                    if not _fits(y, k, top, a, b, c, right, rows, pivots, values):
                        continue
                    found[n, 0], found[n, 1], found[n, 2], found[n, 3] = a, b, c, right
                    states[n] = _solved(pivots, values)
                    n += 1
                    if n == _FOUND:
                        return found, states
    return found[:n], states[:n]


@njit(cache=True)
def _fits(
    y: Ints, k: int, top: bool, a: int, b: int, c: int, right: int, rows: NDArray[np.uint64],
    pivots: NDArray[np.uint64], values: Ints,
) -> bool:  # fmt: skip
    """Whether a first state says `y`: then `pivots` and `values` are its equations, bit p being the highest of row p.

    `rows[j]` says of which bits of the first state bit j of the present one is the sum.
    """
    width = rows.shape[0]
    for j in range(width):
        rows[j] = _1 << U64(j)
        pivots[j] = _0
    for t in range(y.shape[0]):
        for bit in range(k):
            equation = rows[width - k + bit if top else bit]
            value = (y[t] >> bit) & 1
            for p in range(width - 1, -1, -1):
                if (equation >> U64(p)) & _1 == _0:
                    continue
                if pivots[p] == _0:
                    pivots[p], values[p], value = equation, value, 0
                    break
                equation ^= pivots[p]
                value ^= values[p]
            if value:
                return False
        _shifted(rows, a, right == 1)
        _shifted(rows, b, right == 0)
        if c:
            _shifted(rows, c, right == 1)
    return True


@njit(cache=True)
def _shifted(rows: NDArray[np.uint64], by: int, right: bool) -> None:
    """Add the state shifted by so many places to it."""
    width = rows.shape[0]
    for k in range(width - by):
        if right:
            rows[k] ^= rows[k + by]
        else:
            rows[width - 1 - k] ^= rows[width - 1 - k - by]


@njit(cache=True)
def _solved(pivots: NDArray[np.uint64], values: Ints) -> np.uint64:
    """The state whose bits without an equation are 0."""
    state = _0
    for p in range(pivots.shape[0]):
        if pivots[p] == _0:
            continue
        known, parity = pivots[p] & state, values[p]
        while known:
            known &= known - _1
            parity ^= 1
        if parity:
            state |= _1 << U64(p)
    return state
