"""The second stage of the search for a key: annealing under the model of words, n-grams only choosing what is worth a
try.

A step whose n-grams rise by more than a few bits beyond what the temperature allows is dropped without asking the model
of words, which costs ten times as much (delayed acceptance; Christen & Fox 2005). What remains is taken or left by the
bits of the words. Then every single step is tried in turn until none lowers the cost.

Cost: for 64 letters some 30 us for each step that is asked about, one in twenty to one in five.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from codelength.tasks.match.cipher_anneal import (
    Board,
    Puzzle,
    allowance,
    choices,
    draw,
    keep,
    propose,
    set_up,
    step_to,
    swap,
)
from codelength.tasks.match.cipher_words import NGrams, Room, Words, words_bits

_LEEWAY = 6.0
"""Bits by which n-grams may rise and the words still be asked."""

_LEAST = 1e-6
"""Bits that count as an improvement: less is rounding."""


@njit(cache=True)
def key_bits_by_words(
    key: NDArray[np.int64], puzzle: Puzzle, grams: NGrams, words: Words, board: Board, room: Room
) -> float:
    """Bits of the text that a key gives and of the choices among homophones."""
    set_up(key, puzzle, grams, grams.order, board)
    return words_bits(board.text, puzzle.edges, grams, words, room) + choices(puzzle, board)


@njit(cache=True)
def refine(
    key: NDArray[np.int64],
    puzzle: Puzzle,
    grams: NGrams,
    words: Words,
    board: Board,
    room: Room,
    steps: int,
    hot: float,
    cold: float,
) -> float:
    """Anneal a key in place from `hot` to `cold` bits, then descend; the best one met is left in it, with its bits."""
    bits = key_bits_by_words(key, puzzle, grams, words, board, room)
    best, least = key.copy(), bits
    temperature = hot
    cooling = (cold / hot) ** (1.0 / max(1, steps))
    for step in range(steps):
        temperature *= cooling
        symbol, other, old, count, rise = propose(step, key, puzzle, grams, grams.order, board)
        if symbol < 0:
            continue
        allowed = allowance(temperature, board.random)
        if rise <= _LEEWAY + allowed:
            tried = words_bits(board.text, puzzle.edges, grams, words, room) + choices(puzzle, board)
            if tried - bits <= allowed:
                keep(count, board)
                bits = tried
                if bits < least - _LEAST:
                    least = bits
                    best[:] = key
                continue
        swap(symbol, other, old, key, puzzle, board)
    key[:] = best
    return _descend(key, puzzle, grams, words, board, room)


@njit(cache=True)
def _descend(key: NDArray[np.int64], puzzle: Puzzle, grams: NGrams, words: Words, board: Board, room: Room) -> float:
    """Try every step in turn, round after round, until none lowers the bits; an order drawn anew for each round."""
    bits = key_bits_by_words(key, puzzle, grams, words, board, room)
    m, letters = key.shape[0], board.owner.shape[0]
    step = np.int64(0)
    improved = True
    while improved:
        improved = False
        start = draw(board.random, m * letters)
        for k in range(m * letters):
            symbol, letter = divmod((start + k) % (m * letters), letters)
            old = key[symbol]
            if letter == old:
                continue
            other = board.owner[letter] if puzzle.single else np.int64(-1)
            count, rise = step_to(step, symbol, other, letter, key, puzzle, grams, grams.order, board)
            step += 1
            if rise <= 2 * _LEEWAY:
                tried = words_bits(board.text, puzzle.edges, grams, words, room) + choices(puzzle, board)
                if tried < bits - _LEAST:
                    keep(count, board)
                    bits = tried
                    improved = True
                    continue
            swap(symbol, other, old, key, puzzle, board)
    return bits
