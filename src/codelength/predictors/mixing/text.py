"""What contexts see of text: words, lines, brackets, the shape of what came last. One kernel, called after each byte.

Everything is cheap integer bookkeeping over ASCII; bytes from 128 on count as letters, so that UTF-8 words hold
together. Hashes are of 32 bits. The features that carry most, when tried one by one on prose, markup, sources and
news: the word so far, and then the coarse ones (classes of the last characters, the shape of a line as runs of a class,
open brackets), which say what kind of thing comes next when the words are new.
"""

from __future__ import annotations

import numpy as np

from codelength.predictors.compiled import inlined, joined
from codelength.predictors.hashing import M32, MULTIPLIERS
from codelength.predictors.mixing.state import (
    ABOVE,
    ABOVE_NEXT,
    BEFORE,
    BRACKET,
    CAPITAL,
    CLASSES,
    CLASSES_PAIR,
    COLUMN,
    DETAIL,
    FIRST_WORD,
    FOLLOW1,
    FOLLOW2,
    FOLLOW3,
    FOLLOW_KEY,
    FOLLOWED2,
    FOLLOWED3,
    FOLLOWS,
    GAP,
    IN_TAG,
    LAST,
    LAST_LINE,
    LETTERS,
    LINE,
    LINE_HASH,
    LINE_START,
    NEW_CAPITAL,
    NUMBER,
    OLDER,
    POSITION_IN_WORD,
    RECENT,
    SEEN,
    SHAPE,
    TAG,
    THIRD,
    WORD,
    WORD1,
    WORD2,
    WORD_LENGTH,
    State,
    note,
)

_OPEN = 30
"""Brackets deeper than this are not told apart."""


