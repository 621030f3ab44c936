"""Programs with a hidden state: what they say depends on the position alone, never on the data.

`Word`: a word s of w bits, what becomes of it, and what it says.

    s[0] = start,   s[t+1] = step(s[t], t),   y[t] = low + (says(s[t], t) mod modulus)

In both expressions a is s. `Cells`: a row of cells without end, each 0 ... m-1, that all follow one rule; one cell is
seen. The rule looks at three cells of the row before: `l u r n` (`tokens`).

    row[0] = the digits of start in base m, the lowest at place 0, 0 elsewhere
    row[t+1][k] = rule(row[t][k-1], row[t][k], row[t][k+1]) mod m,   y[t] = low + row[t][column]

So are generators of pseudo-random numbers made (linear congruential, Lehmer 1951; xorshift, Marsaglia 2003) and
cellular automata (Wolfram 1983). Noise does not spread, and no loop goes over what was done for the symbol before.

    words of a `Word`    00010  width (64: 1 bit, others 3)  modulus, low  delta(start + 1)  step  says
    words of `Cells`     00011  modulus, low  delta(start + 1)  gamma(folded column)  rule

Modulus and low as in any program; columns 0, -1, 1, -2, ... are folded to 1, 2, 3, 4, ...; delta: Elias (1975).

Cost: a word one evaluation of each expression a symbol; cells n**2 evaluations of the rule for n symbols, of all that
the first row can have reached.
"""

from __future__ import annotations

from dataclasses import dataclass

from codelength.core import StreamError
from codelength.predictors.programs import tokens as tk
from codelength.predictors.programs.program import (
    MOST_ROW,
    OTHER,
    Program,
    read_program,
    read_symbol,
    symbol_bits,
    symbol_words,
)
from codelength.predictors.programs.syntax import BitReader, Expression, expression_bits, expression_words, spec_of

WORD_WIDTHS = (8, 16, 24, 32)
"""Widths of a hidden word other than 64, in the order of their 2 bits."""
MOST_START = 1 << 64
"""`start` is less."""
MOST_COLUMN = 1 << 16
"""A seen cell's greatest distance from place 0."""


@dataclass(frozen=True, slots=True)
class Word:
    """A hidden word.

    Parameters
    ----------
    step, says
        Expressions of a (the word) and t.
    start
        The first word, 0 <= start < 2**width.
    width
        64 or one of `WORD_WIDTHS`.
    modulus, low, side
        As of `Program`.

    Examples
    --------
    >>> from codelength.predictors.programs.syntax import read
    >>> lehmer = Word(read("+ * a 25 17", tk.WORD), read(">> a 8", tk.WORD), start=1, width=16)
    >>> print(lehmer)
    y[t] = s >> 8, where s = 1 and then s = s * 25 + 17    (16-bit words)
    """

    step: Expression
    says: Expression
    start: int = 0
    width: int = 64
    modulus: int = 256
    low: int = 0
    side: bool = False

    warm = 0

    @property
    def bits(self) -> int:
        """Length of `words`."""
        expressions = sum(expression_bits(each, self.side, tk.WORD) for each in (self.step, self.says))
        numbers = symbol_bits(self.modulus, self.low) + tk.delta_bits(self.start + 1)
        return len(OTHER) + 2 + (1 if self.width == 64 else 3) + numbers + expressions

    @property
    def words(self) -> str:
        """The program as a string of 0 and 1 that tells its own end."""
        width = "0" if self.width == 64 else f"1{WORD_WIDTHS.index(self.width):02b}"
        header = f"{OTHER}10{width}{symbol_words(self.modulus, self.low)}{tk.delta(self.start + 1)}"
        return header + "".join(expression_words(each, self.side, tk.WORD) for each in (self.step, self.says))

    @property
    def spec(self) -> str:
        """Its name as a code of the catalogue."""
        return spec_of(self.words, side=self.side)

    def steps(self, size: int) -> int:
        """Tokens evaluated for `size` symbols."""
        return size * (len(self.step) + len(self.says))

    def bounded(self, size: int) -> bool:
        """Whether it may run over `size` symbols: always, it has no loops."""
        return self.steps(size) <= tk.MOST_STEPS + 2 * tk.STEPS * size

    def __str__(self) -> str:
        from codelength.predictors.programs.readable import word_equation

        return word_equation(self)


