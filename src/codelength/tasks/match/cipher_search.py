"""The search for a key: attempts from random keys until they agree.

An attempt anneals a random key under trigrams, briefly under the longest n-grams (`cipher_anneal`), then under
words (`cipher_refine`). The search stops early once the best key has been reached from two different starts: where
attempts agree, more of them find nothing better; where a text is so short that they do not, all the time is used. Of a
long text the beginning is enough to find a key; what the rest says of rare symbols, n-grams tell on the whole.

Cost: an attempt takes a tenth of a second for 64 letters, a second for Zodiac-408 or for a text of 4,000 letters.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from codelength.tasks.match.cipher_anneal import Board, Puzzle, anneal, beginning, board
from codelength.tasks.match.cipher_key import key_bits
from codelength.tasks.match.cipher_refine import key_bits_by_words, refine
from codelength.tasks.match.cipher_words import NGrams, Room, Words, room_for

Progress = Callable[[str, int, int], None]

_TRIGRAMS = 3
"""Letters of the n-grams of the first stage: their landscape is smooth, and their table lies in the nearest cache."""

_AGREED = 2
_FEWEST = 3
"""Attempts that must end with the same best key, and attempts made in any case, before the search stops early."""


_LONG = 4000
"""Letters of the beginning under which keys are annealed."""

_TRIED, _STILL = 4, 0.1
"""Steps on the whole for each symbol and letter that there are, and their temperature in bits."""


class Model(Protocol):
    """What has been learnt of a language."""

    @property
    def grams(self) -> NGrams: ...

    @property
    def words(self) -> Words: ...


class Stage(NamedTuple):
    """Steps for each symbol of the ciphertext's alphabet, and the temperatures from which to which, in bits."""

    steps: int
    hot: float
    cold: float


_COARSE, _FINE, _WORDS = Stage(4000, 6.0, 1.0), Stage(100, 2.0, 1.0), Stage(250, 3.0, 0.7)


@dataclass(frozen=True, slots=True)
class Effort:
    """How hard the search tries: attempts, and the stages of each: trigrams, the longest n-grams, words."""

    attempts: int = 60
    coarse: Stage = _COARSE
    fine: Stage = _FINE
    words: Stage = _WORDS


def attempts(
    puzzle: Puzzle,
    model: Model,
    letters: int,
    effort: Effort,
    seed: int,
    deadline: float,
    on_progress: Progress | None,
) -> list[tuple[float, NDArray[np.int64]]]:
    """Keys with the bits of text, choices and key together, one of each attempt: at least one.

    Parameters
    ----------
    puzzle
        The ciphertext.
    model, letters
        Of the language, and how many letters it has.
    effort
        How hard to try.
    seed
        Of the random keys and steps.
    deadline
        By `time.monotonic`; no attempt is begun after it.
    on_progress
        Called as (phase, done, total).
    """
    m, grams = puzzle.first.size - 1, model.grams
    chance = np.random.default_rng(seed)
    n = puzzle.symbols.size
    begins = puzzle if n <= _LONG else beginning(puzzle, _LONG)
    place, room = board(min(n, _LONG), letters, int(chance.integers(1 << 62))), room_for(min(n, _LONG))
    if n > _LONG:
        whole, of_whole = board(n, letters, int(chance.integers(1 << 62))), room_for(n)
    done: list[tuple[float, NDArray[np.int64]]] = []
    while len(done) < effort.attempts and not (done and time.monotonic() >= deadline):
        key = chance.permutation(letters)[:m] if puzzle.single else chance.integers(letters, size=m)
        for stage, order in ((effort.coarse, min(_TRIGRAMS, grams.order)), (effort.fine, grams.order)):
            anneal(key, begins, grams, order, place, stage.steps * m, stage.hot, stage.cold)
        stage = effort.words
        bits = refine(key, begins, grams, model.words, place, room, stage.steps * m, stage.hot, stage.cold)
        if n > _LONG:
            bits = _bettered(key, puzzle, model, letters, whole, of_whole)
        done.append((bits + key_bits(key), key))
        if on_progress is not None:
            on_progress("keys", len(done), effort.attempts)
        best = min(done, key=lambda attempt: attempt[0])[1]
        if len(done) >= _FEWEST and sum(np.array_equal(key, best) for _, key in done) >= _AGREED:
            break
    return done


def _bettered(key: NDArray[np.int64], whole: Puzzle, model: Model, letters: int, place: Board, room: Room) -> float:
    """Better a key on the whole of a long text, in place, by n-grams; its bits by words."""
    grams, words = model.grams, model.words
    bits = key_bits_by_words(key, whole, grams, words, place, room)
    other = key.copy()
    anneal(other, whole, grams, grams.order, place, _TRIED * key.size * letters, _STILL, _STILL)
    tried = key_bits_by_words(other, whole, grams, words, place, room)
    if tried < bits:
        key[:], bits = other, tried
    return bits
