"""Simulated annealing over keys: which letter each symbol of a cipher stands for, scored by n-grams of letters.

A step gives a symbol another letter (in a one-to-one key the symbol that had the letter takes the old one) and is taken
if it lowers the cost, or else with probability 2**(-rise / temperature) (Kirkpatrick, Gelatt & Vecchi 1983). The
temperature, in bits, falls geometrically. Where several symbols may stand for a letter (homophones), the cost has the
choice among them, coded adaptively (Laplace's rule) for each letter l with h symbols and N occurrences in the text:

    log2 (N + h - 1)! / ((h - 1)! product of n_s!)

Only the n-grams that a step touches are scored anew. Cost: about a microsecond a step in a text of 64 letters.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from codelength.tasks.match.cipher_words import NGrams, Number, Text

_UNIT = 2048.0


class Puzzle(NamedTuple):
    """A ciphertext, made ready.

    `symbols`: which symbol stands at each place, (n,) from 0 to m - 1. `places`: the places sorted by symbol, (n,),
    those of symbol s from `first[s]` to `first[s + 1]`, (m + 1,). `edges`: what is known of words, (n,). `single`:
    whether different symbols stand for different letters. `factorials`: log2 k! in bits, (n + m + 1,).
    """

    symbols: Text
    places: NDArray[np.int64]
    first: NDArray[np.int64]
    edges: NDArray[np.int64]
    single: bool
    factorials: NDArray[np.float64]


class Board(NamedTuple):
    """A key in use: the text that it gives, (n,), what each letter of it costs, (n,) units of 1 / 2048 bits; room for
    what a step would make of it (`trial`, the `touched` places, `stamp` of the last step that touched each); whose
    letter each letter is in a one-to-one key (`owner`, -1: nobody's), occurrences and homophones of each letter; the
    random state.
    """

    text: Text
    costs: NDArray[np.int64]
    trial: NDArray[np.int64]
    touched: NDArray[np.int64]
    stamp: NDArray[np.int64]
    owner: NDArray[np.int64]
    times: NDArray[np.int64]
    homophones: NDArray[np.int64]
    random: NDArray[np.uint64]


def puzzle(symbols: Text, edges: NDArray[np.int64], *, single: bool) -> Puzzle:
    """A ciphertext made ready; its symbols are 0 to m - 1 and all occur."""
    return _made_ready(symbols, edges, int(symbols.max()) + 1, single)


def beginning(whole: Puzzle, size: int) -> Puzzle:
    """The first `size` places of a ciphertext, for keys of the whole: not all symbols need occur."""
    return _made_ready(whole.symbols[:size], whole.edges[:size], whole.first.size - 1, whole.single)


def _made_ready(symbols: Text, edges: NDArray[np.int64], m: int, single: bool) -> Puzzle:
    n = symbols.size
    first = np.concatenate([[0], np.cumsum(np.bincount(symbols, minlength=m))]).astype(np.int64)
    factorials = np.concatenate([[0.0], np.cumsum(np.log2(np.arange(1, n + m + 1)))])
    return Puzzle(symbols, np.argsort(symbols, kind="stable").astype(np.int64), first, edges, single, factorials)


def board(size: int, letters: int, seed: int) -> Board:
    """Room for keys on a ciphertext of `size` symbols."""
    of_text = [np.zeros(size, dtype=np.int64) for _ in range(5)]
    of_letters = [np.zeros(letters, dtype=np.int64) for _ in range(3)]
    # An odd start is never zero, where xorshift would stay.
    random = np.array([(seed << 1 | 1) & (1 << 64) - 1], dtype=np.uint64)
    text, costs, trial, touched, stamp = of_text
    owner, times, homophones = of_letters
    return Board(text, costs, trial, touched, stamp, owner, times, homophones, random)


@njit(cache=True)
def draw(random: NDArray[np.uint64], below: Number) -> np.int64:
    """A number from 0 to `below` - 1 (xorshift64*; Marsaglia 2003, Vigna 2016)."""
    state = random[0]
    state ^= state >> np.uint64(12)
    state ^= state << np.uint64(25)
    state ^= state >> np.uint64(27)
    random[0] = state
    return np.int64(((state * np.uint64(2685821657736338717)) >> np.uint64(33)) * np.uint64(below) >> np.uint64(31))


@njit(cache=True)
def _cost_at(text: Text, place: Number, grams: NGrams, order: Number) -> np.int64:
    number = np.int64(0)
    start = max(0, place - order + 1)
    for k in range(start, place + 1):
        number = number * grams.letters + text[k]
    return np.int64(grams.costs[grams.offsets[place - start] + number])


@njit(cache=True)
def set_up(key: NDArray[np.int64], puzzle: Puzzle, grams: NGrams, order: Number, board: Board) -> float:
    """Lay a key out; its cost in bits by n-grams of `order`, with the choices among homophones."""
    board.owner[:] = -1
    board.times[:] = 0
    board.homophones[:] = 0
    board.stamp[:] = -1
    for symbol in range(key.shape[0]):
        board.owner[key[symbol]] = symbol
        board.homophones[key[symbol]] += 1
        board.times[key[symbol]] += puzzle.first[symbol + 1] - puzzle.first[symbol]
    units = np.int64(0)
    for place in range(puzzle.symbols.shape[0]):
        board.text[place] = key[puzzle.symbols[place]]
    for place in range(puzzle.symbols.shape[0]):
        board.costs[place] = _cost_at(board.text, place, grams, order)
        units += board.costs[place]
    return units / _UNIT + choices(puzzle, board)


@njit(cache=True)
def choices(puzzle: Puzzle, board: Board) -> float:
    """Bits of the choices among homophones."""
    bits = 0.0
    if not puzzle.single:
        for letter in range(board.times.shape[0]):
            bits += _choice(puzzle, board.times[letter], board.homophones[letter])
        for symbol in range(puzzle.first.shape[0] - 1):
            bits -= puzzle.factorials[puzzle.first[symbol + 1] - puzzle.first[symbol]]
    return bits


@njit(cache=True)
def _choice(puzzle: Puzzle, times: Number, homophones: Number) -> float:
    if homophones < 2:
        return float(puzzle.factorials[times])
    return float(puzzle.factorials[times + homophones - 1] - puzzle.factorials[homophones - 1])


@njit(cache=True)
def _place(symbol: Number, letter: Number, key: NDArray[np.int64], puzzle: Puzzle, board: Board) -> None:
    """Give a symbol a letter in the key, the text and the counts."""
    n = puzzle.first[symbol + 1] - puzzle.first[symbol]
    old = key[symbol]
    board.times[old] -= n
    board.homophones[old] -= 1
    board.times[letter] += n
    board.homophones[letter] += 1
    key[symbol] = letter
    for k in range(puzzle.first[symbol], puzzle.first[symbol + 1]):
        board.text[puzzle.places[k]] = letter


@njit(cache=True)
def swap(symbol: Number, other: Number, letter: Number, key: NDArray[np.int64], puzzle: Puzzle, board: Board) -> None:
    """Give `symbol` a letter and `other`, unless it is -1, the letter that `symbol` had."""
    old = key[symbol]
    _place(symbol, letter, key, puzzle, board)
    board.owner[letter] = symbol
    board.owner[old] = other
    if other >= 0:
        _place(other, old, key, puzzle, board)


@njit(cache=True)
def _rise(
    symbol: Number, step: Number, count: Number, puzzle: Puzzle, grams: NGrams, order: Number, board: Board
) -> tuple[Number, Number]:
    """Score the n-grams over the places of a symbol; units by which they rise, places touched by now."""
    units = np.int64(0)
    n = puzzle.symbols.shape[0]
    for k in range(puzzle.first[symbol], puzzle.first[symbol + 1]):
        place = puzzle.places[k]
        for at in range(place, min(place + order, n)):
            if board.stamp[at] != step:
                board.stamp[at] = step
                board.trial[at] = _cost_at(board.text, at, grams, order)
                units += board.trial[at] - board.costs[at]
                board.touched[count] = at
                count += 1
    return units, count


@njit(cache=True)
def step_to(
    step: Number,
    symbol: Number,
    other: Number,
    letter: Number,
    key: NDArray[np.int64],
    puzzle: Puzzle,
    grams: NGrams,
    order: Number,
    board: Board,
) -> tuple[Number, float]:
    """Make a step: places touched, bits by which the cost rises. `step` is another number each time."""
    old = key[symbol]
    before = _both(puzzle, board, old, letter)
    swap(symbol, other, letter, key, puzzle, board)
    units, count = _rise(symbol, step, 0, puzzle, grams, order, board)
    if other >= 0:
        more, count = _rise(other, step, count, puzzle, grams, order, board)
        units += more
    return count, units / _UNIT + _both(puzzle, board, old, letter) - before


@njit(cache=True)
def propose(
    step: Number, key: NDArray[np.int64], puzzle: Puzzle, grams: NGrams, order: Number, board: Board
) -> tuple[Number, Number, Number, Number, float]:
    """Make a random step: (symbol, other symbol or -1, its letter before, places touched, bits by which the cost
    rises); symbol -1 where the step would change nothing. It is kept by `keep`, taken back by `swap`.
    """
    symbol = draw(board.random, key.shape[0])
    old = key[symbol]
    other = np.int64(-1)
    if puzzle.single or draw(board.random, 2):
        letter = draw(board.random, board.owner.shape[0])
        if puzzle.single:
            other = board.owner[letter]
    else:
        other = draw(board.random, key.shape[0])
        letter = key[other]
    if letter == old:
        return -1, -1, 0, 0, 0.0
    count, rise = step_to(step, symbol, other, letter, key, puzzle, grams, order, board)
    return symbol, other, old, count, rise


@njit(cache=True)
def _both(puzzle: Puzzle, board: Board, one: Number, two: Number) -> float:
    """Choices among the homophones of two letters."""
    if puzzle.single:
        return 0.0
    return _choice(puzzle, board.times[one], board.homophones[one]) + _choice(
        puzzle, board.times[two], board.homophones[two]
    )


@njit(cache=True)
def keep(count: Number, board: Board) -> None:
    """Make the costs of a step the board's."""
    for k in range(count):
        board.costs[board.touched[k]] = board.trial[board.touched[k]]


@njit(cache=True)
def allowance(temperature: float, random: NDArray[np.uint64]) -> float:
    """Bits by which a step may rise: at least r with probability 2**(-r / temperature)."""
    return -temperature * math.log2((draw(random, 1 << 30) + 0.5) / (1 << 30))


@njit(cache=True)
def anneal(
    key: NDArray[np.int64],
    puzzle: Puzzle,
    grams: NGrams,
    order: Number,
    board: Board,
    steps: int,
    hot: float,
    cold: float,
) -> float:
    """Anneal a key in place; the best one met is left in it, with its bits by n-grams of `order`."""
    bits = set_up(key, puzzle, grams, order, board)
    best, least = key.copy(), bits
    temperature = hot
    cooling = (cold / hot) ** (1.0 / steps)
    for step in range(steps):
        temperature *= cooling
        symbol, other, old, count, rise = propose(step, key, puzzle, grams, order, board)
        if symbol < 0:
            continue
        if rise <= 0.0 or rise <= allowance(temperature, board.random):
            keep(count, board)
            bits += rise
            if bits < least - 1e-9:
                least = bits
                best[:] = key
        else:
            swap(symbol, other, old, key, puzzle, board)
    key[:] = best
    return least
