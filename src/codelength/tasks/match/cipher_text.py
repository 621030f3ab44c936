"""What of two texts counts when one may be the cipher of the other: symbols, letters, and the places between words.

Ciphertexts and texts are read alike, in one of three ways:

    letters    characters that Unicode calls letters or marks, in lower case; everything else stands between words
    marks      every character but white space is a symbol of the ciphertext, as it stands; the text is read by letters
    bytes      every byte is a symbol and a letter; there are no words

Letters that hardly ever occur in the text (less than once in 20,000) are not in its alphabet: they stand between words.
Cost: some passes over the texts.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from codelength.core import DataError
from codelength.tasks.match.cipher_words import CUT, FREE, WITHIN

Reading = Literal["letters", "marks", "bytes"]

_RARE = 20_000
"""Of so many letters, one that occurs once at most is a stranger in the alphabet."""


@dataclass(frozen=True, slots=True)
class Ciphertext:
    """A ciphertext: its different symbols in order; which stands at each place, (n,); what is known of words, (n,)."""

    names: tuple[str, ...]
    symbols: NDArray[np.int64]
    edges: NDArray[np.int64]
    reading: Reading


def read_ciphertext(data: bytes, reading: Reading, *, spaces: bool) -> Ciphertext:
    """A ciphertext as symbols.

    Parameters
    ----------
    data
        The file.
    reading
        How to read it.
    spaces
        Whether the spaces between words are those of the plain text; otherwise they mean nothing.

    Raises
    ------
    DataError
        It is not UTF-8, or holds no symbol.

    Examples
    --------
    >>> read_ciphertext(b"Ifmmp, nvn!", "letters", spaces=True).names
    ('f', 'i', 'm', 'n', 'p', 'v')
    """
    if reading == "bytes":
        words = [[f"{byte:02x}" for byte in data]]
    elif reading == "marks":
        words = [list(word) for word in _decoded(data, "the ciphertext").split()]
    else:
        words = [list(word) for word in _words(_decoded(data, "the ciphertext"))]
    flat = [symbol for word in words for symbol in word]
    if not flat:
        raise DataError(f"the ciphertext holds no {reading.removesuffix('s')}; read it another way (marks, bytes)")
    names = tuple(sorted(set(flat)))
    number = {name: k for k, name in enumerate(names)}
    edges = np.full(len(flat), WITHIN if spaces and reading != "bytes" else FREE, dtype=np.int64)
    if spaces and reading != "bytes":
        edges[np.cumsum([0, *map(len, words[:-1])])] = CUT
    return Ciphertext(names, np.array([number[symbol] for symbol in flat], dtype=np.int64), edges, reading)


@dataclass(frozen=True, slots=True)
class Plaintext:
    """A text in the language: its letters in order, and its documents (lines) as words of letter numbers."""

    letters: tuple[str, ...]
    documents: list[list[tuple[int, ...]]]


def read_language(data: bytes, reading: Reading) -> Plaintext:
    """A text as letters and words; see `read_ciphertext`.

    Raises
    ------
    DataError
        It is not UTF-8, or holds fewer than two different letters.
    """
    lines: list[list[Sequence[str]]]
    if reading == "bytes":
        lines = [[[f"{byte:02x}" for byte in data]]]
    else:
        lines = [list(_words(line)) for line in _decoded(data, "the text in the language").splitlines()]
    counts = Counter(letter for line in lines for word in line for letter in word)
    least = 1 if reading == "bytes" else max(1, counts.total() // _RARE)
    letters = tuple(sorted(letter for letter, n in counts.items() if n >= least))
    if len(letters) < 2:
        raise DataError(
            "the text in the language holds fewer than two different letters: nothing can be learnt from it"
        )
    number = {letter: k for k, letter in enumerate(letters)}
    documents = [[tuple(piece) for word in line for piece in _known(word, number)] for line in lines]
    return Plaintext(letters, [document for document in documents if document])


def _known(word: Sequence[str], number: dict[str, int]) -> Iterable[list[int]]:
    """A word cut at letters that the alphabet does not have."""
    piece: list[int] = []
    for letter in word:
        if letter in number:
            piece.append(number[letter])
        elif piece:
            yield piece
            piece = []
    if piece:
        yield piece


def _decoded(data: bytes, what: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(f"{what} is not UTF-8 at byte {error.start + 1}; convert it, or read it as bytes") from error


def _words(text: str) -> list[str]:
    """Runs of letters and marks, in lower case."""
    folded = unicodedata.normalize("NFC", text.lower())
    kept = {character: unicodedata.category(character)[0] in "LM" for character in set(folded)}
    return "".join(character if kept[character] else " " for character in folded).split()