@dataclass(frozen=True, slots=True)
class Cells:
    """A hidden row of cells, of which one is seen.

    Parameters
    ----------
    rule
        An expression of `l u r n`.
    start
        The first row as a number.
    column
        The cell that is seen, from the lowest digit of `start`: k > 0 to the right.
    modulus, low, side
        As of `Program`; the modulus is also that of a cell.

    Examples
    --------
    >>> from codelength.predictors.programs.syntax import read
    >>> print(Cells(read(">> 30 n", tk.CELL)))
    y[t] = cell 0 of a row that is 1 and then everywhere (30 >> up3) mod 2    (rule 30)
    """

    rule: Expression
    start: int = 1
    column: int = 0
    modulus: int = 2
    low: int = 0
    side: bool = False

    warm = 0

    @property
    def bits(self) -> int:
        """Length of `words`."""
        numbers = tk.delta_bits(self.start + 1) + tk.gamma_bits(_folded(self.column))
        rule = expression_bits(self.rule, self.side, tk.CELL)
        return len(OTHER) + 2 + symbol_bits(self.modulus, self.low) + numbers + rule

    @property
    def words(self) -> str:
        """The program as a string of 0 and 1 that tells its own end."""
        numbers = tk.delta(self.start + 1) + tk.gamma(_folded(self.column))
        rule = expression_words(self.rule, self.side, tk.CELL)
        return f"{OTHER}11{symbol_words(self.modulus, self.low)}{numbers}{rule}"

    @property
    def spec(self) -> str:
        """Its name as a code of the catalogue."""
        return spec_of(self.words, side=self.side)

    def steps(self, size: int) -> int:
        """Tokens evaluated for `size` symbols: some more rows than were asked for are made at once."""
        rows = ahead(size)
        return rows * (rows + 64) * len(self.rule)

    def bounded(self, size: int) -> bool:
        """Whether it may run over `size` symbols."""
        return self.steps(size) <= tk.MOST_STEPS + tk.STEPS * size

    def __str__(self) -> str:
        from codelength.predictors.programs.readable import cells_equation

        return cells_equation(self)


AnyProgram = Program | Word | Cells


def ahead(size: int) -> int:
    """How many symbols are made when `size` are needed: a decoder asks for one after the other."""
    return size + size // 8 + 64


def _folded(column: int) -> int:
    return 2 * column + 1 if column >= 0 else -2 * column


def parse(words: str, at: int, *, side: bool) -> tuple[AnyProgram, int]:
    """A program of any form from its words, and where they end.

    Raises
    ------
    StreamError
        No program begins here.
    """
    other = words.startswith(OTHER, at)
    reader = BitReader(words, at + len(OTHER) if other else at)
    if not other:
        return read_program(reader, side=side, rows=0), reader.at
    if not reader.number(1):
        return read_program(reader, side=side, rows=_read_rows(reader)), reader.at
    found = _read_cells(reader, side) if reader.number(1) else _read_word(reader, side)
    return found, reader.at


def _read_rows(reader: BitReader) -> int:
    rows = reader.gamma()
    if rows > MOST_ROW:
        raise StreamError("a program's row is too long: the stream is damaged")
    return rows


def _read_word(reader: BitReader, side: bool) -> Word:
    width = WORD_WIDTHS[reader.number(2)] if reader.number(1) else 64
    modulus, low = read_symbol(reader)
    start = reader.delta(1 << width) - 1
    step, says = reader.expression(tk.WORD, side), reader.expression(tk.WORD, side)
    return Word(step, says, start, width, modulus, low, side)


def _read_cells(reader: BitReader, side: bool) -> Cells:
    modulus, low = read_symbol(reader)
    start = reader.delta(MOST_START) - 1
    folded = reader.gamma()
    column = -(folded // 2) if folded % 2 == 0 else folded // 2
    if abs(column) > MOST_COLUMN:
        raise StreamError("a program's column is too far away: the stream is damaged")
    return Cells(reader.expression(tk.CELL, side), start, column, modulus, low, side)
