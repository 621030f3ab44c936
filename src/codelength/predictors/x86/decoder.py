"""An x86 instruction decoder as a source of contexts, and branch operands made absolute byte by byte.

Instructions are read one byte at a time: prefixes, opcode (maps 0 to 3, VEX and EVEX), ModRM, SIB, displacement,
immediate; what an opcode takes stands in `opcodes`. Any byte sequence is a sequence of "instructions"; the
decoder falls in step with real code after a few.

The 32-bit operand of a branch counts from the next instruction: operand = target - address. Within
[BEGIN, END), where the opcodes of late are those of compilers, the byte coded of a call is that of the target (mod
2**32; jumps stay as they are, for most are near and their targets rarely come back):
coded_i = (byte_i + address_i + carry_i) mod 256, with carry_(i+1) = (byte_i + address_i + carry_i) >> 8.
SHIFT = address_i + carry_i is known before byte i, so the map is a bijection of every byte whatever the input
(no escapes, no range test, no look-ahead, length kept), inverted byte by byte.

Cost: a few comparisons and at most two table look-ups a byte.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from codelength.predictors.compiled import kernel
from codelength.predictors.x86.instructions import end_instruction, folded, follow_instructions, look_ahead
from codelength.predictors.x86.opcodes import (
    BYTE,
    ENTER,
    ESCAPE,
    EVEX,
    FAR,
    FULL,
    GROUP3,
    NEAR,
    OFFSET,
    PREFIX,
    REX,
    SHORT,
    VEX2,
    VEX3,
    WIDE,
    WORD,
    shapes,
)
from codelength.predictors.x86.opcodes import (
    MODRM as HAS_MODRM,
)
from codelength.predictors.x86.relocations import guess_relocations, word_at
from codelength.predictors.x86.state import (
    ADDRESS,
    ALIGN,
    BEGIN,
    CARRY,
    CUR,
    DELTA4,
    DISPS,
    END,
    FIELD,
    FLAGS,
    LASTOP,
    LEFT,
    LENGTH,
    MARKS,
    MODRM,
    MOVING,
    NDISPS,
    NEAR_BRANCH,
    NMARKS,
    ODDNESS,
    OP,
    OPS,
    ORIGIN,
    POS4,
    PREV4,
    REGDISP,
    RELOCATIONS_SIZE,
    RM,
    SHAPE,
    SHIFT,
    SIB,
    STATE,
    STRIP,
    WIDE_MODE,
    Array,
    Bytes,
)

SHAPES = shapes().astype(np.int64)
_SMALL_OPERAND, _REX_W = 1, 8
_LONGEST = 15
_ODD = 2048


@kernel
def _immediate_length(registers: Array, work: Array) -> Any:
    shape = work[SHAPE] & 62
    word = np.int64(2) if work[FLAGS] & _SMALL_OPERAND else np.int64(4)
    if shape in (BYTE, SHORT):
        return np.int64(1)
    if shape == WORD:
        return np.int64(2)
    if shape == ENTER:
        return np.int64(3)
    if shape == NEAR:
        return np.int64(4)
    if shape == FULL:
        return word
    if shape == WIDE:
        return np.int64(8) if work[FLAGS] & _REX_W else word
    if shape == FAR:
        return word + 2
    if shape == OFFSET:
        return np.int64(8) if work[WIDE_MODE] else np.int64(4)
    if shape == GROUP3 and work[MODRM] & 0x38 <= 8:
        return word if registers[OP] & 1 else np.int64(1)
    return np.int64(0)


@kernel
def _start_immediate(registers: Array, work: Array) -> Any:
    length = _immediate_length(registers, work)
    work[LEFT] = length
    registers[FIELD] = 0
    shape = work[SHAPE] & 62
    if length == 0:
        return np.int64(0)
    if shape == SHORT:
        return np.int64(22)
    if shape == NEAR:
        return np.int64(NEAR_BRANCH)
    if length == 1:
        return np.int64(11)
    if length == 2:
        return np.int64(12)
    return np.int64(14) if length == 4 else np.int64(23)


@kernel
def _start_displacement(registers: Array, work: Array) -> Any:
    mode, base = work[MODRM] >> 6, work[MODRM] & 7
    if base == 4 and mode != 3:
        base = work[SIB] & 7
    registers[FIELD] = 0
    if mode == 1:
        work[LEFT] = 1
        return np.int64(6)
    if mode == 2 or (mode == 0 and base == 5):
        work[LEFT] = 4
        return np.int64(7)
    return _start_immediate(registers, work)


@kernel
def _after_opcode(registers: Array, work: Array, opcode: int) -> Any:
    registers[OP] = opcode
    work[SHAPE] = SHAPES[work[WIDE_MODE], opcode]
    return np.int64(4) if work[SHAPE] & HAS_MODRM else _start_immediate(registers, work)


@kernel
def _first_byte(registers: Array, work: Array, byte: int) -> Any:
    kind = SHAPES[work[WIDE_MODE], byte] & 62
    registers[OP] = byte
    if kind in (PREFIX, REX):
        if kind == REX:
            work[FLAGS] |= byte & _REX_W
        elif byte == 0x66:
            work[FLAGS] |= _SMALL_OPERAND
        return np.int64(1) if work[LENGTH] < _LONGEST else np.int64(0)
    if kind == ESCAPE:
        return np.int64(2)
    if kind in (VEX2, VEX3, EVEX):
        work[LEFT] = 1 if kind == VEX2 else (2 if kind == VEX3 else 3)
        registers[OP] = 256 if kind == VEX2 else 0
        return np.int64(24)
    return _after_opcode(registers, work, byte)


@kernel
def _operand_byte(registers: Array, work: Array, coded: int, seen: int) -> Any:
    """The next state after a byte of a displacement or immediate."""
    state = registers[STATE]
    registers[FIELD] = (registers[FIELD] << 8 | coded) & 0xFFFFFFFF
    work[LEFT] -= 1
    if work[RELOCATIONS_SIZE] > 0 and (state in (10, 17)):
        work[MARKS + ((seen - 4) >> 6 & (NMARKS - 1))] |= np.int64(1) << ((seen - 4) & 63)
    if work[LEFT] <= 0:
        if state > 10:
            return np.int64(0)
        work[DISPS + _form(registers)] = work[DISPS - 1] = registers[FIELD]
        return _start_immediate(registers, work)
    return state if state == 23 else state + 1


@kernel
def _form(registers: Array) -> Any:
    return folded(registers[RM], np.int64(1), np.int64(0x2F0B4C47)) & (NDISPS - 1)


@kernel
def _decoded(registers: Array, work: Array, byte: Any, coded: int, seen: int) -> Any:
    """The state after `byte`: what the byte after it is."""
    state, opcode = registers[STATE], registers[OP]
    if state >= 6 and state != 24:
        return _operand_byte(registers, work, coded, seen)
    registers[STRIP] = folded(registers[STRIP], byte + 1, np.int64(0x2F0B4C47))
    if state <= 1:
        return _first_byte(registers, work, byte)
    if state == 2:
        if byte in (0x38, 0x3A):
            registers[OP] = 512 if byte == 0x38 else 768
            return np.int64(3)
        return _after_opcode(registers, work, 256 + byte)
    if state == 3:
        return _after_opcode(registers, work, (opcode & 0x300) + byte)
    if state == 4:
        work[MODRM] = byte
        registers[RM] = byte & 0xC7
        return np.int64(5) if byte < 0xC0 and byte & 7 == 4 else _start_displacement(registers, work)
    if state == 5:
        work[SIB] = byte
        registers[RM] |= byte << 8
        return _start_displacement(registers, work)
    work[LEFT] -= 1
    if opcode == 0:
        registers[OP] = max(min(byte & 7, np.int64(3)), np.int64(1)) << 8
    return np.int64(3) if work[LEFT] <= 0 else np.int64(24)


@kernel
def _shift(work: Array, opcode: int, state: int, byte: int, seen: int) -> Any:
    """What to add to the next byte, which `state` says is what, after `byte`."""
    if state == NEAR_BRANCH:
        work[ADDRESS] = (seen - work[ORIGIN] + 4) & 0xFFFFFFFF
        work[CARRY] = 0
        work[MOVING] = np.int64(
            opcode == 0xE8 and work[ODDNESS] < _ODD and work[BEGIN] <= seen - work[ORIGIN] < work[END]
        )
    elif NEAR_BRANCH < state <= NEAR_BRANCH + 3:
        work[CARRY] = (byte + (work[ADDRESS] & 255) + work[CARRY]) >> 8
        work[ADDRESS] >>= 8
    else:
        return np.int64(0)
    return (work[ADDRESS] + work[CARRY]) & 255 if work[MOVING] else np.int64(0)


@kernel
def see(registers: Array, work: Array, history: Bytes, coded: int, seen: int) -> Any:
    """Bring the registers of the kind up to date after a coded byte, the last of `seen`, all in `history`.

    registers: (REGISTERS,) int64, named in `state`; work: (NWORK,) int64, from `prepared`;
    history: uint8, the coded bytes.
    """
    state = registers[STATE]
    byte = (coded - registers[SHIFT]) & 255
    if state == 0:
        work[FLAGS] = work[LENGTH] = work[MODRM] = work[SIB] = work[DISPS - 1] = 0
    work[LENGTH] += 1
    following = _decoded(registers, work, byte, coded, seen)
    registers[CUR] = folded(registers[CUR], coded + 1, np.int64(0x1B873593))
    registers[SHIFT] = _shift(work, registers[OP], following, byte, seen)
    registers[STATE] = following
    if following == 0:
        end_instruction(registers, work, SHAPES[work[WIDE_MODE], registers[OP]], state, seen)
    follow_instructions(registers, work, history, coded, state, following, seen)
    look_ahead(registers, work, following, seen)
    if work[RELOCATIONS_SIZE] > 0:
        guess_relocations(registers, work, history, seen)
    registers[LASTOP] = registers[OPS] & 255
    registers[ALIGN] = seen & 15
    registers[POS4] = seen & 3
    if seen >= 12:
        aligned = seen & ~np.int64(3)
        registers[PREV4] = word_at(history, aligned - 4)
        registers[DELTA4] = (registers[PREV4] - word_at(history, aligned - 8)) & 0xFFFFFFFF
    registers[REGDISP] = work[DISPS + _form(registers)]
