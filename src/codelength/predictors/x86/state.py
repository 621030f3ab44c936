"""What the x86 kind keeps: registers that contexts may name, and the slots and tables of its work array.

Registers (those that context mixing leaves to a kind; 0 at the start):
STATE what the next byte is: 0 opcode, 1 opcode after a prefix, 2 after 0F, 3 after 0F 38 or 0F 3A, 4 ModRM, 5 SIB,
6 disp8, 7-10 disp32, 11 imm8, 12-13 imm16, 14-17 imm32, 18-21 rel32, 22 rel8, 23 a wide immediate, 24 VEX or EVEX.
OP map * 256 + opcode. CUR hash of all bytes of this instruction, STRIP of those that are no operand.
FIELD bytes of the displacement or immediate so far. H1, H2, H3 hashes of whole earlier instructions; S1 to S5 the same
with displacements and immediates left out. OPS, OPS2 opcodes of the last eight instructions, one a byte.
TARGET where the last near branch led. RM addressing form (ModRM without reg, SIB << 8). REGDISP displacement
last used with this form. PUSHED pushes since the last call. NORMS the last two [esp + disp8], pushes taken
off.
DATA 0 (code) to 3 (opcodes that compilers do not write). LABEL 1-3: an earlier short jump, near jump, call led here;
+ 4: the instruction before never falls through. DESTS last destinations, 4 bits each. MEM1 last memory operand.
ALIGN position modulo 16, POS4 modulo 4, PREV4 the aligned word before, DELTA4 its difference from the one before.
EXPECTED byte | 256 that followed the same instructions (0: nothing known), LONG for how many instructions it held.
FOLLOWED1, FOLLOWED2 last two opcode bytes seen after this and one, two earlier instructions.
GUESS, GCLASS byte | 256 that a guess expects and its class (1-31): the engine's guess input.
AHEAD, AHEAD2 the displacement with which this branch would lead where the last
and last but one branch did. TOLABEL bytes to the nearest of their targets (0: none ahead within 31).
LASTOP opcode byte of the instruction before.
SHIFT added (modulo 256) to the next byte before it is coded: relative branch operands become absolute.
HISTORIES, GUESS_ROW, GUESS_CELL: the kernel's own, of the next bit (`kernel`).

Work array: NWORK int64 (7 MiB, of which little data touch little), parameters first (`prepared`).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from codelength.predictors.mixing.state import KIND

Array = Any
"""int64, as the kernels take it: to a type checker its elements are no `int`."""

Bytes = Any
"""uint8, the same."""

NAMES = (
    "STATE", "OP", "CUR", "STRIP", "FIELD", "H1", "H2", "H3", "S1", "S2", "S3", "S4", "S5", "OPS", "OPS2", "TARGET",
    "RM", "REGDISP", "PUSHED", "NORMS", "DATA", "LABEL", "DESTS", "MEM1", "ALIGN", "POS4", "PREV4", "DELTA4",
    "EXPECTED", "LONG", "FOLLOWED1", "FOLLOWED2", "GUESS", "GCLASS", "SHIFT", "AHEAD", "AHEAD2", "TOLABEL", "LASTOP",
    "HISTORIES", "GUESS_ROW", "GUESS_CELL",
)  # fmt: skip
(
    STATE, OP, CUR, STRIP, FIELD, H1, H2, H3, S1, S2, S3, S4, S5, OPS, OPS2, TARGET, RM,
    REGDISP, PUSHED, NORMS, DATA, LABEL, DESTS, MEM1, ALIGN, POS4, PREV4, DELTA4, EXPECTED, LONG,
    FOLLOWED1, FOLLOWED2, GUESS, GCLASS, SHIFT, AHEAD, AHEAD2, TOLABEL, LASTOP, HISTORIES,
    GUESS_ROW, GUESS_CELL,
) = range(KIND, KIND + len(NAMES))  # fmt: skip

# States that have a name elsewhere.
SHORT_BRANCH, NEAR_BRANCH = 22, 18

# Work array: parameters, and where the document began, which side information may precede.
WIDE_MODE, BEGIN, END, RELOCATIONS, RELOCATIONS_SIZE, ORIGIN, TWICE = range(7)
# ... private state of the instruction decoder
(
    SHAPE, FLAGS, LEFT, LENGTH, MODRM, SIB, ADDRESS, CARRY, MOVING, ODDNESS, FOLLOW1_AT, FOLLOW2_AT, LIKE, MISSED,
    BRANCH1, BRANCH2,
) = range(8, 24)  # fmt: skip
# ... of the guesses of relocations
FILLED, BLOCK, BLOCK_SIZE, NEXT, GUESSED, GUESSED_SIZE, HITS, IMAGE, IMAGE_SIZE, SECTIONS = range(25, 35)
SECTION = 40
"""Address, size, place in the file, whether it is code: four numbers for each of 16 sections."""

PRIVATE = 512
"""Slots before the tables."""

DISPS, LABELS, NDISPS, NLABELS = 512, 1024, 512, 4096
MARKS, NMARKS = LABELS + NLABELS, 1 << 17
"""One bit a byte of the file (modulo 2**23): a 32-bit operand starts here."""

LATER, NLATER = MARKS + NMARKS, 1 << 19
"""What came after these five instructions."""

FOLLOWS, NFOLLOWS = LATER + NLATER, 1 << 17
"""Two tables of what followed."""

NWORK = FOLLOWS + 2 * NFOLLOWS


class X86State(NamedTuple):
    """The arrays of the kind."""

    work: NDArray[np.int64]
    """(NWORK,)"""
    guess_maps: NDArray[np.uint32]
    """(512,): probability (22 bits) and count (10 bits) that a guess of a class is right, by bit of the byte."""


def prepared(parameters: tuple[int, ...]) -> X86State:
    """The arrays before the first byte; parameters: wide mode, begin, end, relocations, their size."""
    work = np.zeros(NWORK, dtype=np.int64)
    work[: len(parameters)] = parameters
    work[FOLLOW1_AT] = work[FOLLOW2_AT] = FOLLOWS
    return X86State(work, np.full(512, 1 << 31, dtype=np.uint32))
