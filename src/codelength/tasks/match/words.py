"""Words of two languages matched without a dictionary and without pairs, and what the match is worth.

    saved = |C(x)| - L(f) - |C(x | y, f)|

x and y are texts in two languages, about alike things, no line of one a translation of a line of the other. f maps the
words of x to words of y. It is grown from a core (`words_grow`), begun several times; the core under which x has the
shortest code goes on. What is coded of x is the table of which words stand near which, with y's table carried over by
f, against the same code without y (`words_code`); in L(f) a partner of like frequency costs fewer bits. From the same
core a map is grown from y to x as well; pairs that both maps find are surer (`words_agreed`), and the map that knows
them goes through one more round, with spelling among more words of y. For how many of the words the claim is made is
decided by bits too: the size that saves most, of `SIZES`. Where none saves `FOUND_AT` bits, there is no match.

Cost: 4 s for 300 words, 20 s for 1,000, 150 s for 3,000 (15,000 captions a side, one core). For m words of y, up to
four times the n of x, and k neighbours: 12 m k bytes for their counts, 15 m k for the profiles made of them, some
tables of 4 n m; 2 GB for 3,000 words.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from codelength.core import Bits
from codelength.core.errors import DataError
from codelength.tasks.match.evidence import Match
from codelength.tasks.match.words_agreed import agreed
from codelength.tasks.match.words_code import Coded, coded, neighbours, partner_bits
from codelength.tasks.match.words_counts import Array, language, split_words
from codelength.tasks.match.words_grow import CORE, Pair, begin, grown, growth, pair, partners, rounds, widened
from codelength.tasks.match.words_likeness import returned

Progress = Callable[[str, int, int], None]

STARTS = (100, 50, 200)
"""Words of the first round, in turn from restart to restart."""

NOISE = 0.5
"""Standard deviation, in nats, of what sets a restart apart from the first of its kind."""

SIZES = (50, 100, 200, 300, 500, 700, 1000, 1500, 2000, 3000)
"""Words for which a match may be claimed."""


@dataclass(frozen=True, slots=True)
class WordPair:
    """A word of x and its partner in y.

    `bits`: what y's text saves in coding this word's occurrences, less what it takes to say its partner; negative where
    the word is too rare to pay, or the partner wrong. `probability`: of the partner in the last soft map.
    """

    word: str
    partner: str
    bits: float
    probability: float
    count: int


@dataclass(frozen=True, slots=True)
class WordMatch(Match):
    """A map between the words of two languages.

    Parameters
    ----------
    pairs
        Every word of x that was matched, the most frequent first.
    size
        How many of them, from the first, the claim is made for.
    restarts
        |C(x | y, core)| of every restart's core, in bits.
    complete
        Whether all rounds were done; if not, the time was over, and with more of it other partners may be found.
    """

    pairs: tuple[WordPair, ...]
    size: int
    restarts: tuple[float, ...]
    complete: bool

    def translate(self, line: str) -> str:
        """A line of x word by word; a word without a partner stays as it is."""
        known = {pair.word: pair.partner for pair in self.pairs}
        return " ".join(known.get(word, word) for word in split_words(line))


def match_words(
    x_lines: Sequence[str],
    y_lines: Sequence[str],
    *,
    vocabulary: int = 3000,
    spelling: bool = True,
    restarts: int = 6,
    seed: int = 0,
    seconds: float = 600.0,
    on_progress: Progress | None = None,
) -> WordMatch:
    """Match the words of two languages.

    Parameters
    ----------
    x_lines, y_lines
        Two monolingual texts by line; order and number of the lines do not matter.
    vocabulary
        The most frequent words of x that are matched, at least 50.
    spelling
        Whether spelling may count as evidence, between the languages and between forms of a word, as far as the map
        itself shows that it should.
    restarts
        Cores that are begun; the one with the shortest code goes on.
    seed
        Of the noise that sets them apart.
    seconds
        After this time no round is begun but the first each way; words that were not reached are left out, and the
        match says that it is not `complete`. One that is complete is the same however fast the machine.
    on_progress
        Called as (phase, done, total).

    Raises
    ------
    DataError
        Fewer than 50 different words in either text, or a vocabulary of fewer.

    Examples
    --------
    >>> from random import Random
    >>> chance = Random(0)
    >>> x, y = ([" ".join(f"{name}{chance.randrange(60)}" for _ in range(9)) for _ in range(200)] for name in "xy")
    >>> match_words(x, y, vocabulary=60, restarts=1).found
    False
    """
    if vocabulary < 50:
        raise DataError(f"a vocabulary of {vocabulary} words; matching languages takes at least 50")
    begun = time.monotonic()
    x, y = language(x_lines, "x"), language(y_lines, "y")
    both = pair(x, y, vocabulary, spelling=spelling, last=True)
    core, lengths = _core(both, max(restarts, 1), seed, begun + seconds / 2, on_progress)
    known = _grown(both, core, begun + seconds, "growing the vocabulary", on_progress)
    found_back = _grown_back(pair(y, x, vocabulary, spelling=spelling), core, begun + seconds, on_progress)
    known = agreed(known, found_back)
    in_time = time.monotonic() < begun + seconds
    if in_time:
        last = widened(both, known) if len(known) == both.n else grown(both, known, len(known))
        known = agreed(last, found_back)
    complete = in_time and len(lengths) == max(restarts, 1)
    return _claimed(both, known, lengths, complete=complete)


def _core(
    both: Pair, restarts: int, seed: int, until: float, on_progress: Progress | None
) -> tuple[Array, tuple[float, ...]]:
    """The best of several cores, and the codelength that the text has under each."""
    best: Array | None = None
    lengths: list[float] = []
    for restart in range(restarts):
        noise = 0.0 if restart < len(STARTS) else NOISE
        known = begin(both, STARTS[restart % len(STARTS)], noise, seed + restart)
        for larger in growth(both, known, CORE):
            known = larger
        length = _length(both, known).given
        if best is None or length < min(lengths):
            best = known
        lengths.append(length)
        if on_progress is not None:
            on_progress("starting from frequencies", restart + 1, restarts)
        if time.monotonic() > until:
            break
    assert best is not None  # there is at least one restart
    return best, tuple(lengths)


def _grown(both: Pair, known: Array, until: float, phase: str, on_progress: Progress | None) -> Array:
    """The map grown to all words; time that is over leaves some out, but for one round."""
    sizes = rounds(both)
    for larger in growth(both, known, both.n):
        known = larger
        if on_progress is not None:
            on_progress(phase, sizes.index(len(known)) + 1, len(sizes))
        if time.monotonic() > until:
            break
    return known


def _grown_back(back: Pair, core: Array, until: float, on_progress: Progress | None) -> Array:
    """The map from y to x, grown from the same core; what was counted for it is needed no longer."""
    return _grown(back, returned(core)[: back.n - 1], until, "and the way back", on_progress)


def _claimed(both: Pair, known: Array, lengths: tuple[float, ...], *, complete: bool) -> WordMatch:
    """The map with its bits: for the size that saves most."""
    n = len(known)
    chosen = partners(known)
    code = _length(both, known)
    price = partner_bits(chosen, known.shape[1])
    sizes = [size for size in SIZES if size < n] + [n]
    size = max(sizes, key=lambda size: float((code.saved - price)[:size].sum()))
    cost = math.log2(len(sizes)) + float(price[:size].sum())
    pairs = tuple(
        WordPair(
            both.x.words[word],
            both.y.words[chosen[word]],
            float(code.shared[word] - price[word]),
            float(known[word, chosen[word]]),
            int(both.x.counts[word]),
        )
        for word in range(n)
    )
    return WordMatch(
        kind="words",
        unmatched=Bits(code.alone, "estimate"),
        map_bits=Bits(cost),
        matched=Bits(code.alone + code.parameters - float(code.saved[:size].sum()), "estimate"),
        pairs=pairs,
        size=size,
        restarts=lengths,
        complete=complete,
    )


def _length(both: Pair, known: Array) -> Coded:
    n, m = known.shape
    return coded(neighbours(both.near_x[:, :n, :n]), neighbours(both.near_y[:, :m, :m]), partners(known))
