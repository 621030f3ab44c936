"""A program as a value: its expression, its header, its length in bits, its words, and how a person reads it.

The header says how values become symbols:

    width     w: 64 is 1 bit, the others 4
    modulus   y[t] = low + (value mod modulus): 256 is 1 bit, another 1 + gamma(modulus)
    low       gamma(low + 1)
    warm      0: y[t-k] is the data, whatever the program said there; k > 0: from position k on it is what the program
              said itself, so that noise in the data does not spread. gamma(warm + 1)

It is 4 bits for bytes at 64 bits. After it stands the expression (`tokens`).
"""

from __future__ import annotations

from dataclasses import dataclass

from codelength.core import StreamError
from codelength.predictors.programs import tokens as tk

WIDTHS = (8, 16, 32, 128, 256, 512, 1024, 2048)
"""Widths other than 64, in the order of their 3 bits."""


@dataclass(frozen=True, slots=True)
class Program:
    """What says y[t] for every t.

    Parameters
    ----------
    expression
        Tokens in Polish notation; a constant k is `FIRST_CONSTANT + k`.
    width
        Bits of a value: 64 or one of `WIDTHS`.
    modulus, low
        y[t] = low + (value mod modulus), 1 <= modulus, low + modulus <= 256.
    warm
        From which position on the history is the program's own; 0: never.
    side
        Whether it stands in a conditional code and may say `X`.

    Examples
    --------
    >>> fibonacci = Program(read("+ p Y 2"))
    >>> str(fibonacci), fibonacci.bits
    ('y[t] = y[t-1] + y[t-2]', 23)
    """

    expression: tuple[int, ...]
    width: int = 64
    modulus: int = 256
    low: int = 0
    warm: int = 0
    side: bool = False

    @property
    def bits(self) -> int:
        """Length of `words`."""
        return header_bits(self.width, self.modulus, self.low, self.warm) + expression_bits(self.expression, self.side)

    @property
    def words(self) -> str:
        """The program as a string of 0 and 1 that tells its own end."""
        width = "0" if self.width == 64 else f"1{WIDTHS.index(self.width):03b}"
        modulus = "0" if self.modulus == 256 else "1" + tk.gamma(self.modulus)
        return width + modulus + tk.gamma(self.low + 1) + tk.gamma(self.warm + 1) + _words(self.expression, self.side)

    @property
    def spec(self) -> str:
        """Its name as a code of the catalogue, which frames and mixtures can hold."""
        return f"program:{'reads=1,' if self.side else ''}words={self.words}"

    def steps(self, size: int) -> int:
        """Steps that it can take over `size` symbols: tokens evaluated, a wide word's counting as 64.

        Loops do not nest, so this is known before it runs; who decodes what somebody else has written refuses a program
        that is not `bounded`.
        """
        inside = sum(place == tk.LOOPING for _, place in _places(self.expression))
        most = tk.MOST_ROUNDS
        rounds = size * (size - 1) // 2 if size <= most else most * (most - 1) // 2 + (size - most) * most
        if self.width <= 64:
            return size * len(self.expression) + rounds * inside
        # In plain Python; and the history is copied for every symbol.
        return 64 * (size * len(self.expression) + rounds * inside) + 16 * size * size

    def bounded(self, size: int) -> bool:
        """Whether it may run over `size` symbols."""
        return self.steps(size) <= tk.MOST_STEPS + tk.STEPS * size

    def __str__(self) -> str:
        from codelength.predictors.programs.readable import equation

        return equation(self)


def header_bits(width: int, modulus: int, low: int, warm: int) -> int:
    """Bits before the expression."""
    return (
        (1 if width == 64 else 4)
        + (1 if modulus == 256 else 1 + tk.gamma_bits(modulus))
        + tk.gamma_bits(low + 1)
        + tk.gamma_bits(warm + 1)
    )


def expression_bits(expression: tuple[int, ...], side: bool) -> int:
    """Bits of an expression's words."""
    total = 0
    for token, place in _places(expression):
        kind = min(token, tk.FIRST_CONSTANT)
        total += tk.lengths(place, side)[tk.CONST if kind == tk.FIRST_CONSTANT else token]
        if kind == tk.FIRST_CONSTANT:
            total += tk.gamma_bits(token - tk.FIRST_CONSTANT + 1)
    return total


def _words(expression: tuple[int, ...], side: bool) -> str:
    out = []
    for token, place in _places(expression):
        if token >= tk.FIRST_CONSTANT:
            out.append(tk.words(place, side)[tk.CONST] + tk.gamma(token - tk.FIRST_CONSTANT + 1))
        else:
            out.append(tk.words(place, side)[token])
        if not out[-1]:
            raise ValueError(f"token {tk.NAMES[token]!r} may not stand where it stands")
    return "".join(out)


def _places(expression: tuple[int, ...]) -> list[tuple[int, int]]:
    """Each token with where it stands. Raises ValueError unless the expression is one whole expression."""
    open_slots = [tk.FREE]
    found = []
    for token in expression:
        if not open_slots:
            raise ValueError("an expression goes on after its end")
        place = open_slots.pop()
        found.append((token, place))
        arity = 0 if token >= tk.FIRST_CONSTANT else tk.ARITY[token]
        open_slots.extend(tk.place_in(token, place, child) for child in reversed(range(arity)))
    if open_slots:
        raise ValueError("an expression ends too early")
    return found


def parse(words: str, at: int, *, side: bool) -> tuple[Program, int]:
    """A program from its words, and where they end.

    Raises
    ------
    StreamError
        No program begins here.
    """
    reader = BitReader(words, at)
    width = WIDTHS[reader.number(3)] if reader.number(1) else 64
    modulus = reader.gamma() if reader.number(1) else 256
    low, warm = reader.gamma() - 1, reader.gamma() - 1
    if low + modulus > 256:
        raise StreamError("a program's symbols do not fit into a byte: the stream is damaged")
    expression: list[int] = []
    slots = [tk.FREE]
    while slots:
        if len(expression) == tk.MOST_TOKENS:
            raise StreamError(f"a program has more than {tk.MOST_TOKENS} tokens: the stream is damaged")
        place = slots.pop()
        token = reader.token(place, side)
        slots.extend(tk.place_in(token, place, child) for child in reversed(range(tk.ARITY[token])))
        if token == tk.CONST:
            constant = reader.gamma() - 1
            if constant > tk.MOST_CONSTANT:
                raise StreamError("a program's constant is too large: the stream is damaged")
            token = tk.FIRST_CONSTANT + constant
        expression.append(token)
    return Program(tuple(expression), width, modulus, low, warm, side), reader.at


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

    def token(self, place: int, side: bool) -> int:
        """A token's word."""
        words = tk.words(place, side)
        word = ""
        while word not in words or not word:
            word += str(self.number(1))
        return words.index(word)


def read(text: str) -> tuple[int, ...]:
    """An expression from its tokens' names, as in the head of `tokens`.

    Examples
    --------
    >>> read("+ p 1")
    (6, 1, 33)
    """
    out = []
    for name in text.split():
        out.append(tk.FIRST_CONSTANT + int(name) if name.isdigit() else tk.NAMES.index(name))
    _places(tuple(out))
    return tuple(out)
