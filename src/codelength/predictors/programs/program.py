"""A program as a value: its expression, its header, its length in bits, its words, and how a person reads it.

The header says how values become symbols:

    width     w: 64 is 1 bit, the others 4
    modulus   y[t] = low + (value mod modulus): 256 is 1 bit, another 1 + gamma(modulus)
    low       gamma(low + 1)
    warm      0: y[t-k] is the data, whatever the program said there; k > 0: from position k on it is what the program
              said itself, so that noise in the data does not spread. gamma(warm + 1)

It is 4 bits for bytes at 64 bits. After it stands the expression (`tokens`). Words that begin 000 would say that low is
above 0 at modulus 256, which no byte can hold; they begin the other forms of program:

    0000      rows: gamma(rows) says how many cells a row has, then header and expression as above, with `l u r n`
    0001      a program with a hidden state (`hidden`)
"""

from __future__ import annotations

from dataclasses import dataclass

from codelength.core import StreamError
from codelength.predictors.programs import tokens as tk
from codelength.predictors.programs.syntax import (
    BitReader,
    Expression,
    expression_bits,
    expression_words,
    places,
    spec_of,
)

WIDTHS = (8, 16, 32, 128, 256, 512, 1024, 2048)
"""Widths other than 64, in the order of their 3 bits."""
OTHER = "000"
"""Begins the other forms of program."""
MOST_ROW = (1 << 24) - 1
"""The most cells of a row."""


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
    rows
        Cells of a row, whose last stands beside its first; then it may say `l u r n`. 0: y is one line.

    Examples
    --------
    >>> from codelength.predictors.programs.syntax import read
    >>> fibonacci = Program(read("+ p Y 2"))
    >>> str(fibonacci), fibonacci.bits
    ('y[t] = y[t-1] + y[t-2]', 23)
    """

    expression: Expression
    width: int = 64
    modulus: int = 256
    low: int = 0
    warm: int = 0
    side: bool = False
    rows: int = 0

    @property
    def place(self) -> int:
        """Where its expression stands."""
        return tk.ROWS if self.rows else tk.FREE

    @property
    def bits(self) -> int:
        """Length of `words`."""
        width = 1 if self.width == 64 else 4
        header = width + symbol_bits(self.modulus, self.low) + tk.gamma_bits(self.warm + 1)
        rows = len(OTHER) + 1 + tk.gamma_bits(self.rows) if self.rows else 0
        return rows + header + expression_bits(self.expression, self.side, self.place)

    @property
    def words(self) -> str:
        """The program as a string of 0 and 1 that tells its own end."""
        rows = f"{OTHER}0{tk.gamma(self.rows)}" if self.rows else ""
        width = "0" if self.width == 64 else f"1{WIDTHS.index(self.width):03b}"
        header = width + symbol_words(self.modulus, self.low) + tk.gamma(self.warm + 1)
        return rows + header + expression_words(self.expression, self.side, self.place)

    @property
    def spec(self) -> str:
        """Its name as a code of the catalogue, which frames and mixtures can hold."""
        return spec_of(self.words, side=self.side)

    def steps(self, size: int) -> int:
        """Steps that it can take over `size` symbols: tokens evaluated, a wide word's counting as 64.

        Loops do not nest, so this is known before it runs; who decodes what somebody else has written refuses a program
        that is not `bounded`.
        """
        looping = (tk.LOOPING, tk.ROWS + tk.LOOPING)
        inside = sum(place in looping for _, place in places(self.expression, self.place))
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


def symbol_words(modulus: int, low: int) -> str:
    """The header's words for how a value becomes a symbol."""
    return ("0" if modulus == 256 else "1" + tk.gamma(modulus)) + tk.gamma(low + 1)


def symbol_bits(modulus: int, low: int) -> int:
    """Length of `symbol_words`."""
    return (1 if modulus == 256 else 1 + tk.gamma_bits(modulus)) + tk.gamma_bits(low + 1)


def read_symbol(reader: BitReader) -> tuple[int, int]:
    """Modulus and low, from their words."""
    modulus = reader.gamma() if reader.number(1) else 256
    low = reader.gamma() - 1
    if low + modulus > 256:
        raise StreamError("a program's symbols do not fit into a byte: the stream is damaged")
    return modulus, low


def read_program(reader: BitReader, *, side: bool, rows: int) -> Program:
    """Header and expression, from their words. Raises StreamError where they are none."""
    width = WIDTHS[reader.number(3)] if reader.number(1) else 64
    modulus, low = read_symbol(reader)
    warm = reader.gamma() - 1
    expression = reader.expression(tk.ROWS if rows else tk.FREE, side)
    return Program(expression, width, modulus, low, warm, side, rows)
