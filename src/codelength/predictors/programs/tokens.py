"""The language of the shortest-program search: its tokens, what each computes, and what each costs.

A program is one expression in Polish notation (operator first), evaluated anew for every position t; its value says
the symbol y[t]. Values are integers modulo 2**w, read as signed; w is the program's own choice.

    t  p  k          the position; y[t-1]; a constant k >= 0
    Y e  H e  X e    y[t-e] (1 <= e <= t), y[e] (0 <= e < t), x[e] of the side information (from the end where e < 0);
                     elsewhere 0
    ~ + - * / % & | ^ << >>     as on machine words; / and % round down, e/0 = 0, e%0 = e; >> shifts zeros in; a shift
                                by a negative amount or by w and more gives 0
    = <              1 or 0
    ? c e f          e where c is not 0, else f (both are evaluated)
    l u r            where the program speaks of rows of cells: the cells left above, above and right above, as numbers
                     0 ... m-1 (m the modulus), the row above closed to a ring; 0 in the first row
    n                m m l + m u + r: `>> R n` is Wolfram's (1983) rule R
    L e b            b with a = e: a value that is used more than once
    F e b            bounded recursion: a = e, then a = b for i = 0, 1, ..., t-1; the last a
    W e b            bounded minimisation: a = e, then a = b while a > 0, for i = 0, 1, ..., t-1; how often

`F` and `W` go round at most `MOST_ROUNDS` times and do not stand inside one another, so every program halts: at most
len(program) * MOST_ROUNDS steps a symbol. Primitive recursion and minimisation are the textbook pair (Kleene 1936); the
rest is the arithmetic of a processor, memory of what was said, and one name. No primitive knows any one sequence.

The price of a token is the length of its word in a Huffman code over the tokens that may stand there: `a` only where
it is bound, `i` only in a loop, `X` only with side information, `l u r n` only with rows. Arities say where a program
ends, so no program begins another (Kraft's sum is at most 1) and its length is a codelength. A constant's word is
followed by Elias' gamma code (1975) of k + 1.
"""

from __future__ import annotations

from functools import cache

from codelength.coding.prefix import canonical, huffman_lengths

T, P, Y, H, X, NOT, ADD, SUB, MUL, DIV, MOD, AND, OR, XOR, SHL, SHR, EQ, LT, IF, LET, FOLD, WHILE = range(22)
BOUND, ROUND = 22, 23
CONST = 24
LEFT, UP, RIGHT, NEAR = range(25, 29)
"""Stands for every constant in tables and trees."""
FIRST_CONSTANT = 32
"""In a program a constant k is the number 32 + k."""

NAMES = [*"tpYHX~+-*/%&|^", "<<", ">>", *"=<?LFWaiklurn"]
ARITY = [0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 2, 2, 2, 0, 0, 0, 0, 0, 0, 0]
BINARY = range(ADD, IF)

_WEIGHTS = [8, 8, 4, 4, 6, 1, 5, 4, 4, 2, 3, 4, 2, 4, 2, 3, 2, 2, 2, 2, 3, 2, 10, 6, 10, 8, 8, 8, 4]
"""How often a token is thought to occur, out of about 80 (of 100 with rows): leaves above operators, chosen before any
search.
"""

MOST_ROUNDS = 4096
"""A loop goes round at most min(t, this) times."""
MOST_TOKENS = 256
"""Tokens in a program that will be run."""
MOST_STEPS = 1 << 31
"""Steps that a program may take over all symbols that it speaks of, beyond `STEPS` for each: some seconds."""
STEPS = MOST_TOKENS
"""Steps a symbol that are always allowed: those of any program without loops."""
MOST_CONSTANT = (1 << 24) - 2
"""The largest constant."""

FREE, NAMED, LOOPING = 0, 1, 2
"""Where a token stands: outside everything; inside `L`, where a is bound; inside `F` or `W`, where a and i are and no
further loop may stand.
"""
ROWS = 3
"""Added to these in a program that speaks of rows of cells."""
WORD, CELL, CELL_NAMED = 6, 7, 8
"""In what a hidden word becomes or says, where a is the word; in a hidden cell's rule; there inside `L` (`hidden`)."""

NEIGHBOURS = {LEFT, UP, RIGHT, NEAR}
"""What reads the row above."""
_ABSENT = {
    FREE: (BOUND, ROUND, *NEIGHBOURS),
    NAMED: (ROUND, *NEIGHBOURS),
    LOOPING: (FOLD, WHILE, *NEIGHBOURS),
    ROWS + FREE: (BOUND, ROUND),
    ROWS + NAMED: (ROUND,),
    ROWS + LOOPING: (FOLD, WHILE),
    WORD: (P, Y, H, FOLD, WHILE, ROUND, *NEIGHBOURS),
    CELL: (T, P, Y, H, X, FOLD, WHILE, BOUND, ROUND),
    CELL_NAMED: (T, P, Y, H, X, FOLD, WHILE, ROUND),
}
_NAMING = {FREE: NAMED, ROWS + FREE: ROWS + NAMED, CELL: CELL_NAMED}


@cache
def lengths(place: int, side: bool) -> tuple[int, ...]:
    """Bits of each token's word where it stands; 0 for one that may not stand there. (29,), Kraft's sum 1."""
    absent = _ABSENT[place] if side else (*_ABSENT[place], X)
    return tuple(huffman_lengths([0 if token in absent else weight for token, weight in enumerate(_WEIGHTS)]))


@cache
def words(place: int, side: bool) -> tuple[str, ...]:
    """The words themselves, as strings of 0 and 1; empty where the token may not stand."""
    sizes = lengths(place, side)
    return tuple(f"{int(word):0{n}b}" if n else "" for word, n in zip(canonical(sizes), sizes, strict=True))


def place_in(token: int, place: int, child: int) -> int:
    """Where the child of a token stands that stands at `place`: only the last of `L`, `F` and `W` is a body."""
    if child == 0 or token not in (LET, FOLD, WHILE):
        return place
    if token == LET:
        return _NAMING.get(place, place)
    return LOOPING if place < ROWS else ROWS + LOOPING


def gamma(k: int) -> str:
    """Elias' gamma code of k >= 1: as many zeros as k has further bits, then k."""
    return "0" * (k.bit_length() - 1) + f"{k:b}"


def gamma_bits(k: int) -> int:
    """Length of `gamma(k)`."""
    return 2 * k.bit_length() - 1


def delta(k: int) -> str:
    """Elias' delta code of k >= 1: its length in gamma code, then what stands behind its first bit."""
    return gamma(k.bit_length()) + f"{k:b}"[1:]


def delta_bits(k: int) -> int:
    """Length of `delta(k)`."""
    return gamma_bits(k.bit_length()) + k.bit_length() - 1
