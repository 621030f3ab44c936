r"""Wrapped text <-> the same text with its lines joined, and what each lone space was.

A lone space stands between two bytes that are no white space. A break is "\n", "\r\n", " \n" or " \r\n" between such
bytes; joined, it is a lone space. Paragraphs, indentation and all other white space stay as they are. A bijection:
`broken(*joined(x)) == x` for every x.
"""

from __future__ import annotations

import re

import numpy as np
from numba import njit
from numpy.typing import NDArray

LONGEST = 3
"""Bytes of the longest kind of break."""

_NEWLINE, _RETURN, _SPACE = 1, 2, 4
"""What the number of a kind is made of: 0 is a space; 1, 3, 5 and 7 are the breaks."""

_WHITE = bytes((9, 10, 11, 12, 13, 32))
_PARAGRAPH = re.compile(rb"\n(?=\s)")


@njit(cache=True)
def is_white(byte: int) -> bool:
    """Whether a byte is white space in ASCII."""
    return byte == 32 or 9 <= byte <= 13


@njit(cache=True)
def is_lone(text: NDArray[np.uint8], at: int) -> bool:
    """Whether a lone space stands there."""
    inside = 0 < at < text.size - 1
    return inside and text[at] == 32 and not is_white(text[at - 1]) and not is_white(text[at + 1])


@njit(cache=True)
def _kind_at(text: NDArray[np.uint8], at: int) -> tuple[int, int]:
    """The kind of what begins there, behind a byte that is no white space, and how long it is; length 0: no kind."""
    kind, end = 0, at
    if text[end] == 32:
        kind, end = _SPACE, end + 1
    if end + 1 < text.size and text[end] == 13 and text[end + 1] == 10:
        kind, end = kind | _RETURN | _NEWLINE, end + 2
    elif end < text.size and text[end] == 10:
        kind, end = kind | _NEWLINE, end + 1
    elif kind:
        kind = 0
    if end in (at, text.size) or is_white(text[end]):
        return 0, 0
    return kind, end - at


@njit(cache=True)
def _join(text: NDArray[np.uint8], out: NDArray[np.uint8], kinds: NDArray[np.uint8]) -> tuple[int, int]:
    at = size = spaces = 0
    while at < text.size:
        kind = length = 0
        if at and not is_white(text[at - 1]) and is_white(text[at]):
            kind, length = _kind_at(text, at)
        if length:
            out[size] = 32
            kinds[spaces] = kind
            spaces += 1
            at += length
        else:
            out[size] = text[at]
            at += 1
        size += 1
    return size, spaces


@njit(cache=True)
def _break(text: NDArray[np.uint8], kinds: NDArray[np.uint8], out: NDArray[np.uint8]) -> int:
    size = spaces = 0
    for at in range(text.size):
        kind = np.uint8(0)
        if is_lone(text, at):
            kind = kinds[spaces]
            spaces += 1
        if kind & _SPACE:
            out[size] = 32
            size += 1
        if kind & _RETURN:
            out[size] = 13
            size += 1
        out[size] = 10 if kind else text[at]
        size += 1
    return size


def joined(text: bytes) -> tuple[bytes, NDArray[np.uint8]]:
    """The text with its lines joined, and the kind of each lone space in it."""
    symbols = np.frombuffer(text, dtype=np.uint8)
    out, kinds = np.empty(symbols.size, dtype=np.uint8), np.empty(symbols.size // 2, dtype=np.uint8)
    size, spaces = _join(symbols, out, kinds)
    return out[:size].tobytes(), kinds[:spaces].copy()


def broken(text: bytes, kinds: NDArray[np.uint8]) -> bytes:
    """The text back: the kinds, one for each lone space, put in their places."""
    out = np.empty(len(text) + (LONGEST - 1) * kinds.size, dtype=np.uint8)
    return out[: _break(np.frombuffer(text, dtype=np.uint8), kinds, out)].tobytes()


def last_cut(text: bytes, *, wrapped: bool) -> int:
    """The last place at which a text may be cut, so that its parts become what it becomes: behind white space; where
    lines are joined, behind a line that white space follows.
    """
    if not wrapped:
        return 1 + max(text.rfind(byte) for byte in _WHITE)
    return max((found.end() for found in _PARAGRAPH.finditer(text)), default=0)
