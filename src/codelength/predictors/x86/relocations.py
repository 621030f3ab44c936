"""Guesses of the base relocations of a PE image from the code and data that came before them.

A base relocation block (Microsoft PE specification, ".reloc section") names a page and then, in order, the places in
it that hold an absolute address: 4 bytes page, 4 bytes size, then 16 bits each, type 3 << 12 | place. Such places can
be seen in what was decoded: 32-bit operands and data words whose value lies inside the image. So nearly every entry
is foretold: the next such place. In code only what the instruction decoder took for an operand counts, or a
neighbour of another address (jump tables). The header is read from the decoded bytes themselves, every index bounded.

Cost: one look at each byte of the image, when its relocations come.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from codelength.predictors.compiled import kernel
from codelength.predictors.x86.state import (
    BLOCK,
    BLOCK_SIZE,
    FILLED,
    GCLASS,
    GUESS,
    GUESSED,
    GUESSED_SIZE,
    HITS,
    IMAGE,
    IMAGE_SIZE,
    MARKS,
    NEXT,
    NMARKS,
    ORIGIN,
    RELOCATIONS,
    RELOCATIONS_SIZE,
    SECTION,
    SECTIONS,
    Array,
    Bytes,
)

_PAGE = 4096
_FARTHEST = 1 << 16  # also bounds what a hostile frame can make a byte cost


@kernel
def word_at(history: Bytes, at: int) -> Any:
    """The 32-bit number that begins there, its lowest byte first."""
    return (
        np.int64(history[at])
        | np.int64(history[at + 1]) << 8
        | np.int64(history[at + 2]) << 16
        | np.int64(history[at + 3]) << 24
    )


@kernel
def _read_sections(work: Array, history: Bytes, seen: int) -> Any:
    work[SECTIONS] = 0
    origin = work[ORIGIN]
    if seen - origin < _PAGE:
        return
    header = origin + word_at(history, origin + 60)
    if header - origin > 1024:
        return
    count = np.int64(history[header + 6])
    optional = np.int64(history[header + 20]) | np.int64(history[header + 21]) << 8
    if count > 16 or optional > 1024:
        return
    work[IMAGE] = word_at(history, header + 52)
    work[IMAGE_SIZE] = word_at(history, header + 80)
    work[SECTIONS] = count
    for k in range(count):
        entry = header + 24 + optional + 40 * k
        work[SECTION + 4 * k] = word_at(history, entry + 12)
        work[SECTION + 4 * k + 1] = word_at(history, entry + 16)
        work[SECTION + 4 * k + 2] = word_at(history, entry + 20)
        work[SECTION + 4 * k + 3] = word_at(history, entry + 36) >> 29 & 1


@kernel
def _inside(work: Array, value: int) -> Any:
    return _PAGE <= value - work[IMAGE] < work[IMAGE_SIZE]


@kernel
def _is_address(work: Array, history: Bytes, seen: int, at: int, code: int) -> Any:
    if not _inside(work, word_at(history, at)):
        return False
    if not code or work[MARKS + (at >> 6 & (NMARKS - 1))] >> (at & 63) & 1:
        return True
    return (at >= 4 and _inside(work, word_at(history, at - 4))) or (
        at + 8 <= seen and _inside(work, word_at(history, at + 4))
    )


@kernel
def _next_address(work: Array, history: Bytes, seen: int, place: int, end: Any) -> Any:
    """First place (relative to the image) in [place, end) that holds an address of the image, or -1."""
    while place < end:
        stop: Any = np.int64(-1)
        shift: Any = np.int64(0)
        code = False
        for k in range(work[SECTIONS]):
            first = work[SECTION + 4 * k]
            if first <= place < first + work[SECTION + 4 * k + 1]:
                shift = work[ORIGIN] + work[SECTION + 4 * k + 2] - first
                stop = min(end, first + work[SECTION + 4 * k + 1] - 3)
                code = work[SECTION + 4 * k + 3] != 0
        while place < stop:
            at = place + shift
            if at < work[ORIGIN] or at + 4 > seen:
                return np.int64(-1)
            if _is_address(work, history, seen, at, code):
                return place
            place += 1
        place = (place | (_PAGE - 1)) + 1
    return np.int64(-1)


@kernel
def _guess_block(work: Array, history: Bytes, seen: int) -> Any:
    place = _next_address(work, history, seen, work[NEXT], work[NEXT] + _FARTHEST)
    work[GUESSED] = 0
    work[GUESSED_SIZE] = 8
    if place < 0:
        return
    page = place & ~np.int64(_PAGE - 1)
    entries = np.int64(0)
    while place >= 0:
        entries += 1
        place = _next_address(work, history, seen, place + 4, page + _PAGE)
    work[GUESSED] = page
    work[GUESSED_SIZE] = (8 + 2 * entries + 3) & ~np.int64(3)


@kernel
def _guess_entry(work: Array, history: Bytes, seen: int, low: int) -> Any:
    """Next entry, among those with this low byte if `low` >= 0."""
    end = work[BLOCK] + _PAGE
    place = _next_address(work, history, seen, work[NEXT], end)
    while place >= 0 and low >= 0 and place & 255 != low:
        place = _next_address(work, history, seen, place + 1, end)
    return place & (_PAGE - 1) | 0x3000 if place >= 0 else np.int64(0)


@kernel
def _advance(work: Array, history: Bytes, seen: int) -> Any:
    work[FILLED] += 1
    filled = work[FILLED]
    if filled == 8:
        work[BLOCK] = word_at(history, seen - 8)
        work[BLOCK_SIZE] = word_at(history, seen - 4)
        work[NEXT] = work[BLOCK]
    elif filled > 8 and filled & 1 == 0:
        entry = np.int64(history[seen - 2]) | np.int64(history[seen - 1]) << 8
        if entry > 0:
            work[NEXT] = work[BLOCK] + (entry & (_PAGE - 1)) + 4
        work[HITS] = min(work[HITS] + 1, np.int64(3)) if entry == work[GUESSED] else np.int64(0)
    if filled >= 8 and filled >= work[BLOCK_SIZE]:
        work[FILLED] = 0


@kernel
def guess_relocations(registers: Array, work: Array, history: Bytes, seen: int) -> Any:
    """Set GUESS and GCLASS (1-16) for the next byte if it lies among the relocations; `seen`: bytes so far."""
    within = seen - work[ORIGIN] - work[RELOCATIONS]
    if within < 0 or within >= work[RELOCATIONS_SIZE]:
        return
    if within == 0:
        _read_sections(work, history, seen)
        work[FILLED] = work[NEXT] = work[HITS] = 0
    else:
        _advance(work, history, seen)
    filled = work[FILLED]
    if filled == 0:
        _guess_block(work, history, seen)
    if filled < 4:
        guess, kind = work[GUESSED] >> 8 * filled, np.int64(0)
    elif filled < 8:
        guess, kind = work[GUESSED_SIZE] >> 8 * (filled - 4), np.int64(1)
    elif filled & 1 == 0:
        work[GUESSED] = _guess_entry(work, history, seen, np.int64(-1))
        guess, kind = work[GUESSED], np.int64(2)
    else:
        low = np.int64(history[seen - 1])
        entry = work[GUESSED]
        if entry & 255 != low:
            entry = _guess_entry(work, history, seen, low)
        guess, kind = entry >> 8, np.int64(3)
    registers[GUESS] = 256 | guess & 255
    registers[GCLASS] = kind * 4 + work[HITS]
