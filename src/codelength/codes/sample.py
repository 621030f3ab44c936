"""Sampling from any code: a code that gives y the length L(y) gives it the probability 2**-L(y), and so it can speak.

A `Predictor` lays its probabilities open: bits are drawn one by one from `walk()`, by comparing random integers with
integer probabilities. The sample is exact: P(y) = product of the predictor's own probabilities of y's bits.

Any other `Code` tells only lengths, most of them in whole bytes. Here it chooses among chunks of h bytes:

    P(next chunk = c | recent) ~ 2 ** -B(c),     B(c) = mean over tails t of bits(recent + c + t)

over all 256**h chunks c, drawn by sampling-importance-resampling (Rubin 1987): `candidates` chunks are proposed, c with
probability q(c) (see `proposals`), and one of them is kept with probability proportional to 2**-B(c) / q(c). As their
number grows, the draw tends to the distribution above whatever q is; with finitely many it leans towards q, that is
towards what the text has said before.

Why chunks: one byte more seldom changes a length in bytes. Why tails: strings of 0, 1, 2, ... random bytes, the same
for all candidates, shift the point where a length is rounded up, so that the mean resolves about 8 / tails bits. A
candidate that is `_HOPELESS` bits behind after the first tail is not scored with the others.

`recent` is the last one to two windows of given + said. A `Learner` is conditioned on all that came before it (not on
everything up to c: compressors store a few bytes on their own as they are, so that all chunks would cost the same);
any other code knows nothing further back. Every h bytes cost `candidates` codelengths, and `tails` more for each
candidate within reach.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.random import PCG64, Generator

from codelength.codes.proposals import LONGEST_CHUNK, propose
from codelength.core import Code, Learner, Predictor

Progress = Callable[[int], None]

_HOPELESS = 24.0
"""Bits behind the best at which a candidate is given up: 2**-24, after up to 8 bits of rounding on either side."""

_MEMORY = 1 << 16
"""Bytes of text that proposals look back on."""

_LEARNER_WINDOW = 1 << 10
_PREFIX_WINDOW = 1 << 12


def sample(
    code: Code[bytes],
    size: int,
    *,
    seed: int,
    given: bytes = b"",
    candidates: int = 128,
    chunk: int = 6,
    tails: int = 4,
    window: int | None = None,
    on_progress: Progress | None = None,
) -> bytes:
    """Draw `size` bytes from a code.

    Parameters
    ----------
    code
        Any code over bytes. A predictor is sampled exactly, any other as the head of this file says.
    size
        Bytes to draw.
    seed
        The same seed gives the same bytes.
    given
        Text that comes before: side information of a learner, prefix for any other code.
    candidates, chunk, tails
        For codes that are not predictors: chunks looked at in each step, their length (1 to 8 bytes), number of tails.
    window
        For codes that are not predictors: bytes of text before the chunk that are scored with it; by default 1,024
        for a learner, which has all text before them as side information, and 4,096 for any other code.
    on_progress
        Called with the number of bytes drawn so far.

    Returns
    -------
    bytes
        `size` bytes.

    Raises
    ------
    ValueError
        A number out of its range.

    Examples
    --------
    >>> from codelength.catalogue import make
    >>> sample(make("zlib"), 12, seed=1, given=b"the cat sat on the mat. " * 40, candidates=8)  # doctest: +ELLIPSIS
    b'...'
    """
    if size < 0:
        raise ValueError(f"size is {size}; expected 0 or more bytes")
    if window is None:
        window = _LEARNER_WINDOW if isinstance(code, Learner) else _PREFIX_WINDOW
    if candidates < 1 or tails < 1 or not 1 <= chunk <= LONGEST_CHUNK or window < 0:
        raise ValueError(
            f"candidates={candidates}, tails={tails}, chunk={chunk}, window={window}; "
            f"expected at least 1, at least 1, 1 to {LONGEST_CHUNK}, at least 0"
        )
    random = Generator(PCG64(seed))
    report = on_progress or (lambda _: None)
    if isinstance(code, Predictor):
        return _sample_exactly(code.given(given), size, random, report)
    score = _Score(code, given, window)
    said = bytearray()
    known = given[-_MEMORY:]
    while len(said) < size:
        spoken = _next_chunk(score, known, min(chunk, size - len(said)), candidates, tails, random)
        said += spoken
        known = (known + spoken)[-_MEMORY:]
        score.say(spoken)
        report(len(said))
    return bytes(said)


def _sample_exactly(code: Predictor, size: int, random: Generator, report: Progress) -> bytes:
    walk = code.walk()
    said = bytearray()
    for done in range(1, size + 1):
        byte = 0
        for threshold in random.integers(0, 1 << 32, 8, dtype=np.uint64).tolist():
            bit = int(threshold < walk.p)
            walk.push(bit)
            byte = 2 * byte + bit
        said.append(byte)
        report(done)
    return bytes(said)


class _Score:
    """Codelengths of what may come next: |C(recent + next)|, for a learner given all that came before `recent`."""

    def __init__(self, code: Code[bytes], given: bytes, window: int) -> None:
        self._code = code
        self._window = window
        self._recent = given
        self._settle()

    def say(self, chunk: bytes) -> None:
        """Go on after `chunk`."""
        self._recent += chunk
        # Not at every step: a learner takes side information at a cost.
        if len(self._recent) >= 2 * self._window:
            self._settle()

    def bits(self, after: bytes) -> float:
        return self._code.bits(self._recent + after).bits

    def _settle(self) -> None:
        cut = max(0, len(self._recent) - self._window)
        if isinstance(self._code, Learner):
            self._code = self._code.given(self._recent[:cut])
        self._recent = self._recent[cut:]


def _next_chunk(score: _Score, text: bytes, size: int, candidates: int, tails: int, random: Generator) -> bytes:
    """One chunk by sampling-importance-resampling; see the head of this file."""
    proposed = propose(text, size, candidates, random)
    after = [random.bytes(k) for k in range(tails)]
    bits = np.array([score.bits(chunk) for chunk in proposed.chunks])
    log2_weights = np.log2(proposed.draws) - proposed.log2_q - bits
    within = np.flatnonzero(log2_weights > log2_weights.max() - _HOPELESS)
    for at in within:
        mean = np.mean([bits[at], *(score.bits(proposed.chunks[at] + tail) for tail in after[1:])])
        log2_weights[at] += bits[at] - mean
    weights = np.exp2(log2_weights[within] - log2_weights[within].max())
    return proposed.chunks[within[random.choice(within.size, p=weights / weights.sum())]]
