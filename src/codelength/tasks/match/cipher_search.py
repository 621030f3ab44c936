"""The search for a key: attempts from random keys until they agree.

An attempt anneals a random key under trigrams, briefly under the longest n-grams (`cipher_anneal`), then under
words (`cipher_refine`). The search stops early once the best key has been reached from two different starts: where
attempts agree, more of them find nothing better; where a text is so short that they do not, all the time is used.

Cost: an attempt takes a tenth of a second for 64 letters, a second for Zodiac-408.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from codelength.tasks.match.cipher_anneal import Puzzle, anneal, board
from codelength.tasks.match.cipher_key import key_bits
from codelength.tasks.match.cipher_refine import refine
from codelength.tasks.match.cipher_words import NGrams, Words, room_for

Progress = Callable[[str, int, int], None]

_TRIGRAMS = 3
"""Letters of the n-grams of the first stage: their landscape is smooth, and their table lies in the nearest cache."""

_AGREED = 2
_FEWEST = 3
"""Attempts that must end with the same best key, and attempts made in any case, before the search stops early."""


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
    place, room = board(puzzle.symbols.size, letters, int(chance.integers(1 << 62))), room_for(puzzle.symbols.size)
    done: list[tuple[float, NDArray[np.int64]]] = []
    while len(done) < effort.attempts and not (done and time.monotonic() >= deadline):
        key = chance.permutation(letters)[:m] if puzzle.single else chance.integers(letters, size=m)
        for stage, order in ((effort.coarse, min(_TRIGRAMS, grams.order)), (effort.fine, grams.order)):
            anneal(key, puzzle, grams, order, place, stage.steps * m, stage.hot, stage.cold)
        stage = effort.words
        bits = refine(key, puzzle, grams, model.words, place, room, stage.steps * m, stage.hot, stage.cold)
        done.append((bits + key_bits(key), key))
        if on_progress is not None:
            on_progress("keys", len(done), effort.attempts)
        best = min(done, key=lambda attempt: attempt[0])[1]
        if len(done) >= _FEWEST and sum(np.array_equal(key, best) for _, key in done) >= _AGREED:
            break
    return done
