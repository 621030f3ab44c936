r"""Where the lines of a wrapped text break, told apart from the text.

An editor breaks a line where the next word would not fit any more. Whoever predicts the text byte by byte has to guess
the break before that word is known, at 2 to 3 bits a line; told after it, it costs a third of a bit. So what is told
here, given the joined text (`lines`), is the kind of each lone space: a space, or a break, and which.

P(break) is a counted share with a coarser one behind it (a hierarchical Dirichlet: MacKay & Peto 1995): given k, the
column at which the next word would end, and w, the longest of the last eight broken lines,

    P(break | k, w) = (breaks at (k, w) + 3 P(break | k - w)) / (spaces at (k, w) + 3)

Integers only: the same on every machine. Cost: one pass, some 60 ns a byte.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from codelength.coding import binary
from codelength.coding.binary import decode_bit, exhausted
from codelength.core import StreamError
from codelength.predictors.prose.lines import is_lone, is_white

PRIOR = 3
"""Spaces that a count begins with, shared out as the coarser count says."""

DECISIONS = 3
"""Most bits of a lone space: whether it is a break, whether a "\\r" is in that, whether a space is."""

_COLUMNS = 256
_LINES = 8
_FIRST_WIDTH = 70
_MOST = 1 << 15
_LEAST_P = 1 << 10
_LONGEST_WORD = 64

_COLUMN, _LAST_KIND, _LINE, _TOLD = range(4)


class State(NamedTuple):
    """What is known of breaks so far."""

    fine: NDArray[np.int64]  # (256, 256, 2) by k and w: spaces, breaks
    coarse: NDArray[np.int64]  # (512, 2) by k - w + 256
    kinds: NDArray[np.int64]  # (8, 3, 2) by the last kind and the decision
    widths: NDArray[np.int64]  # (8,) lengths of the last broken lines
    scalars: NDArray[np.int64]  # (4,) column, last kind, lines broken, decisions told by this call


class Told(NamedTuple):
    """Decisions as they are written, and P(1) of each; or the stream that they are read from: the other is empty."""

    probs: NDArray[np.uint32]
    bits: NDArray[np.uint8]
    stream: NDArray[np.uint8]
    registers: NDArray[np.uint64]


def fresh() -> State:
    """Nothing seen, lines taken to be of 70 columns."""
    return State(
        np.zeros((_COLUMNS, _COLUMNS, 2), dtype=np.int64),
        np.zeros((2 * _COLUMNS, 2), dtype=np.int64),
        np.zeros((8, 3, 2), dtype=np.int64),
        np.full(_LINES, _FIRST_WIDTH, dtype=np.int64),
        np.zeros(4, dtype=np.int64),
    )


def copied(state: State) -> State:
    """A state that shares nothing with this one."""
    return State(*(array.copy() for array in state))


@njit(cache=True)
def _counted(counts: Any) -> int:
    """P(1) in units of 2**-32: (n1 + 1/2) / (n0 + n1 + 1)."""
    return ((2 * counts[1] + 1) << 31) // (counts[0] + counts[1] + 1)


@njit(cache=True)
def _count(counts: Any, bit: int) -> None:
    counts[bit] += 1
    if counts[bit] >= _MOST:
        counts[0] >>= 1
        counts[1] >>= 1


@njit(cache=True)
def _told(s: State, told: Told, p: int, bit: Any) -> Any:
    """Read a bit of probability p, or write this one."""
    bounded = np.uint32(min(max(p, _LEAST_P), (1 << 32) - _LEAST_P))
    at = s.scalars[_TOLD]
    s.scalars[_TOLD] += 1
    if told.registers.size:
        return np.int64(decode_bit(told.registers, told.stream, bounded))
    told.probs[at], told.bits[at] = bounded, bit
    return bit


@njit(cache=True)
def _end_of_word(text: NDArray[np.uint8], at: int, column: int) -> int:
    """The column at which the word ends that begins there; continuation bytes of UTF-8 have no column."""
    most = min(column + _LONGEST_WORD, _COLUMNS - 1)
    while at < text.size and column < most and not is_white(text[at]):
        column += int((text[at] & 0xC0) != 0x80)
        at += 1
    return min(column, most)


@njit(cache=True)
def _kind(s: State, told: Told, end: int, kind: Any) -> Any:
    """Read or write the kind of a lone space behind which a word ends at column `end`."""
    width = min(s.widths.max(), _COLUMNS - 1)
    fine, coarse = s.fine[end, width], s.coarse[end - width + _COLUMNS]
    p = ((fine[1] << 32) + PRIOR * _counted(coarse)) // (fine[0] + fine[1] + PRIOR)
    is_break = _told(s, told, p, kind & 1)
    _count(fine, is_break)
    _count(coarse, is_break)
    if not is_break:
        return 0
    counts = s.kinds[s.scalars[_LAST_KIND]]
    with_return = _told(s, told, _counted(counts[0]), kind >> 1 & 1)
    _count(counts[0], with_return)
    with_space = _told(s, told, _counted(counts[1 + with_return]), kind >> 2)
    _count(counts[1 + with_return], with_space)
    return 1 | with_return << 1 | with_space << 2


@njit(cache=True)
def _walk(s: State, told: Told, text: NDArray[np.uint8], kinds: NDArray[np.uint8]) -> int:
    """Go over the joined text and read or write the kinds of its lone spaces; how many, as far as the stream goes."""
    s.scalars[_TOLD] = 0
    spaces = 0
    for at in range(text.size):
        column = s.scalars[_COLUMN]
        if not is_lone(text, at):
            s.scalars[_COLUMN] = 0 if text[at] == 10 else column + int((text[at] & 0xC0) != 0x80)
            continue
        kind = _kind(s, told, _end_of_word(text, at + 1, column + 1), np.int64(kinds[spaces]))
        if told.registers.size and exhausted(told.registers, told.stream):
            break
        kinds[spaces] = kind
        spaces += 1
        s.scalars[_COLUMN] += 1
        if kind:
            s.widths[s.scalars[_LINE] & (_LINES - 1)] = column
            s.scalars[_LINE] += 1
            s.scalars[_LAST_KIND] = kind
            s.scalars[_COLUMN] = 0
    return spaces


@njit(cache=True)
def _lone_spaces(text: NDArray[np.uint8]) -> int:
    count = 0
    for at in range(text.size):
        count += int(is_lone(text, at))
    return count


def predicted(state: State, text: bytes, kinds: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], NDArray[np.uint32]]:
    """The decisions, eight packed into a byte and the last filled up with zeros, and P(1) of each in units of 2**-32:
    (n,) and (n, 8). The state learns them.
    """
    most = DECISIONS * kinds.size + 8
    told = Told(np.ones(most, dtype=np.uint32), np.zeros(most, dtype=np.uint8), _NO_STREAM, _NO_CODER)
    _walk(state, told, np.frombuffer(text, dtype=np.uint8), kinds)
    packed = -(-int(state.scalars[_TOLD]) // 8)
    return np.packbits(told.bits[: 8 * packed]), told.probs[: 8 * packed].reshape(-1, 8)


def encoded(state: State, text: bytes, kinds: NDArray[np.uint8]) -> bytes:
    """The kinds as a stream, given the joined text. The state learns them."""
    decisions, probs = predicted(state, text, kinds)
    return binary.encode(decisions.tobytes(), probs)


def decoded(state: State, text: bytes, payload: bytes) -> NDArray[np.uint8]:
    """The kinds back. Raises `StreamError` for a payload that is too short or too long. The state learns them."""
    symbols, stream = np.frombuffer(text, dtype=np.uint8), np.frombuffer(payload, dtype=np.uint8)
    registers = binary.open_registers(stream)
    kinds = np.zeros(_lone_spaces(symbols), dtype=np.uint8)
    spaces = _walk(state, Told(_NO_PROBS, _NO_BITS, stream, registers), symbols, kinds)
    if spaces < kinds.size:
        raise StreamError("the breaks of lines end too early: the stream is truncated or damaged")
    for _ in range(-int(state.scalars[_TOLD]) % 8):
        if decode_bit(registers, stream, np.uint32(1)):
            raise StreamError("breaks of lines are left over: the stream is damaged")
    binary.check_end(registers, stream)
    return kinds


_NO_STREAM = np.frombuffer(b"", dtype=np.uint8)
_NO_CODER = np.empty(0, dtype=np.uint64)
_NO_PROBS = np.empty(0, dtype=np.uint32)
_NO_BITS = np.empty(0, dtype=np.uint8)
