"""The search for a key: attempts from random keys until they agree.

An attempt anneals a random key under n-grams (`cipher_anneal`), then under words (`cipher_refine`). The search stops
early once the best key has been reached from three different starts: where attempts agree, more of them find nothing
better; where a text is so short that they do not, all the time is used.

Cost: an attempt takes some tenths of a second for 64 letters and grows little with the length.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from codelength.tasks.match.cipher_anneal import Puzzle, anneal, board
from codelength.tasks.match.cipher_key import key_bits
from codelength.tasks.match.cipher_refine import refine
from codelength.tasks.match.cipher_words import NGrams, Words, room_for

Progress = Callable[[str, int, int], None]

_AGREED = 3
_FEWEST = 5
"""Attempts that must end with the same best key, and attempts made in any case, before the search stops early."""


class Model(Protocol):
    """What has been learnt of a language."""

    @property
    def grams(self) -> NGrams: ...

    @property
    def words(self) -> Words: ...


@dataclass(frozen=True, slots=True)
class Effort:
    """How hard the search tries: attempts; steps of an attempt for each symbol of the ciphertext's alphabet and
    temperatures in bits, of the first stage and of the second.
    """

    attempts: int = 60
    steps: int = 1000
    hot: float = 5.0
    cold: float = 1.5
    word_steps: int = 250
    word_hot: float = 3.0
    word_cold: float = 0.7


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
    m = puzzle.first.size - 1
    chance = np.random.default_rng(seed)
    place, room = board(puzzle.symbols.size, letters, int(chance.integers(1 << 62))), room_for(puzzle.symbols.size)
    done: list[tuple[float, NDArray[np.int64]]] = []
    while len(done) < effort.attempts and not (done and time.monotonic() >= deadline):
        key = chance.permutation(letters)[:m] if puzzle.single else chance.integers(letters, size=m)
        anneal(key, puzzle, model.grams, model.grams.order, place, effort.steps * m, effort.hot, effort.cold)
        bits = refine(
            key,
            puzzle,
            model.grams,
            model.words,
            place,
            room,
            effort.word_steps * m,
            effort.word_hot,
            effort.word_cold,
        )
        done.append((bits + key_bits(key), key))
        if on_progress is not None:
            on_progress("keys", len(done), effort.attempts)
        best = min(done, key=lambda attempt: attempt[0])[1]
        if len(done) >= _FEWEST and sum(np.array_equal(key, best) for _, key in done) >= _AGREED:
            break
    return done
