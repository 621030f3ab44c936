"""Operand shapes of x86 opcodes: what follows an opcode byte, for 32-bit and 64-bit code.

shape = 1 if a ModRM byte follows, plus one of the immediate kinds below. Written from the public opcode maps
(Intel Software Developer's Manual, volume 2, appendix A, tables A-2 to A-5; the 3DNow! and VEX encodings alike).
Opcodes stand at map * 256 + byte: map 0 one byte, 1 after 0F, 2 after 0F 38, 3 after 0F 3A.
An opcode that no processor has gets shape 0: the decoder only has to stay in step with real code and to be a
function of the bytes.

Cost: a table of 2,048 bytes made at import.
"""

from __future__ import annotations

from typing import Any

import numpy as np

MODRM = 1
BYTE, WORD, FULL, WIDE, FAR, OFFSET, ENTER, NEAR, SHORT, GROUP3, PREFIX, ESCAPE, REX, VEX2, VEX3, EVEX = (
    2 * k for k in range(1, 17)
)


def _spans(table: Any, *spans: tuple[int, int], shape: int) -> None:
    for first, last in spans:
        table[first : last + 1] = shape


def _one_byte(wide: int) -> Any:
    table = np.zeros(256, np.uint8)
    for row in range(0, 0x40, 8):
        table[row : row + 4] = MODRM
        table[row + 4] = BYTE
        table[row + 5] = FULL
    for prefix in (0x26, 0x2E, 0x36, 0x3E, 0x64, 0x65, 0x66, 0x67, 0xF0, 0xF2, 0xF3):
        table[prefix] = PREFIX
    table[0x0F] = ESCAPE
    _spans(table, (0x62, 0x63), (0x84, 0x8F), (0xC4, 0xC5), (0xD0, 0xD3), (0xD8, 0xDF), (0xFE, 0xFF), shape=MODRM)
    _spans(table, (0x6A, 0x6A), (0xA8, 0xA8), (0xB0, 0xB7), (0xCD, 0xCD), (0xD4, 0xD5), (0xE4, 0xE7), shape=BYTE)
    _spans(table, (0x70, 0x7F), (0xE0, 0xE3), (0xEB, 0xEB), shape=SHORT)
    _spans(table, (0x68, 0x68), (0xA9, 0xA9), shape=FULL)
    _spans(table, (0x6B, 0x6B), (0x80, 0x80), (0x82, 0x83), (0xC0, 0xC1), (0xC6, 0xC6), shape=MODRM | BYTE)
    _spans(table, (0x69, 0x69), (0x81, 0x81), (0xC7, 0xC7), shape=MODRM | FULL)
    _spans(table, (0x9A, 0x9A), (0xEA, 0xEA), shape=FAR)
    _spans(table, (0xA0, 0xA3), shape=OFFSET)
    _spans(table, (0xB8, 0xBF), shape=WIDE)
    _spans(table, (0xC2, 0xC2), (0xCA, 0xCA), shape=WORD)
    table[0xC8] = ENTER
    _spans(table, (0xE8, 0xE9), shape=NEAR)
    _spans(table, (0xF6, 0xF7), shape=MODRM | GROUP3)
    if wide:
        _spans(table, (0x40, 0x4F), shape=REX)
        table[0xC5], table[0xC4], table[0x62] = VEX2, VEX3, EVEX
    return table


def _two_bytes() -> Any:
    table = np.zeros(256, np.uint8)
    _spans(
        table,
        (0x00, 0x03),
        (0x0D, 0x0D),
        (0x10, 0x2F),
        (0x40, 0x6F),
        (0x74, 0x76),
        (0x78, 0x7F),
        (0x90, 0x9F),
        (0xA3, 0xA3),
        (0xA5, 0xA5),
        (0xAB, 0xAB),
        (0xAD, 0xB9),
        (0xBB, 0xC1),
        (0xC3, 0xC3),
        (0xC7, 0xC7),
        (0xD0, 0xFF),
        shape=MODRM,
    )
    _spans(
        table,
        (0x0F, 0x0F),
        (0x70, 0x73),
        (0xA4, 0xA4),
        (0xAC, 0xAC),
        (0xBA, 0xBA),
        (0xC2, 0xC2),
        (0xC4, 0xC6),
        shape=MODRM | BYTE,
    )
    _spans(table, (0x80, 0x8F), shape=NEAR)
    table[0x38] = table[0x3A] = ESCAPE
    return table


def shapes() -> Any:
    """(2, 1024) uint8: operand shape of every opcode, in 32-bit code (row 0) and 64-bit code (row 1)."""
    later = [_two_bytes(), np.full(256, MODRM, np.uint8), np.full(256, MODRM | BYTE, np.uint8)]
    return np.stack([np.concatenate([_one_byte(wide), *later]) for wide in (False, True)])
