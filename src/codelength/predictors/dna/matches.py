"""Repeats of DNA, forwards and as inverted repeats: the expected next base from each.

A seed is the last `seed_length` bases. Forwards, the pointer stands at what followed the seed last time and goes up. An
inverted repeat is the reverse complement: the seed's reverse complement was read forwards before, the base before it,
complemented, is the expected one, and the pointer goes down. After a miss a match goes on with a quarter of its length
(repeats differ in single bases) until it has missed too often. Pointers count bases from the beginning; what they
point at is a ring of the last 2^26.

Cost: two look-ups a base while there is no match.
Source: Pratas, Pinho & Ferreira, *Efficient compression of genomic sequences*, DCC 2016 (inverted repeats, tolerance of
substitutions).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from codelength.predictors.compiled import inlined, kernel
from codelength.predictors.dna.state import LENGTHS, MISSES

FORWARD, REVERSE, COUNT = 0, 1, 2  # registers: last 31 bases; their reverse complement; bases seen
POINTER, LENGTH, MISSED, EXPECTED, CELL = 4, 6, 8, 10, 12  # two registers each: forwards, inverted

_LONGEST_CHECK = 32
_MOST_MISSES = 8
_ODD = np.uint64(0x9E3779B97F4A7C15)


@inlined
def _head(seed: Any, bits: Any) -> Any:
    return np.int64((np.uint64(seed) * _ODD) >> np.uint64(64 - bits))


@inlined
def _base(state: Any, at: Any) -> Any:
    return np.int64(state.bases[at & (state.bases.shape[0] - 1)])


@kernel
def expect(state: Any) -> None:
    """Set the expected base of both matches (-1: none) and the cell of their record."""
    registers = state.registers
    for m in range(2):
        length = registers[LENGTH + m]
        registers[EXPECTED + m] = -1
        if length > 0:
            base = _base(state, registers[POINTER + m])
            registers[EXPECTED + m] = base if m == 0 else 3 - base
            size = length if length < 32 else np.int64(32) + min((length - 32) >> 4, np.int64(LENGTHS - 33))
            misses = min(registers[MISSED + m], np.int64(MISSES - 1))
            registers[CELL + m] = (m * MISSES + misses) * LENGTHS + size


@kernel
def _advance(state: Any, base: Any) -> None:
    """Compare what was expected with `base`, the last of `bases`, and move both pointers."""
    registers = state.registers
    for m in range(2):
        if registers[LENGTH + m] == 0:
            continue
        if registers[EXPECTED + m] == base:
            registers[LENGTH + m] += 1
            if registers[LENGTH + m] & 15 == 0:
                registers[MISSED + m] >>= 1
        else:
            registers[MISSED + m] += 1
            registers[LENGTH + m] >>= 2
            if registers[MISSED + m] > _MOST_MISSES:
                registers[LENGTH + m] = 0
        registers[POINTER + m] += 1 if m == 0 else -1
        if registers[POINTER + m] < 0:
            registers[POINTER + m] = 0
            registers[LENGTH + m] = 0


@inlined
def _free(registers: Any, m: Any) -> Any:
    """Whether match m may be replaced by a new one."""
    return registers[LENGTH + m] == 0 or (registers[MISSED + m] > 0 and registers[LENGTH + m] < 16)


@kernel
def _begin(state: Any, m: Any, pointer: Any, length: Any) -> None:
    registers = state.registers
    if length >= state.config[3] and registers[POINTER + m] != pointer:
        registers[POINTER + m] = pointer
        registers[LENGTH + m] = length
        registers[MISSED + m] = 0


@kernel
def follow(state: Any, base: Any) -> None:
    """After `base` became the last of `bases` (and of the registers): move the matches, look for new ones."""
    registers = state.registers
    _advance(state, base)
    count = registers[COUNT]
    seed = state.config[3]
    if count < seed:
        return
    last = count - 1
    mask = (np.int64(1) << (2 * seed)) - 1
    bits = np.int64(0)
    while (np.int64(1) << bits) < state.heads.shape[0]:
        bits += 1
    head = _head(registers[FORWARD] & mask, bits)
    if _free(registers, 0):
        at = np.int64(state.heads[head])
        agreed = np.int64(0)
        while agreed < _LONGEST_CHECK and agreed < at and _base(state, at - 1 - agreed) == _base(state, last - agreed):
            agreed += 1
        _begin(state, 0, at, agreed)
    if _free(registers, 1):
        start = np.int64(state.heads[_head((registers[REVERSE] >> (62 - 2 * seed)) & mask, bits)]) - seed
        agreed = np.int64(0)
        if start > 0:
            while agreed < _LONGEST_CHECK and start + agreed < last and agreed <= last:
                if 3 - _base(state, start + agreed) != _base(state, last - agreed):
                    break
                agreed += 1
        _begin(state, 1, start - 1, agreed)
    state.heads[head] = np.int32(count)