def _class_table() -> np.ndarray:
    """Character classes 0 to 15, by what they do in text."""
    classes = np.zeros(256, dtype=np.int64)
    groups = [
        (1, "abcdefghijklmnopqrstuvwxyz"),
        (2, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
        (3, "0123456789"),
        (4, " \t"),
        (5, "\n\r"),
        (6, ".,;:!?"),
        (7, "([{<"),
        (8, ")]}>"),
        (9, "'\""),
        (13, "=+-*/|&"),
        (14, "#$%@\\^_`~"),
    ]
    for number, members in groups:
        classes[[ord(each) for each in members]] = number
    classes[:9] = 12
    classes[11:13] = 12
    classes[14:32] = 12
    classes[127] = 12
    classes[128:192] = 11
    classes[192:] = 10
    return classes


_CLASS = _class_table()


@inlined
def _follow(s: State, byte: int) -> None:
    """What followed the contexts of order 1, 2 and 3, and what followed the new ones when they last occurred."""
    r = s.registers
    for at, keep in (
        (r[RECENT] & 255, 0xFFFFFF),
        (FOLLOWED2 + (r[RECENT] & 0xFFFF), 0xFFFF),
        (FOLLOWED3 + r[FOLLOW_KEY], 0xFFFF),
    ):
        was = np.int64(s.follows[at])
        note(s, FOLLOWS + at, was, np.int64(0))
        s.follows[at] = np.uint32((was << 8 | byte) & keep)


@inlined
def _recall(s: State) -> None:
    r = s.registers
    r[FOLLOW1] = np.int64(s.follows[r[LAST]])
    r[FOLLOW2] = np.int64(s.follows[FOLLOWED2 + (r[RECENT] & 0xFFFF)])
    r[FOLLOW_KEY] = ((r[RECENT] & 0xFFFFFF) * MULTIPLIERS[1] & M32) >> 16
    r[FOLLOW3] = np.int64(s.follows[FOLLOWED3 + r[FOLLOW_KEY]])


@inlined
def _words(s: State, byte: int) -> None:
    r = s.registers
    folded = byte + 32 if 65 <= byte <= 90 else byte
    if 97 <= folded <= 122 or byte >= 128:
        r[WORD] = ((r[WORD] + folded) * MULTIPLIERS[0]) & M32
        r[WORD_LENGTH] += 1
        r[LETTERS] = (r[LETTERS] << 8 | folded) & M32
        if folded != byte or r[NEW_CAPITAL] != 0:
            r[NEW_CAPITAL] = ((r[NEW_CAPITAL] + folded) * MULTIPLIERS[4]) & M32
        r[GAP] = 0
    else:
        if r[WORD] != 0:
            r[WORD2] = r[WORD1]
            r[WORD1] = r[WORD]
            r[WORD] = 0
            r[WORD_LENGTH] = 0
            if r[FIRST_WORD] == 0:
                r[FIRST_WORD] = r[WORD1]
        r[GAP] = ((r[GAP] + byte + 1) * MULTIPLIERS[2]) & M32
        if r[NEW_CAPITAL] != 0:
            r[CAPITAL] = r[NEW_CAPITAL]
            r[NEW_CAPITAL] = 0
    if 48 <= byte <= 57:
        r[NUMBER] = ((r[NUMBER] + byte) * MULTIPLIERS[3]) & M32
    elif byte not in (46, 44):
        r[NUMBER] = 0
    if byte == 60:
        r[IN_TAG] = 1
        r[TAG] = 0
    elif byte in (62, 32):
        r[IN_TAG] = 0
    elif r[IN_TAG] > 0:
        r[TAG] = ((r[TAG] + byte) * MULTIPLIERS[0]) & M32


@inlined
def _lines(s: State, byte: int) -> None:
    r = s.registers
    r[LINE_HASH] = ((r[LINE_HASH] + byte + 1) * MULTIPLIERS[5]) & M32
    if byte == 10:
        r[LAST_LINE] = r[LINE]
        r[LINE] = r[SEEN]
        r[LINE_START] = 0
        r[LINE_HASH] = 0
        r[FIRST_WORD] = 0
    column = r[SEEN] - r[LINE]
    r[COLUMN] = min(column, np.int64(255))
    if 0 < column <= 2:
        r[LINE_START] = r[LINE_START] << 8 | byte
    above = r[LAST_LINE] + column
    r[ABOVE] = np.int64(s.history[above]) if above < r[LINE] else np.int64(10)
    r[ABOVE_NEXT] = np.int64(s.history[above + 1]) if above + 1 < r[LINE] else np.int64(10)


@inlined
def _shapes(s: State, byte: int) -> None:
    """Classes of the last 8 characters, runs of a class as one, and the two innermost open brackets."""
    r = s.registers
    kind = _CLASS[byte]
    r[CLASSES] = (r[CLASSES] << 4 | kind) & M32
    r[CLASSES_PAIR] = r[CLASSES] & 255
    if kind != r[SHAPE] & 15:
        r[SHAPE] = (r[SHAPE] << 4 | kind) & M32
    r[POSITION_IN_WORD] = min(r[WORD_LENGTH], np.int64(15)) * 16 + (r[SHAPE] >> 4 & 15)
    depth = s.brackets[0]
    if kind == 7:
        depth = min(depth + 1, np.int64(_OPEN))
        s.brackets[depth] = byte
    elif depth > 0:
        top = s.brackets[depth]
        closed = top == 60 if byte == 62 else kind == 8
        depth -= np.int64(closed or (byte == 10 and top != 123))
    s.brackets[0] = depth
    r[BRACKET] = 0
    if depth > 0:
        r[BRACKET] = s.brackets[depth] >> 4 & 7 | depth << 3 & 8
    if depth > 1:
        r[BRACKET] |= (s.brackets[depth - 1] >> 4 & 7) << 4


@inlined
def see_bytes(s: State, byte: int) -> None:
    """Recent bytes and the word so far: what the fast preset sees."""
    r = s.registers
    r[OLDER] = ((r[OLDER] << 8) | (r[RECENT] >> 24)) & M32
    r[RECENT] = ((r[RECENT] << 8) | byte) & M32
    r[LAST] = byte
    folded = byte + 32 if 65 <= byte <= 90 else byte
    r[WORD] = ((r[WORD] + folded) * MULTIPLIERS[0]) & M32 if 97 <= folded <= 122 or byte >= 128 else np.int64(0)


@joined
def see_text(s: State, byte: int) -> None:
    """Take a byte into the features: recent bytes, words, lines, shapes. The byte lies in `history` already."""
    r = s.registers
    if r[DETAIL] == 0:
        see_bytes(s, byte)
        return
    _follow(s, byte)
    r[OLDER] = ((r[OLDER] << 8) | (r[RECENT] >> 24)) & M32
    r[RECENT] = ((r[RECENT] << 8) | byte) & M32
    r[LAST] = byte
    r[BEFORE] = r[RECENT] >> 8 & 255
    r[THIRD] = r[RECENT] >> 16 & 255
    _recall(s)
    _words(s, byte)
    _lines(s, byte)
    _shapes(s, byte)
