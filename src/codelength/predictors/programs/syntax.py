"""Expressions as words: a row of tokens to a string of 0 and 1 and back, its length in bits, and from text.

Which word a token has depends on where it stands (`tokens`), which the tokens before it say; so does where the
expression ends. Cost: about 1 us a token.
"""

from __future__ import annotations

from codelength.core import StreamError
from codelength.predictors.programs import tokens as tk

Expression = tuple[int, ...]
"""Tokens in Polish notation; a constant k is `FIRST_CONSTANT + k`."""


def expression_bits(expression: Expression, side: bool, place: int = tk.FREE) -> int:
    """Bits of an expression's words where it stands at `place`."""
    total = 0
    for token, where in places(expression, place):
        kind = min(token, tk.FIRST_CONSTANT)
        total += tk.lengths(where, side)[tk.CONST if kind == tk.FIRST_CONSTANT else token]
        if kind == tk.FIRST_CONSTANT:
            total += tk.gamma_bits(token - tk.FIRST_CONSTANT + 1)
    return total


def expression_words(expression: Expression, side: bool, place: int = tk.FREE) -> str:
    """The words themselves. Raises ValueError for a token that may not stand where it stands."""
    out = []
    for token, where in places(expression, place):
        if token >= tk.FIRST_CONSTANT:
            out.append(tk.words(where, side)[tk.CONST] + tk.gamma(token - tk.FIRST_CONSTANT + 1))
        else:
            out.append(tk.words(where, side)[token])
        if not out[-1]:
            raise ValueError(f"token {tk.NAMES[token]!r} may not stand where it stands")
    return "".join(out)


def places(expression: Expression, place: int = tk.FREE) -> list[tuple[int, int]]:
    """Each token with where it stands. Raises ValueError unless the expression is one whole expression."""
    open_slots = [place]
    found = []
    for token in expression:
        if not open_slots:
            raise ValueError("an expression goes on after its end")
        where = open_slots.pop()
        found.append((token, where))
        arity = 0 if token >= tk.FIRST_CONSTANT else tk.ARITY[token]
        open_slots.extend(tk.place_in(token, where, child) for child in reversed(range(arity)))
    if open_slots:
        raise ValueError("an expression ends too early")
    return found


class BitReader:
    """Reads words off a string of 0 and 1; running over its end is a `StreamError`."""

    def __init__(self, words: str, at: int = 0) -> None:
        self._words = words
        self.at = at

    def number(self, n: int) -> int:
        """A number of n bits."""
        part = self._words[self.at : self.at + n]
        if len(part) < n:
            raise StreamError("the stream ends within its program: it is truncated or damaged")
        self.at += n
        return int(part, 2)

    def gamma(self) -> int:
        """A number >= 1 in Elias' gamma code, below 2**48."""
        zeros = 0
        while not self.number(1):
            zeros += 1
            if zeros == 48:
                raise StreamError("a number in a program is too large: the stream is damaged")
        return (1 << zeros) + (self.number(zeros) if zeros else 0)

    def delta(self, most: int) -> int:
        """A number from 1 to `most` in Elias' delta code."""
        size = self.gamma() - 1
        if size >= most.bit_length():
            raise StreamError("a number in a program is too large: the stream is damaged")
        number = (1 << size) + (self.number(size) if size else 0)
        if number > most:
            raise StreamError("a number in a program is too large: the stream is damaged")
        return number

    def token(self, place: int, side: bool) -> int:
        """A token's word."""
        words = tk.words(place, side)
        word = ""
        while word not in words or not word:
            word += str(self.number(1))
        return words.index(word)

    def expression(self, place: int, side: bool) -> Expression:
        """A whole expression that stands at `place`."""
        found: list[int] = []
        slots = [place]
        while slots:
            if len(found) == tk.MOST_TOKENS:
                raise StreamError(f"a program has more than {tk.MOST_TOKENS} tokens: the stream is damaged")
            where = slots.pop()
            token = self.token(where, side)
            slots.extend(tk.place_in(token, where, child) for child in reversed(range(tk.ARITY[token])))
            if token == tk.CONST:
                constant = self.gamma() - 1
                if constant > tk.MOST_CONSTANT:
                    raise StreamError("a program's constant is too large: the stream is damaged")
                token = tk.FIRST_CONSTANT + constant
            found.append(token)
        return tuple(found)


def read(text: str, place: int = tk.FREE) -> Expression:
    """An expression from its tokens' names, as in the head of `tokens`.

    Examples
    --------
    >>> read("+ p 1")
    (6, 1, 33)
    """
    out = []
    for name in text.split():
        out.append(tk.FIRST_CONSTANT + int(name) if name.isdigit() else tk.NAMES.index(name))
    places(tuple(out), place)
    return tuple(out)


def spec_of(words: str, *, side: bool) -> str:
    """The name in the catalogue of the program with these words; `side`: whether it reads side information."""
    return f"program:{'reads=1,' if side else ''}words={words}"
