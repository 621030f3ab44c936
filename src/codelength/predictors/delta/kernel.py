"""The delta code byte by byte: what the next bit is while the copy is sure, and while it is not.

While the last 32 bytes at least were a copy of what stands before place p, the next byte is known[p] but for a chance
that is counted for each length of the run (by powers of two): its first counts say that it falls as the run grows, and
hits are counted by runs, so that it stays the same within one. At which bit a byte that is another begins to differ is
counted too, for bytes with the same first three bits. P(bit = 1) comes down to 2**-32: a megabyte that is copied costs
some 10 bits in all.

From a bit that differs on, and until the copy is sure again, every byte is divided among the candidates for the place
that comes next (`alignment`) and what is likely without them (`masses`); P(bit = 1) is the mass of the bytes that begin
with the bits so far and a 1, over that of all that begin with them.

Bound: a count of n observations costs at most 1/2 log2 n + 1 bits more than the best fixed chance in hindsight, and
with that a vote costs at most what it saves, up to .006 bits; the part of all bytes alike costs at most 8 bits + .03 a
byte. So a target that has nothing to do with the side information costs 8.04 bits a byte and a few hundred bits.

Cost: some 30 ns a byte of a copy, 1 us otherwise.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from codelength.coding.binary import decode_bit, decode_expected
from codelength.predictors.compiled import inlined, kernel
from codelength.predictors.delta import state as s
from codelength.predictors.delta.alignment import (
    SURE_RUN,
    advance,
    doubt,
    guess,
    judge,
    lose,
    remember,
    stopped,
    vote,
    warned,
)
from codelength.predictors.delta.masses import byte_at, compose, learn_literal

_TOP = np.int64(1) << 61
_MOST = np.int64((1 << 32) - 1)
_KEPT = 255 * s.UNIT


@inlined
def _level(run: Any) -> Any:
    level = np.int64(0)
    while run >> (level + 1) > 0:
        level += 1
    return min(level, np.int64(s.LEVELS - 1))


@inlined
def _is_sure(registers: Any) -> Any:
    return registers[s.POINTER + s.ON] >= 0 and registers[s.RUN + s.ON] >= SURE_RUN


@inlined
def _first_bit(partial: Any) -> Any:
    """How many bits of the byte there are already."""
    width = np.int64(0)
    while partial >> (width + 1) > 0:
        width += 1
    return width


@kernel
def set_hazards(state: Any) -> None:
    """The chance of another byte at this length of the run, spread over the bit at which it begins."""
    level = _level(state.registers[s.RUN + s.ON])
    hits, misses = state.sure[level, 0], state.sure[level, 1]
    chance = max(((misses << 32) // (hits + misses)), np.int64(1))
    for kind in range(s.CLASSES):
        total = np.int64(0)
        for depth in range(8):
            total += state.deviations[kind, depth]
        for depth in range(8):
            share = (state.deviations[kind, depth] << 20) // total
            state.hazard[kind, depth] = np.uint32(min(max(chance * share >> 20, np.int64(1)), _MOST >> 1))


@kernel
def _count_run(state: Any, ended: Any, missed: Any) -> None:
    """Count the hits of a run at its level, when it leaves the level or has ended, and the miss that ended it."""
    run = state.registers[s.RUN + s.ON]
    level = _level(run if ended else run - 1)
    hits = run - max(np.int64(1) << level, np.int64(SURE_RUN))
    state.sure[level, 0] += hits * s.UNIT
    if missed:
        state.sure[level, 1] += s.UNIT
        if state.sure[level, 1] > _KEPT:
            state.sure[level, 0] = (state.sure[level, 0] + 1) >> 1
            state.sure[level, 1] = (state.sure[level, 1] + 1) >> 1


@kernel
def begin_byte(state: Any) -> None:
    """Prepare the next byte."""
    registers = state.registers
    registers[s.PARTIAL] = 1
    registers[s.MODE] = s.OPEN
    if _is_sure(registers):
        registers[s.MODE] = s.SURE
        registers[s.EXPECTED] = byte_at(state, registers[s.POINTER + s.ON])
        if not doubt(state):
            return
        registers[s.MODE] = s.DOUBTED
    vote(state)
    compose(state)


@kernel
def foretell(state: Any) -> Any:
    """P(next bit = 1) in units of 2**-32."""
    registers = state.registers
    if registers[s.PARTIAL] == 0:
        begin_byte(state)
    partial = registers[s.PARTIAL]
    depth = _first_bit(partial)
    if registers[s.MODE] == s.SURE:
        expected = registers[s.EXPECTED]
        hazard = np.int64(state.hazard[expected >> 5, depth])
        return hazard if expected >> (7 - depth) & 1 == 0 else _MOST - hazard
    width = np.int64(256) >> depth
    low = (partial << (8 - depth)) & 255
    total = state.below[low + width] - state.below[low]
    ones = state.below[low + width] - state.below[low + (width >> 1)]
    while total < _TOP:
        total <<= 1
        ones <<= 1
    return min(max(ones // (total >> 32), np.int64(1)), _MOST)


@kernel
def take(state: Any, bit: Any) -> None:
    """Learn the next bit, which `foretell` has been asked for."""
    registers = state.registers
    depth = _first_bit(registers[s.PARTIAL])
    registers[s.PARTIAL] = registers[s.PARTIAL] << 1 | bit
    if registers[s.MODE] == s.SURE and registers[s.EXPECTED] >> (7 - depth) & 1 != bit:
        registers[s.MODE] = s.DEVIATED
        _count_run(state, True, True)
        state.deviations[registers[s.EXPECTED] >> 5, depth] += s.UNIT
        guess(state)
        compose(state)
    if registers[s.PARTIAL] >= 256:
        end_byte(state, registers[s.PARTIAL] & 255)


@inlined
def _append(state: Any, byte: Any) -> None:
    registers = state.registers
    state.new[registers[s.SEEN] & np.int64(state.new.shape[0] - 1)] = byte
    registers[s.SEEN] += 1
    registers[s.RECENT] = registers[s.RECENT] << 8 | byte


@kernel
def copied(state: Any, byte: Any) -> None:
    """Take in a byte of a sure copy."""
    registers = state.registers
    _append(state, byte)
    registers[s.RUN + s.ON] += 1
    pointer = registers[s.POINTER + s.ON] + 1
    registers[s.POINTER + s.ON] = pointer
    run = registers[s.RUN + s.ON]
    if run & (run - 1) == 0 and run < np.int64(1) << s.LEVELS:
        _count_run(state, False, False)
        set_hazards(state)
    if pointer == state.known.shape[0]:
        registers[s.POINTER + s.ON] = -1
        registers[s.RUN + s.ON] = 0


@kernel
def end_byte(state: Any, byte: Any) -> None:
    """Take in a whole byte."""
    registers = state.registers
    registers[s.PARTIAL] = 0
    if registers[s.MODE] == s.SURE:
        copied(state, byte)
        return
    right = judge(state, byte)
    if registers[s.MODE] == s.DOUBTED:
        held = registers[s.EXPECTED] == byte
        registers[s.WARNED] = registers[s.WARNED] << 1 & 3 | np.int64(not held)
        if held:
            registers[s.POINTER + s.FOUND] = -1
            copied(state, byte)
            return
        _count_run(state, True, False)
    if not right:
        learn_literal(state, byte)
    if registers[s.MODE] != s.OPEN:
        stopped(state)
        lose(state)
    remember(state)
    _append(state, byte)
    advance(state, byte)
    if _is_sure(registers):
        set_hazards(state)


@kernel
def learn(state: Any, data: Any, probs: Any) -> None:
    """Write P(bit = 1) before each bit of `data` into `probs` (n, 8), learning each."""
    registers = state.registers
    for i in range(data.shape[0]):
        byte = np.int64(data[i])
        if _is_sure(registers) and not warned(state) and byte_at(state, registers[s.POINTER + s.ON]) == byte:
            row = state.hazard[byte >> 5]
            for depth in range(8):
                flip = np.uint32(0) - np.uint32(byte >> (7 - depth) & 1)
                probs[i, depth] = row[depth] ^ flip
            copied(state, byte)
            continue
        for depth in range(8):
            probs[i, depth] = np.uint32(foretell(state))
            take(state, byte >> (7 - depth) & 1)


@kernel
def read(state: Any, coder: Any, stream: Any, out: Any) -> None:
    """Fill `out` with bytes decoded from `stream`, learning each; stop early once far beyond its end."""
    registers = state.registers
    for i in range(out.shape[0]):
        if np.int64(coder[2]) > stream.shape[0] + 16:
            return
        byte, depth = np.int64(0), np.int64(0)
        if _is_sure(registers) and not warned(state):
            begin_byte(state)
            expected = registers[s.EXPECTED]
            depth = np.int64(decode_expected(coder, stream, expected, state.hazard[expected >> 5]))
            if depth == 8:
                registers[s.PARTIAL] = 0
                copied(state, expected)
                out[i] = expected
                continue
            registers[s.PARTIAL] = (256 | expected) >> (8 - depth)
            bit = (expected >> (7 - depth) & 1) ^ 1
            take(state, bit)
            byte = expected >> (8 - depth) << 1 | bit
            depth += 1
        for _ in range(depth, 8):
            bit = np.int64(decode_bit(coder, stream, np.uint32(foretell(state))))
            byte = byte << 1 | bit
            take(state, bit)
        out[i] = byte
