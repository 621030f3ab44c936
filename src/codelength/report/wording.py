"""Text that others wrote (file names, labels), made safe to look at: nothing invisible, nothing that reorders the line.

Control characters and lone surrogates (undecodable file names) are shown as escapes, characters that force a writing
direction as U+FFFD; right-to-left scripts and emoji stay as they are.
"""

from __future__ import annotations

import unicodedata

_DIRECTION = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def visible(text: str) -> str:
    r"""The text without control characters, lone surrogates and forced directions, each replaced by what can be seen.

    Examples
    --------
    >>> visible("a\x1b[31mb")
    'a\\x1b[31mb'
    """
    return "".join(_spelled(character) for character in text)


def _spelled(character: str) -> str:
    if character in "\n\t":
        return " "
    if character in _DIRECTION:
        return "\ufffd"
    if unicodedata.category(character) in ("Cc", "Cs"):
        return character.encode("unicode_escape").decode("ascii")
    return character


def extent(text: str, size: float) -> float:
    """About how wide a text is in pixels, in a font of `size` pixels. Which font a reader's machine will draw is not
    known where plots are made, so this goes by the wide ones (DejaVu Sans, Verdana).
    """
    return size * sum(_width(character) for character in text)


def _width(character: str) -> float:
    if unicodedata.combining(character):
        return 0.0
    if unicodedata.east_asian_width(character) in "WF":
        return 1.05
    if character in "ijl.,:;|!'` ()[]ftI":
        return 0.38
    return 0.8 if character.isupper() or character in "mw@%&" else 0.62


def shorten(text: str, size: float, room: float) -> str:
    """The text, its middle left out where it is wider than `room` pixels: both ends of a file name tell it apart."""
    if extent(text, size) <= room:
        return text
    keep = len(text) - 1
    while keep > 1 and extent(_without_middle(text, keep), size) > room:
        keep = min(keep - 1, int(keep * 0.95))
    return _without_middle(text, keep)


def _without_middle(text: str, keep: int) -> str:
    tail = keep // 2
    return text[: keep - tail] + "…" + text[len(text) - tail :]
