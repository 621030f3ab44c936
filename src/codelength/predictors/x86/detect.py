"""Is this machine code, and which? From executable headers, or from opcode statistics where there is no header.

Headers read: PE ("MZ", Microsoft PE/COFF specification: machine, section table, image base, relocations) and
ELF (System V ABI: class, machine, executable section or segment range). Without a header the test is that of every
branch filter turned round: in code the operands of E8 (call) are near, so that their top byte is 00 or FF much
more often than the 2 in 256 of chance, and targets come back. Everything is integers and a function of the bytes
alone; the answer stands in the frame, so the decoder never repeats it.

Cost: one pass of numpy comparisons over the first MiB (some 10 ms per MB).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

_X86_MACHINES = {0x014C: 32, 0x8664: 64}  # PE: IMAGE_FILE_MACHINE_I386, _AMD64
_ELF_MACHINES = {3: 32, 62: 64}  # ELF: EM_386, EM_X86_64
_LEAST_CALLS = 64
_UNKNOWN = 1 << 47
"""Where a file of unknown size ends: nowhere."""


class MachineCode(NamedTuple):
    """What a file of x86 code is: fields of the frame.

    bits: 32 or 64, the mode in which instructions are read.
    begin, end: file offsets between which branch operands become absolute.
    relocations, relocations_size: where the base relocations of a PE stand (0, 0: nowhere).
    """

    bits: int
    begin: int
    end: int
    relocations: int = 0
    relocations_size: int = 0


def machine_code(data: bytes, size: int) -> MachineCode | None:
    """What machine code begins with `data`, of `size` bytes in all; None where it is not x86."""
    return _pe(data, size) or _elf(data, size) or _headerless(data, size)


def detect_x86(head: bytes, size: int | None) -> str | None:
    """The spec of `X86` that suits data, or None where they are not x86 code.

    Parameters
    ----------
    head
        The first MiB of the data, or all of it.
    size
        Bytes of data, None if unknown.

    Examples
    --------
    >>> detect_x86(b"call me", 7) is None
    True
    """
    found = machine_code(head, _UNKNOWN if size is None else size)
    if found is None or found.begin >= found.end:
        return None
    values = found._replace(end=found.end % _UNKNOWN)._asdict().items()
    said = ",".join(f"{name}={value}" for name, value in values if value and (name, value) != ("bits", 32))
    return f"x86:{said}" if said else "x86"


def _number(data: bytes, at: int, size: int) -> int:
    return int.from_bytes(data[at : at + size], "little")


def _pe(data: bytes, size: int) -> MachineCode | None:
    at = _number(data, 60, 4)
    if data[:2] != b"MZ" or at > 2048 or data[at : at + 4] != b"PE\0\0":
        return None
    bits = _X86_MACHINES.get(_number(data, at + 4, 2))
    table = at + 24 + _number(data, at + 20, 2)
    if bits is None:
        return None
    begin = end = relocations = length = 0
    for place in range(table, table + 40 * min(_number(data, at + 6, 2), 16), 40):
        here, start = _number(data, place + 16, 4), _number(data, place + 20, 4)
        if _number(data, place + 36, 4) & 0x20000000:
            begin, end = (min(begin, start) if end else start), max(end, start + here)
        if data[place : place + 8] == b".reloc\0\0":
            relocations, length = start, min(here, _number(data, place + 8, 4))
    if not end:
        return None
    return MachineCode(bits, begin, min(end, size), relocations if bits == 32 else 0, length if bits == 32 else 0)


def _elf(data: bytes, size: int) -> MachineCode | None:
    if data[:4] != b"\x7fELF" or _number(data, 5, 1) != 1:
        return None
    bits = _ELF_MACHINES.get(_number(data, 18, 2))
    if bits is None:
        return None
    wide = data[4] == 2
    table, entry, count = (
        (_number(data, 32, 8), _number(data, 54, 2), _number(data, 56, 2))
        if wide
        else (_number(data, 28, 4), _number(data, 42, 2), _number(data, 44, 2))
    )
    begin = end = 0
    for place in range(table, table + entry * min(count, 64), max(entry, 1)):
        flags = _number(data, place + (4 if wide else 24), 4)
        if _number(data, place, 4) == 1 and flags & 1:
            start = _number(data, place + (8 if wide else 4), 8 if wide else 4)
            length = _number(data, place + (32 if wide else 16), 8 if wide else 4)
            begin, end = (min(begin, start) if end else start), max(end, start + length)
    if not end:  # an object file: no segments
        return MachineCode(bits, 64, size)
    return MachineCode(bits, begin, min(end, size))


def _headerless(data: bytes, size: int) -> MachineCode | None:
    x = np.frombuffer(data, np.uint8)
    if len(x) < 4096:
        return None
    at = np.flatnonzero(x[:-5] == 0xE8)
    if len(at) < _LEAST_CALLS or len(at) * 1000 < len(x):
        return None
    top = x[at + 4]
    near = (top == 0) | (top == 255)
    displacement = x[at + 1].astype(np.int64) | x[at + 2].astype(np.int64) << 8 | x[at + 3].astype(np.int64) << 16
    targets = (displacement + at)[near] & 0xFFFFFF
    again = len(targets) - len(np.unique(targets))
    relative_again = len(targets) - len(np.unique(displacement[near]))
    if 2 * int(near.sum()) < len(at) or 5 * again < len(targets) or again < 2 * relative_again:
        return None
    moves = int(np.count_nonzero((x[:-1] == 0x48) & ((x[1:] == 0x89) | (x[1:] == 0x8B) | (x[1:] == 0x8D))))
    return MachineCode(64 if moves * 100 > len(x) else 32, 0, size)
