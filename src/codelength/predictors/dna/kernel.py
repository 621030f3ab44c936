"""DNA byte by byte: what the next byte is, as the probability of each of its eight bits.

A byte is a base in the case of the last one, with probability q; else a base in the other case, with probability r;
else any byte, from orders 1 to 3:

    mass(base, same case) = q P(base)      mass(base, other case) = (1 - q) r P(base)      rest = (1 - q)(1 - r)

P(bit = 1) is the mass of all that begins with the byte's bits so far and a 1, over the mass of all that begins with
them; the rest is split by its own bit counters. So a base costs -log2 q P(base), whatever its letter's bits are.
q and r are learned from whether the line is as long now as the one before was, and from the last seven bytes' answers:
line breaks of FASTA files cost next to nothing. The bases themselves: `bases`.

Masses are in units of 2**-40 of the byte's, kept near the top of 41 bits by doubling.
Cost: some 3 us a byte. Source: this project.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from codelength.coding.binary import decode_bit
from codelength.predictors.compiled import inlined, kernel
from codelength.predictors.dna.bases import end_base, find, predict_base, update_base
from codelength.predictors.dna.counters import ONE, adapt
from codelength.predictors.dna.state import LETTERS, LINE_CLASSES, MASSES, OTHER_BITS, REST
from codelength.predictors.logistic import LIMIT, squash_table, stretch_table

UPPER = 16  # registers: 0, or 32 while bases are in upper case
ANSWERS = 17  # the last bytes: was each a base of the same case?
COLUMN, LINE = 18, 19  # bytes in this line, in the one before
RECENT = 20  # the last three bytes
PARTIAL = 21  # bits of this byte so far, after a leading 1; 0: the masses are not those of the next byte
KIND = 22  # cell of q; that of r is LINE_CLASSES further on
SPLIT = 23  # of the rest: its probability of 1
SEEN = 24  # bytes

_LEAST = np.int64(16)
_FAINT = 12
_LOWEST = np.int64(1 - LIMIT)
_TOP = np.int64(1) << 39
_SQUASH, _STRETCH = squash_table(), stretch_table(12)
_ODD = np.uint64(0x9E3779B97F4A7C15)
_CODE = np.full(256, 255, np.uint8)
_LETTER = np.zeros(LETTERS, np.int64)
for _k, _letter in enumerate(b"acgtACGT"):
    _CODE[_letter] = _k & 3
    _LETTER[_k] = _letter


@inlined
def _sure(p: Any) -> Any:
    return min(max(p, _LEAST), ONE - _LEAST)


@inlined
def _other_cell(registers: Any, order: Any, partial: Any) -> Any:
    key = (registers[RECENT] & ((np.int64(1) << (8 * order)) - 1)) * 256 + partial
    return ((order - 1) << OTHER_BITS) + np.int64((np.uint64(key) * _ODD) >> np.uint64(64 - OTHER_BITS))


@kernel
def begin_byte(state: Any) -> None:
    """Set the masses of the next byte."""
    registers = state.registers
    due = np.int64(registers[COLUMN] + 1 == registers[LINE])
    kind = due << 7 | registers[ANSWERS] & 127
    registers[KIND] = kind
    registers[PARTIAL] = 1
    same = _sure(np.int64(state.kinds[kind]) >> 10)
    other = _sure(np.int64(state.kinds[LINE_CLASSES + kind]) >> 10)
    find(state)
    first = _sure(predict_base(state, np.int64(0)))
    for base in range(4):
        p = first if base >= 2 else ONE - first
        if base & 1 == 0:
            registers[SPLIT] = _sure(predict_base(state, np.int64(1 + (base >> 1))))
        share = p * (registers[SPLIT] if base & 1 else ONE - registers[SPLIT]) >> 22
        lower = same if registers[UPPER] == 0 else (ONE - same) * other >> 22
        upper = same if registers[UPPER] > 0 else (ONE - same) * other >> 22
        state.masses[base] = lower * share >> 4
        state.masses[base + 4] = upper * share >> 4
    state.masses[REST] = max((ONE - same) * (ONE - other) >> 4, np.int64(1))


@kernel
def foretell(state: Any) -> Any:
    """P(next bit = 1) in units of 2**-32."""
    registers = state.registers
    if registers[PARTIAL] == 0:
        begin_byte(state)
    masses = state.masses
    partial = registers[PARTIAL]
    width = np.int64(0)
    while partial >> (width + 1) > 0:
        width += 1
    total = np.int64(0)
    for k in range(MASSES):
        total += masses[k]
    shift = np.int64(0)
    while total << shift < _TOP:
        shift += 1
    ones = np.int64(0)
    for k in range(LETTERS):
        masses[k] <<= shift
        ones += masses[k] * (_LETTER[k] >> (7 - width) & 1)
    masses[REST] <<= shift
    total <<= shift
    registers[SPLIT] = ONE >> 1
    if masses[REST] >= total >> _FAINT:
        vote = np.int64(0)
        for order in range(1, 4):
            vote += np.int64(_STRETCH[state.others[_other_cell(registers, order, partial)] >> 20])
        registers[SPLIT] = _sure(np.int64(_SQUASH[min(max(vote >> 1, _LOWEST), -_LOWEST) + LIMIT]))
    ones += (masses[REST] >> 22) * registers[SPLIT] + ((masses[REST] & (ONE - 1)) * registers[SPLIT] >> 22)
    p = (ones << 22) // (total >> 10)
    return min(max(p, np.int64(64)), (np.int64(1) << 32) - 64)


@kernel
def _learn_byte(state: Any, byte: Any) -> None:
    registers = state.registers
    code = np.int64(_CODE[byte])
    case = np.int64(0) if byte >= 97 else np.int64(32)
    same = np.int64(code < 4 and case == registers[UPPER])
    adapt(state.kinds, registers[KIND], same * (ONE - 1), np.int64(255))
    if same == 0:
        adapt(state.kinds, LINE_CLASSES + registers[KIND], np.int64(code < 4) * (ONE - 1), np.int64(255))
    if code < 4:
        registers[UPPER] = case
        update_base(state, np.int64(0), code >> 1)
        update_base(state, 1 + (code >> 1), code & 1)
        end_base(state, code)
    else:
        for depth in range(8):
            partial = (256 | byte) >> (8 - depth)
            for order in range(1, 4):
                cell = _other_cell(registers, order, partial)
                adapt(state.others, cell, (byte >> (7 - depth) & 1) * (ONE - 1), np.int64(255))
    registers[ANSWERS] = (registers[ANSWERS] << 1 | same) & 255
    registers[RECENT] = (registers[RECENT] << 8 | byte) & 0xFFFFFF
    registers[COLUMN] += 1
    if byte == 10:
        registers[LINE] = registers[COLUMN]
        registers[COLUMN] = 0
    registers[SEEN] += 1
    registers[PARTIAL] = 0


@kernel
def take(state: Any, bit: Any) -> None:
    """Learn the next bit, which `foretell` has been asked for."""
    registers = state.registers
    masses = state.masses
    partial = registers[PARTIAL] << 1 | bit
    registers[PARTIAL] = partial
    if partial >= 256:
        _learn_byte(state, partial & 255)
        return
    width = np.int64(0)
    while partial >> (width + 1) > 0:
        width += 1
    for k in range(LETTERS):
        if (_LETTER[k] >> (8 - width)) & 1 != bit:
            masses[k] = 0
    split = registers[SPLIT] if bit == 1 else ONE - registers[SPLIT]
    rest = (masses[REST] >> 22) * split + ((masses[REST] & (ONE - 1)) * split >> 22)
    masses[REST] = max(rest, np.int64(1))


@kernel
def learn(state: Any, data: Any, probs: Any) -> None:
    """Write P(bit = 1) before each bit of `data` into `probs` (n, 8), learning each."""
    for i in range(data.shape[0]):
        byte = np.int64(data[i])
        for depth in range(8):
            probs[i, depth] = np.uint32(foretell(state))
            take(state, byte >> (7 - depth) & 1)


@kernel
def read(state: Any, coder: Any, stream: Any, out: Any) -> None:
    """Fill `out` with bytes decoded from `stream`, learning each; stop early once far beyond its end."""
    for i in range(out.shape[0]):
        if np.int64(coder[2]) > stream.shape[0] + 16:
            return
        byte = np.int64(0)
        for _ in range(8):
            bit = np.int64(decode_bit(coder, stream, np.uint32(foretell(state))))
            byte = byte << 1 | bit
            take(state, bit)
        out[i] = byte
