"""Substitution ciphers: x is a text in which every letter has been replaced by a symbol, y any text in the language.

    minimise over keys f    L(f) + L(choices | f) + |C(f(x) | y)|

C(. | y) is a model of words and of n-grams of letters learnt from y (`cipher_words`): an upper bound on what the best
code with y takes. L(f) is the logarithm of the number of keys that there are once the letters of the text are known:
with m symbols for k letters, log2 of the k! S(m, k) ways to map the ones onto the others (S: Stirling's numbers of the
second kind), which is log2 m! for a one-to-one key. Choices among homophones are coded adaptively. Against it stands x
without y: the shorter of an adaptive code of order 0 and of a code that the caller brings. Which symbols there are,
both sides need alike; it is left out. The number of symbols is in both.

The search: from random keys, annealing under n-grams (`cipher_anneal`), then under words (`cipher_refine`), until the
same best key has been reached twice or the time is up (`cipher_search`). Reading y takes some seconds for a
megabyte, once for any number of ciphers (`language`).
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from codelength.core import Bits, Density
from codelength.tasks.match.cipher_anneal import puzzle
from codelength.tasks.match.cipher_key import key_bits, order_zero_bits, with_spaces
from codelength.tasks.match.cipher_search import Effort, Model, Progress, attempts
from codelength.tasks.match.cipher_text import Reading, read_ciphertext, read_language
from codelength.tasks.match.cipher_words import CUT
from codelength.tasks.match.evidence import Match

_DIFFERENT = 0.05
"""Share of symbols read otherwise from which on a reading is another one."""


Learn = Callable[[Sequence[Sequence[tuple[int, ...]]], int], Model]
"""Documents, each the words in their order, each the numbers of its letters; how many letters there are -> a model."""


@dataclass(frozen=True, slots=True)
class Language:
    """A language as far as y shows it: its letters, how it was read, the model."""

    letters: tuple[str, ...]
    reading: Reading
    model: Model


@dataclass(frozen=True, slots=True)
class CipherMatch(Match):
    """A key, and what it is worth.

    Parameters
    ----------
    key
        Symbol -> letter, by symbol.
    plaintext
        The text that it gives; with spaces where the ciphertext's were kept.
    symbols
        Symbols in the ciphertext, n.
    rival
        Bits by which the best different reading (more than 5 % of the symbols) that the search met is longer; infinite
        where it met none. A rival a few bits behind may be the right one.
    attempts, agreed
        Random keys that the search started from; how many of them ended with this key.
    """

    key: dict[str, str]
    plaintext: str
    symbols: int
    rival: float
    attempts: int
    agreed: int

    def as_dict(self) -> dict[str, object]:
        """For a record."""
        rival = None if math.isinf(self.rival) else self.rival
        return Match.as_dict(self) | {
            "key": self.key if self.found else None,
            "plaintext": self.plaintext if self.found else None,
            "symbols": self.symbols,
            "rival_bits": rival,
            "attempts": self.attempts,
            "agreed": self.agreed,
        }


def language(y: bytes, learn: Learn, *, reading: Reading = "letters") -> Language:
    """What y shows of a language, for any number of ciphers.

    Raises
    ------
    DataError
        y is not UTF-8, or holds fewer than two different letters.
    """
    text = read_language(y, reading)
    return Language(text.letters, reading, learn(text.documents, len(text.letters)))


def match_cipher(
    x: bytes,
    y: bytes | Language,
    code: Density[bytes] | None = None,
    *,
    learn: Learn | None = None,
    reading: Reading = "letters",
    spaces: bool = False,
    homophonic: bool = False,
    effort: Effort | None = None,
    seed: int = 0,
    seconds: float = 10.0,
    on_progress: Progress | None = None,
) -> CipherMatch:
    """The key under which x is most likely a text in the language of y.

    Parameters
    ----------
    x
        The ciphertext.
    y
        Any text in the language, or what `language` made of it.
    code
        Codes x without y, and its length: the symbols as the bytes 0 to m - 1, a space that is kept as m. None: only a
        code of order 0 does.
    learn
        Makes the model of the language; needed where y is a text.
    reading
        What a symbol is: "letters", "marks" (any character but white space) or "bytes".
    spaces
        Whether the spaces of x are those of the text.
    homophonic
        Whether several symbols may stand for one letter. They may in any case where there are more symbols than
        letters.
    effort
        How hard to try.
    seed
        Of the random keys. The same seed gives the same key unless the time cuts the search short.
    seconds
        No attempt is begun after this many.
    on_progress
        Called as (phase, done, total).

    Raises
    ------
    DataError
        As `language`; x is not UTF-8, or holds no symbol.
    ValueError
        A text y without `learn`.
    """
    deadline = time.monotonic() + seconds
    if not isinstance(y, Language):
        if learn is None:
            raise ValueError("y is a text: learn has to say how a model is made of it")
        y = language(y, learn, reading=reading)
        deadline = time.monotonic() + seconds
    cipher = read_ciphertext(x, reading, spaces=spaces)
    single = not homophonic and len(cipher.names) <= len(y.letters)
    made = puzzle(cipher.symbols, cipher.edges, single=single)
    tried = attempts(made, y.model, len(y.letters), effort or Effort(), seed, deadline, on_progress)
    bits, key = min(tried, key=lambda attempt: attempt[0])
    text = key[cipher.symbols]
    alone = with_spaces(cipher.symbols, cipher.edges)
    length = _length_bits(alone.size)
    unmatched = order_zero_bits(alone) + length
    if code is not None and alone.max() < 256:
        unmatched = min(unmatched, code.bits(alone.astype(np.uint8).tobytes()).bits)
    others = [b for b, k in tried if np.mean(k[cipher.symbols] != text) > _DIFFERENT]
    return CipherMatch(
        kind="cipher",
        unmatched=Bits(unmatched),
        map_bits=Bits(key_bits(key)),
        matched=Bits(bits - key_bits(key) + length, "upper"),
        key={name: y.letters[letter] for name, letter in zip(cipher.names, key, strict=True)},
        plaintext=_spelled(text, cipher.edges, y),
        symbols=text.size,
        rival=min(others, default=math.inf) - bits,
        attempts=len(tried),
        agreed=sum(bool(np.array_equal(k, key)) for _, k in tried),
    )


def _length_bits(n: int) -> int:
    """Bits of a length as streams carry it: seven bits to a byte (LEB128)."""
    return 8 * max(1, -(-n.bit_length() // 7))


def _spelled(text: NDArray[np.int64], edges: NDArray[np.int64], language: Language) -> str:
    """Letters as a string; bytes as Latin-1 characters."""
    if language.reading == "bytes":
        return bytes(int(language.letters[letter], 16) for letter in text).decode("latin-1")
    return "".join(
        " " * bool(place and edge == CUT) + language.letters[letter]
        for place, (letter, edge) in enumerate(zip(text, edges, strict=True))
    )
