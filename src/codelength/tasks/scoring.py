"""A task under a code, with or without side information: its codelength, where its bits go, and what the code said.

A predictor is asked once for its probabilities; codelength and costs follow from them. Any other code is asked for the
codelengths of prefixes that end at the blocks' ends, which costs a pass for each block.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from codelength.codes import Differenced
from codelength.core import Bits, Density, Learner, Predictor
from codelength.measures import block_costs, block_sums, byte_costs, evidence_of
from codelength.measures.evidence import Evidence
from codelength.tasks.overlap import Coverage, cover
from codelength.tasks.selection import Overlap

_PREDICTOR_PIECES = 200
_OTHER_PIECES = 24
_CHUNK = 1 << 16

WARN_FRACTION = 0.05
"""Overlap above this is called contamination. Halves of one log share under 4 % of their distinct stretches (one that
repeats itself 43 %), parts of texts under 1 %, where nothing was copied (`python -m benchmarks.select_sources`)."""


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """`bits`: the codelength; `blocks`: (B,) bits of each block; `said`: (n, 8) uint32, a predictor's probabilities
    in units of 2**-32, where they were kept.
    """

    bits: Bits
    blocks: NDArray[np.float64]
    said: NDArray[np.uint32] | None


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """What every source is measured against; a value that can be sent to another process.

    `prefix`: bits of the length, the same with and without side information. `ends`: where the blocks end, (B,).
    `keep`: whether what a predictor said is handed back. `said`: what a predictor says of the content alone, (n, 8)
    uint32, where it is known already.
    """

    content: bytes
    code: Density[bytes]
    prefix: float
    ends: NDArray[np.int64]
    keep: bool
    said: NDArray[np.uint32] | None = None

    def alone(self) -> Scored:
        """The task without side information."""
        return self._score(self.code, self.said)

    def given(self, side: bytes) -> Scored:
        """The task given `side`."""
        return self._score(conditioned(self.code, side))

    def against(self, source: bytes) -> tuple[Scored, Overlap | None]:
        """The task given a source, and what of the task the source has word for word."""
        coverage = cover(self.content, source)
        primed = conditioned(self.code, source)
        scored = self._score(primed)
        if not coverage.size:
            return scored, None
        return scored, self._overlap(coverage, primed, scored)

    def _score(self, code: Density[bytes], said: NDArray[np.uint32] | None = None) -> Scored:
        if not isinstance(code, Predictor):
            return Scored(code.bits(self.content), block_costs(code, self.content, self.ends), None)
        said = code.probabilities(self.content) if said is None else said
        costs = costs_of(said, self.content)
        bits = Bits(self.prefix + float(costs.sum()))
        return Scored(bits, block_sums(costs, self.ends), said if self.keep else None)

    def _overlap(self, coverage: Coverage, primed: Density[bytes], scored: Scored) -> Overlap:
        alone, given = self._spent(self.code, coverage, self.said), self._spent(primed, coverage, scored.said)
        saving = alone.bits - given.bits
        warning = None
        if coverage.fraction > WARN_FRACTION:
            warning = (
                f"holds {coverage.fraction:.0%} of the task word for word ({coverage.size:,} bytes): contamination, "
                f"given away by {saving:,.0f} bits saved on them ({given.bits / coverage.size:.2f} bits per byte "
                f"instead of {alone.bits / coverage.size:.2f})"
            )
        return Overlap(coverage.size, coverage.fraction, alone, given, warning)

    def _spent(self, code: Density[bytes], coverage: Coverage, said: NDArray[np.uint32] | None = None) -> Bits:
        """Bits on the covered bytes: where they stand for a predictor, cut out and joined for any other code."""
        if isinstance(code, Predictor):
            said = code.probabilities(self.content) if said is None else said
            return Bits(float(costs_of(said, self.content)[coverage.covered].sum()))
        cut = np.frombuffer(self.content, dtype=np.uint8)[coverage.covered].tobytes()
        return code.bits(cut).as_estimate()


def task_of(content: bytes, code: Density[bytes]) -> Task:
    """The task with all that has to be known of it only once; what is said is handed back."""
    said = code.probabilities(content) if isinstance(code, Predictor) else None
    return Task(content, code, prefix_of(code, content, said), pieces(content, code, said), keep=True, said=said)


def pieces(content: bytes, code: Density[bytes], said: NDArray[np.uint32] | None = None) -> NDArray[np.int64]:
    """Where pieces of `content` end that cost the code about the same: 200 for a predictor, 24 for another code.

    What side information saves is saved mostly at the beginning, before the code has learned the task from itself.
    Equal numbers of bytes would put most of a saving into the first few pieces, and an interval from resampling those
    says nothing: `python -m benchmarks.select_sources` prints both for a log.
    """
    count = _PREDICTOR_PIECES if isinstance(code, Predictor) else _OTHER_PIECES
    costs = byte_costs(code, content) if said is None else costs_of(said, content)
    spent = np.cumsum(np.maximum(costs, 0.0))
    cuts = np.searchsorted(spent, spent[-1] * np.arange(1, count) / count) + 1
    return np.unique(np.append(np.minimum(cuts, len(content)), len(content))).astype(np.int64)


def prefix_of(code: Density[bytes], content: bytes, said: NDArray[np.uint32] | None = None) -> float:
    """Bits that a predictor's codelength of `content` has besides those of its bytes: the length."""
    if not isinstance(code, Predictor):
        return 0.0
    said = code.probabilities(content) if said is None else said
    return code.bits(content).bits - float(costs_of(said, content).sum())


def conditioned(code: Density[bytes], side: bytes) -> Density[bytes]:
    """The code given `side`, by difference where it takes no side information."""
    return code.given(side) if isinstance(code, Learner) else Differenced(code).given(side)


def saving(before: Scored, after: Scored, *, choices: int, seed: int, run: int | None = None) -> Evidence:
    """Evidence for what `after` saves against `before`, it being picked from `choices` codes. `run`: blocks drawn
    together, 1 for unrelated documents.
    """
    return evidence_of(before.bits - after.bits, before.blocks - after.blocks, run=run, choices=choices, seed=seed)


def costs_of(said: NDArray[np.uint32], content: bytes) -> NDArray[np.float64]:
    """Bits of each byte of `content` under probabilities `said` (n, 8), in units of 2**-32: (n,)."""
    symbols = np.frombuffer(content, dtype=np.uint8)
    costs = np.empty(symbols.size, dtype=np.float64)
    for at in range(0, symbols.size, _CHUNK):
        ones = np.unpackbits(symbols[at : at + _CHUNK]).reshape(-1, 8).astype(bool)
        part = said[at : at + _CHUNK].astype(np.float64)
        costs[at : at + _CHUNK] = 256.0 - np.log2(np.where(ones, part, 2.0**32 - part)).sum(axis=1)
    return costs
