"""Words as symbols: English text <-> a shorter text in which common words are one or two bytes.

A word is a run of letters. Its case becomes a mark before it, and the word, if it is in the dictionary, a code of bytes
from 128 on:

    the commonest words            one byte: 128, 129, ...
    common words                   two bytes: their class, and the place in it from 128 on
    rare words                     three bytes: a group of classes, the class in it, and the place in that
    Word, WORD                     CAPITAL or CAPITALS before word
    any other word                 its letters
    what is not ASCII              ESCAPE before the first byte from 128 on of a run of letters
    a byte that is a mark          ESCAPE before it

A bijection onto its image for every input, English or not: `from_words(to_words(x)) == x`. What it is good for: a
context of so many bytes sees three times as far, and since a class holds words that stand in the same places (class
models: Brown et al. 1992), its byte is predicted from classes before the word itself is. Replacing words by codes for a
compressor that mixes contexts is Skibinski's idea (Skibinski, Grabowski, Deorowicz 2005); lexicon, classes and format
are our own, made by `benchmarks/make_lexicon.py`.
"""

from __future__ import annotations

import bz2
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from codelength.core import StreamError

CAPITAL, CAPITALS, ESCAPE = b"\x01", b"\x02", b"\x03"

FIRST = 128
"""Codes are of bytes from here on; so many words a class holds at most."""

FILE = Path(__file__).parent / "lexicon.bin"

_RUN = re.compile(rb"[A-Za-z\x80-\xff]+|[\x01-\x03]")
_HIGH = re.compile(rb"[\x80-\xff]")

_REMEMBERED = 1 << 15
"""Runs of letters whose coding is remembered."""

_PIECE = 1 << 14


@dataclass(frozen=True)
class Lexicon:
    """Codes of words, and what a coded text consists of."""

    codes: dict[bytes, bytes]
    symbols: re.Pattern[bytes]

    @cached_property
    def words(self) -> dict[bytes, bytes]:
        """Words of codes: only a reader has to hold them."""
        return {code: word for word, code in self.codes.items()}


def lexicon_of(text: bytes) -> Lexicon:
    """The lexicon that is written so: blocks of lines with an empty line between them; a line with the words of one
    byte, a block of classes of common words, and each further block a group of classes of rare words.
    """
    (singles,), common, *groups = ([line.split() for line in block.split(b"\n")] for block in text.split(b"\n\n"))
    firsts = iter(range(FIRST, 256))
    codes = {word: bytes([next(firsts)]) for word in singles}
    for words in common:
        codes |= _numbered(words, bytes([next(firsts)]))
    for classes in groups:
        first = next(firsts)
        for number, words in enumerate(classes, FIRST):
            codes |= _numbered(words, bytes([first, number]))
    two = FIRST + len(singles)
    return Lexicon(codes, _symbols(two, two + len(common)))


def _numbered(words: list[bytes], before: bytes) -> dict[bytes, bytes]:
    return {word: before + bytes([number]) for number, word in enumerate(words, FIRST)}


def _symbols(common: int, rare: int) -> re.Pattern[bytes]:
    """What a coded text consists of, where codes of two bytes begin with `common`, and those of three with `rare`."""
    ends = {b"COMMON": common, b"RARE": rare, b"SINGLE": common - 1, b"LAST": rare - 1}
    pattern = (
        rb"\x03([\x01-\x03]|[\x80-\xff][A-Za-z\x80-\xff]*)"
        rb"|([\x01\x02]?)([A-Za-z]+|[\x80-SINGLE]|[COMMON-LAST][\x80-\xff]|[RARE-\xff][\x80-\xff]{2})"
    )
    for name, byte in ends.items():
        pattern = pattern.replace(name, rb"\x%02x" % byte)
    return re.compile(pattern)


@cache
def lexicon() -> Lexicon:
    """The one that ships with the package. It is part of the code named `prose`: it never changes."""
    return lexicon_of(bz2.decompress(FILE.read_bytes()))


def to_words(text: bytes, using: Lexicon | None = None) -> bytes:
    """The text with its words as codes; at most twice as long."""
    codes = (using or lexicon()).codes
    remembered: dict[bytes, bytes] = {}

    def coded(match: re.Match[bytes]) -> bytes:
        run = match.group()
        known = remembered.get(run)
        if known is None:
            known = _coded(run, codes)
            if len(remembered) < _REMEMBERED:
                remembered[run] = known
        return known

    return b"".join(_RUN.sub(coded, piece) for piece in _pieces(text))


def _pieces(text: bytes) -> Iterator[bytes]:
    """The text in pieces that end behind a space, where one is near: what is made for each word stays little."""
    at = 0
    while at < len(text):
        end = text.find(b" ", at + _PIECE) + 1 or len(text)
        yield text[at:end]
        at = end


def _coded(run: bytes, codes: dict[bytes, bytes]) -> bytes:
    if run[0] < 32:
        return ESCAPE + run
    if not run.isascii():
        return _HIGH.sub(ESCAPE + rb"\g<0>", run, count=1)
    small = run.lower()
    if run == small:
        mark = b""
    elif run[1:] == small[1:]:
        mark = CAPITAL
    elif run.isupper():
        mark = CAPITALS
    else:
        return run
    return mark + codes.get(small, small)


def from_words(coded: bytes, using: Lexicon | None = None, *, most: int = sys.maxsize) -> bytes:
    """The text back.

    Raises
    ------
    StreamError
        A code that no word has: no text becomes this. Or a text of more than `most` bytes.
    """
    used = using or lexicon()
    text, at = bytearray(), 0
    for match in used.symbols.finditer(coded):
        text += coded[at : match.start()]
        text += _spelled(match, used.words)
        at = match.end()
        if len(text) > most:  # asked here, since a code of three bytes may be a long word
            break
    text += coded[at:] if len(text) <= most else b""
    if len(text) > most:
        raise StreamError(f"the stream holds more than {most:,} bytes of text")
    return bytes(text)


def _spelled(match: re.Match[bytes], words: dict[bytes, bytes]) -> bytes:
    raw, mark, word = match.groups()
    if raw is not None:
        return bytes(raw)
    if word[0] >= FIRST:
        if word not in words:
            raise StreamError("a code of no word: the stream is damaged")
        word = words[word]
    if not mark:
        return bytes(word)
    return bytes(word.upper() if mark == CAPITALS else word[:1].upper() + word[1:])
