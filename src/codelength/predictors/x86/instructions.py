"""What is remembered of whole x86 instructions, and the last place where the same ones stood.

`end_instruction` shifts the histories (hashes, opcodes, destinations, memory operands, pushes, branch targets).
`follow_instructions` is a match model over instructions rather than bytes: it looks up the last five instructions
with their displacements and immediates left out, follows the place that came after them, goes on through operands
that differ and lets go at an opcode or ModRM byte that does. It also keeps, for the last instruction and the
last two, the two opcode bytes last seen after them (an indirect context).

Cost: two table look-ups a byte, one more an instruction.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from codelength.predictors.compiled import kernel
from codelength.predictors.x86.state import (
    AHEAD,
    AHEAD2,
    BRANCH1,
    BRANCH2,
    CUR,
    DATA,
    DESTS,
    DISPS,
    EXPECTED,
    FIELD,
    FOLLOW1_AT,
    FOLLOW2_AT,
    FOLLOWED1,
    FOLLOWED2,
    FOLLOWS,
    GCLASS,
    GUESS,
    H1,
    H2,
    H3,
    LABEL,
    LABELS,
    LATER,
    LIKE,
    LONG,
    MEM1,
    MISSED,
    MODRM,
    MOVING,
    NEAR_BRANCH,
    NFOLLOWS,
    NLABELS,
    NLATER,
    NORMS,
    ODDNESS,
    OP,
    OPS,
    OPS2,
    ORIGIN,
    PUSHED,
    RM,
    S1,
    S2,
    S3,
    S4,
    S5,
    SHORT_BRANCH,
    SIB,
    STRIP,
    TARGET,
    TOLABEL,
    Array,
    Bytes,
)

_M1, _M2, _M3 = np.int64(0x2F0B4C47), np.int64(0x1B873593), np.int64(0x165667B1)
_CALL, _JUMP, _SHORT_JUMP, _RETURN, _RETURN_N = 0xE8, 0xE9, 0xEB, 0xC3, 0xC2
_RARE = np.zeros(1024, np.int64)
# what compilers hardly write and what text, zeros and tables are full of
_RARE[
    [
        0x00, 0x06, 0x07, 0x0E, 0x16, 0x17, 0x1E, 0x1F, 0x27, 0x2F, 0x37, 0x3F, *range(0x60, 0x63), 0x64, 0x65, 0x67,
        *range(0x6C, 0x70), 0x82, 0x9A, 0xC8, 0xCA, 0xCE, 0xCF, *range(0xD4, 0xD7), 0xE0, 0xE1, 0xE2,
        *range(0xE4, 0xE8), 0xEA, *range(0xEC, 0xF0), 0xF1, 0xF4, 0xFA, 0xFB,
    ]
] = 1  # fmt: skip


@kernel
def folded(state: int, value: int, factor: int) -> Any:
    """A hash of 32 bits that takes one more number in."""
    state = ((state ^ value) * factor) & 0xFFFFFFFF
    return state ^ state >> 15


@kernel
def _absolute(work: Array, operand: int, seen: int) -> Any:
    """Where a near branch leads, its operand as coded, that ended at `seen`."""
    value = operand >> 24 | operand >> 8 & 0xFF00 | (operand & 0xFF00) << 8 | (operand & 255) << 24
    if work[MOVING]:
        return work[ORIGIN] + value
    return (value + seen) & 0xFFFFFFFF


@kernel
def _note_branch(registers: Array, work: Array, state: int, seen: int) -> Any:
    """Remember where this branch leads, then say who led here."""
    opcode, operand = registers[OP], registers[FIELD]
    if state == SHORT_BRANCH or state == NEAR_BRANCH + 3:
        kind = np.int64(1)
        target = seen + ((operand & 255 ^ 128) - 128)
        if state != SHORT_BRANCH:
            target = _absolute(work, operand, seen)
            kind = np.int64(3) if opcode == _CALL else np.int64(2)
            registers[TARGET] = operand
        if opcode != _CALL and target != work[BRANCH1]:
            work[BRANCH1], work[BRANCH2] = target, work[BRANCH1]
        work[LABELS + (target * _M1 >> 7 & (NLABELS - 1))] = target << 2 | kind
    label = work[LABELS + (seen * _M1 >> 7 & (NLABELS - 1))]
    registers[LABEL] = label & 3 if label >> 2 == seen else np.int64(0)
    if opcode in (_RETURN, _RETURN_N, _JUMP, _SHORT_JUMP):
        registers[LABEL] |= 4


@kernel
def _destination(opcode: int, modrm: int, shape: int, state: int) -> Any:
    """0-7 a register, 8 none, 9 memory, 10 the stack, 11 a call, 12 a branch."""
    if opcode < 256 and shape & 1:
        if (opcode < 0x40 or 0x84 <= opcode <= 0x8D) and opcode & 2:
            return modrm >> 3 & 7
        return modrm & 7 if modrm >= 0xC0 else np.int64(9)
    if 0xB8 <= opcode <= 0xBF or 0x58 <= opcode <= 0x5F:
        return opcode & 7
    if 0x50 <= opcode <= 0x57 or opcode in (0x68, 0x6A):
        return np.int64(10)
    if opcode == _CALL:
        return np.int64(11)
    return np.int64(12) if state == SHORT_BRANCH or 0x180 <= opcode < 0x190 else np.int64(8)


@kernel
def _note_memory(registers: Array, work: Array) -> Any:
    modrm, displacement = work[MODRM], work[DISPS - 1]
    if modrm == 0 or modrm >= 0xC0:
        return
    registers[MEM1] = folded(registers[RM] + 1, displacement, _M2)
    if modrm & 0xC7 == 0x44 and work[SIB] == 0x24:
        registers[NORMS] = registers[NORMS] << 8 & 0xFF00 | (displacement - 4 * registers[PUSHED]) & 255


@kernel
def _note_pushes(registers: Array, work: Array) -> Any:
    opcode, extension = registers[OP], work[MODRM] & 0x38
    if 0x50 <= opcode <= 0x57 or opcode in (0x68, 0x6A) or (opcode == 0xFF and extension == 0x30):
        registers[PUSHED] = min(registers[PUSHED] + 1, np.int64(63))
    elif opcode in (_CALL, _RETURN, _RETURN_N) or (opcode == 0xFF and extension == 0x10):
        registers[PUSHED] = 0


@kernel
def end_instruction(registers: Array, work: Array, shape: int, state: int, seen: int) -> Any:
    """Take note of the instruction whose last byte, coded in `state`, was the last of `seen`."""
    opcode = registers[OP]
    _note_branch(registers, work, state, seen)
    destination = _destination(opcode, work[MODRM], shape, state)
    registers[DESTS] = (registers[DESTS] << 4 | destination) & 0xFFFFFFFF
    _note_memory(registers, work)
    _note_pushes(registers, work)
    work[ODDNESS] += ((_RARE[opcode] << 12) - work[ODDNESS]) >> 4
    registers[DATA] = work[ODDNESS] >> 10
    registers[H3], registers[H2], registers[H1] = registers[H2], registers[H1], registers[CUR]
    registers[S5], registers[S4], registers[S3] = registers[S4], registers[S3], registers[S2]
    registers[S2], registers[S1] = registers[S1], registers[STRIP]
    registers[OPS2] = (registers[OPS2] << 8 | registers[OPS] >> 24) & 0xFFFFFFFF
    registers[OPS] = (registers[OPS] << 8 | opcode + (opcode >> 8) * 59 & 255) & 0xFFFFFFFF
    registers[CUR] = registers[STRIP] = registers[FIELD] = registers[RM] = 0


@kernel
def _look_up(registers: Array, work: Array, seen: int) -> Any:
    key = folded(folded(registers[S1], registers[S2], _M1), registers[S3], _M2)
    key = folded(folded(key, registers[S4], _M3), registers[S5], _M1)
    at = LATER + ((key * _M2 & 0xFFFFFFFF) >> 13) % NLATER
    if work[LIKE] > 0:
        registers[LONG] = min(registers[LONG] + 1, np.int64(31))
    else:
        work[MISSED] = 0
        if 0 < work[at] < seen:
            work[LIKE] = work[at]
            registers[LONG] = 1
    work[at] = seen


@kernel
def _follow_class(length: Any, whole: int, operand: int) -> Any:
    """16-31 from how many instructions held, whether their operands did too, and whether an operand comes."""
    if whole and operand:
        return np.int64(30) + np.int64(length > 8)
    step = min(length, np.int64(3)) + np.int64(length >= 4) + np.int64(length >= 8) + np.int64(length >= 16)
    return 16 + 2 * step + np.int64(not operand)


@kernel
def follow_instructions(
    registers: Array, work: Array, history: Bytes, coded: int, state: int, following: int, seen: int
) -> Any:
    """Follow the like instructions over the byte `coded` in `state`; set the guess for the next, in `following`."""
    operand = 6 <= state != 24
    if work[LIKE] > 0:
        same = history[work[LIKE]] == coded
        work[LIKE] += 1
        if not same and operand:
            work[MISSED] = 1
        elif not same:
            work[LIKE] = registers[LONG] = 0
    if not operand:
        for place in (work[FOLLOW1_AT], work[FOLLOW2_AT]):
            work[place] = (work[place] << 8 | coded) & 0xFFFF
    if following == 0:
        _look_up(registers, work, seen)
    begun = registers[STRIP] + following
    one = folded(registers[S1], begun, _M2)
    two = folded(folded(registers[S1], registers[S2], _M1), begun, _M2)
    work[FOLLOW1_AT] = FOLLOWS + (one & (NFOLLOWS - 1))
    work[FOLLOW2_AT] = FOLLOWS + NFOLLOWS + (two & (NFOLLOWS - 1))
    registers[FOLLOWED1] = work[work[FOLLOW1_AT]]
    registers[FOLLOWED2] = work[work[FOLLOW2_AT]]
    registers[GUESS] = registers[GCLASS] = registers[EXPECTED] = 0
    if work[LIKE] > 0:
        registers[EXPECTED] = registers[GUESS] = np.int64(history[work[LIKE]]) | 256
        registers[GCLASS] = _follow_class(registers[LONG], work[MISSED] == 0, following >= 6)


@kernel
def _reached(target: int, following: int, seen: int) -> Any:
    """How a branch whose operand comes next, in state `following`, would be written to lead to `target`."""
    if following == SHORT_BRANCH:
        away = target - seen - 1
        return 256 + (away & 255) if -128 <= away < 128 else np.int64(0)
    return (target - seen - 4 + following - NEAR_BRANCH) & 0xFFFFFFFF


@kernel
def look_ahead(registers: Array, work: Array, following: int, seen: int) -> Any:
    """Set AHEAD, AHEAD2 and TOLABEL for the byte after the last of `seen`."""
    registers[AHEAD] = registers[AHEAD2] = registers[TOLABEL] = 0
    one, two = work[BRANCH1], work[BRANCH2]
    if following == SHORT_BRANCH or NEAR_BRANCH <= following <= NEAR_BRANCH + 3:
        registers[AHEAD] = _reached(one, following, seen)
        registers[AHEAD2] = _reached(two, following, seen)
    nearest = np.int64(32)
    for target in (one, two):
        if seen < target < seen + nearest:
            nearest = target - seen
    registers[TOLABEL] = nearest & 31
