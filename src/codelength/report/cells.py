"""Bytes as cells that people can look at: a character of text, or a byte in hexadecimal, with the bytes it stands for.

Text is UTF-8. A byte that is no part of it, and a control character, is a cell of its own; nothing is invisible and
nothing reorders the line.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from codelength.report.wording import visible

_LEAST_TEXT = 0.9
_PLAIN_CONTROLS = "\n\t\r"
_NEWLINE = "⏎"
_WIDEST_ROW = 400
_HEX_ROW = 16


@dataclass(frozen=True, slots=True)
class Cell:
    """`size` bytes, shown as `sign`; `plain`: the sign is what the bytes say, not a stand-in for it."""

    sign: str
    size: int
    plain: bool = True


def is_text(data: bytes) -> bool:
    r"""Whether at least nine in ten of its characters are text.

    Examples
    --------
    >>> is_text("naïve\n".encode()), is_text(bytes(range(256)))
    (True, False)
    """
    decoded = data.decode("utf-8", "surrogateescape")
    strange = sum(c not in _PLAIN_CONTROLS and unicodedata.category(c) in ("Cc", "Cs", "Cn") for c in decoded)
    return strange <= (1 - _LEAST_TEXT) * len(decoded)


def text_rows(data: bytes) -> Iterator[list[Cell]]:
    """The cells of each line; a line of more than 400 characters is broken, behind a space if there is one."""
    row: list[Cell] = []
    for character in data.decode("utf-8", "surrogateescape"):
        cell = _cell(character)
        row.append(cell)
        full = len(row) >= _WIDEST_ROW and (character == " " or len(row) >= _WIDEST_ROW + 80)
        if character == "\n" or full:
            yield row
            row = []
    if row:
        yield row


def hex_rows(data: bytes) -> Iterator[list[Cell]]:
    """Rows of 16 bytes."""
    for at in range(0, len(data), _HEX_ROW):
        yield [Cell(f"{byte:02x}", 1) for byte in data[at : at + _HEX_ROW]]


def ascii_of(data: bytes) -> str:
    r"""The printable characters of a row of bytes, the others as dots.

    Examples
    --------
    >>> ascii_of(b"\x7fELF\x00")
    '.ELF.'
    """
    return "".join(chr(byte) if 32 <= byte < 127 else "." for byte in data)


def excerpt(data: bytes, most: int, *, text: bool) -> str:
    r"""The beginning of some bytes on one line of at most about `most` characters: as text or in hexadecimal.

    Examples
    --------
    >>> excerpt(b"one\ntwo three four", 9, text=True), excerpt(bytes(9), 9, text=False)
    ('one⏎two t…', '00 00 00…')
    """
    if text:
        signs = [cell.sign for row in text_rows(data[: 4 * most + 4]) for cell in row]
        return "".join(signs[:most]) + "…" * (len(signs) > most)
    shown = max(1, most // 3)
    return data[:shown].hex(" ") + "…" * (len(data) > shown)


def _cell(character: str) -> Cell:
    if character == "\n":
        return Cell(_NEWLINE, 1, plain=False)
    if "\udc80" <= character <= "\udcff":
        return Cell(f"{ord(character) - 0xDC00:02x}", 1, plain=False)
    size = len(character.encode("utf-8"))
    if character == "\t":
        return Cell(character, 1)
    if ord(character) < 32 or character == "\x7f":
        return Cell("^" + chr(ord(character) ^ 0x40), 1, plain=False)  # caret notation: in every font
    if unicodedata.category(character) in ("Cc", "Cf", "Cn", "Co", "Zl", "Zp"):
        return Cell(f"U+{ord(character):04X}", size, plain=False)
    return Cell(visible(character), size)
