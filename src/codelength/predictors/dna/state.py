"""What the DNA model remembers, its frozen configuration, and how both grow with the data.

Two sorts of tables, both indexed by the last k bases (2 bits each: a 0, c 1, g 2, t 3; the complement of b is 3 - b):

- low orders: 22-bit probabilities with a 10-bit count, three to a context (first bit; second bit after 0; after 1). An
  order is as short as its table: a table that doubles gives each context what the shorter one has learned;
- high orders: slots of four 16-bit numbers, a check and three 12-bit probabilities with a 4-bit count. The index is the
  top of a product with an odd number modulo 4^k: no two contexts share a slot once there are 4^k of them. A table that
  doubles holds each slot twice; the check tells which of the two is meant.

All tables double when as many bytes as they have contexts have been seen, up to 2^`bits`. Cost: half a megabyte at
first, some 80 to 210 bytes a byte of data, at most 300 MB with the default configuration.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from codelength.predictors.logistic import LIMIT, squash_table

FIRST_BITS = 10
"""Contexts of a table at the beginning, as a power of two."""

FIRST_FINAL_BITS = 7
"""Contexts of the final map at the beginning, likewise: each has 75 cells."""

RING_BITS = 26
"""So many bases (as a power of two) are held for repeats at most."""

LINE_CLASSES = 256  # contexts of "is this a base": see `kernel`
OTHER_BITS = 14  # cells of other bytes an order
NODES = 3  # decisions of a base: its first bit; the second after 0; the second after 1
LENGTH_ROWS = 25 * NODES  # weight rows: match lengths both ways; then the last four bases; then known contexts
ROWS = LENGTH_ROWS + 256 * NODES
MISSES, LENGTHS = 16, 48  # cells of a match: recent misses, length class
BUCKETS = 2 * LIMIT // 256 + 1  # of the final map: stretch(p) in steps of 1, interpolated
FINAL_BITS = 16  # contexts of the final map at most, as a power of two: eight bases
REGISTERS = 32

LETTERS = 8
REST = 8
MASSES = 9  # a c g t A C G T, and all other bytes together


@dataclass(frozen=True)
class DnaConfig:
    """Orders and rates; `bits` bounds every table: 2^bits contexts (8 bytes each in the high orders, 16 in the low)."""

    low: tuple[int, ...] = (1, 2, 3, 4, 6, 8, 10)
    high: tuple[int, ...] = (11, 12, 14, 16, 18)
    bits: int = 22
    rate: int = 10  # of the weights
    outer_rate: int = 3
    low_limit: int = 255  # counts of the low orders stop here
    seed_length: int = 20  # a match begins when so many bases agree


class DnaState(NamedTuple):
    """Arrays of one predictor, changed in place except where tables grow."""

    low: Any  # uint32 (sum of contexts * 4): probability << 10 | count
    low_at: Any  # int64 (low orders): where each order begins in `low`
    low_bits: Any  # int64 (low orders): contexts of each, as a power of two
    low_order: Any  # int64 (low orders)
    high: Any  # uint16 (sum of contexts * 4): check, three probabilities << 4 | count
    high_at: Any  # int64 (high orders)
    high_bits: Any  # int64 (high orders)
    high_order: Any  # int64 (high orders)
    refined: Any  # uint32 (high orders * 16 * 64): what a probability with a count has meant
    matched: Any  # uint32 (2 * MISSES * LENGTHS): how often a match is right
    heads: Any  # int32 (2^bits): how many bases came before and with a seed, the last time
    bases: Any  # uint8 (a power of two): the last bases, a ring
    inputs: Any  # int32 (NODES, inputs)
    weights: Any  # int32 (rows, inputs)
    outer: Any  # int64 (NODES, 3): second layer
    rows: Any  # int64 (NODES, 3): weight rows in use
    votes: Any  # int64 (NODES, 6): each row's sum, and its probability
    mixed: Any  # int64 (NODES, 2): the second layer's probability; the final map's cell
    slots: Any  # int64 (low + high): contexts in use
    cells: Any  # int64 (NODES, high): refined cells in use
    final: Any  # uint32 (contexts * NODES * BUCKETS): last stage, by up to eight bases
    kinds: Any  # uint32 (2 * LINE_CLASSES): a base in the same case? in the other case?
    others: Any  # uint32 (3 * 2^OTHER_BITS): bits of bytes that are no bases, by orders 1 to 3
    masses: Any  # int64 (MASSES): what the next byte may still be
    config: Any  # int64: rate, outer rate, low limit, seed length, bits
    registers: Any  # int64 (REGISTERS)


def new_state(config: DnaConfig) -> DnaState:
    """The state before any byte."""
    low_bits = np.array([min(2 * k, FIRST_BITS) for k in config.low], np.int64)
    high_bits = np.full(len(config.high), FIRST_BITS, np.int64)
    low_at, low_size = _places(low_bits)
    high_at, high_size = _places(high_bits)
    inputs = len(config.low) + 2 * len(config.high) + 3
    padded = -(-inputs // 16) * 16
    weights = np.zeros((ROWS + NODES * (len(config.high) + 1), padded), np.int32)
    weights[:, :inputs] = 16384
    line = squash_table()[np.minimum(np.arange(BUCKETS) * 256, 2 * LIMIT - 1)].astype(np.uint32) << np.uint32(10)
    half = np.uint32(1 << 31)
    cells = (np.arange(64, dtype=np.uint32) << np.uint32(16)) + np.uint32(1 << 15)
    return DnaState(
        low=np.full(low_size, half, np.uint32),
        low_at=low_at,
        low_bits=low_bits,
        low_order=np.array(config.low, np.int64),
        high=np.zeros(high_size, np.uint16),
        high_at=high_at,
        high_bits=high_bits,
        high_order=np.array(config.high, np.int64),
        refined=np.tile(cells << np.uint32(10), len(config.high) * 16),
        matched=_match_records(),
        heads=np.zeros(1 << FIRST_BITS, np.int32),
        bases=np.zeros(1 << FIRST_BITS, np.uint8),
        inputs=np.zeros((NODES, padded), np.int32),
        weights=weights,
        outer=np.full((NODES, 3), 65536 // 3, np.int64),
        rows=np.zeros((NODES, 3), np.int64),
        votes=np.zeros((NODES, 6), np.int64),
        mixed=np.zeros((NODES, 2), np.int64),
        slots=np.zeros(len(config.low) + len(config.high), np.int64),
        cells=np.zeros((NODES, len(config.high)), np.int64),
        final=np.tile(line, NODES << FIRST_FINAL_BITS),
        kinds=np.full(2 * LINE_CLASSES, half, np.uint32),
        others=np.full(3 << OTHER_BITS, half, np.uint32),
        masses=np.zeros(MASSES, np.int64),
        config=np.array([config.rate, config.outer_rate, config.low_limit, config.seed_length, config.bits], np.int64),
        registers=np.zeros(REGISTERS, np.int64),
    )


def doubled(state: DnaState) -> DnaState:
    """The state with room for twice as many bytes; every table below its limit has twice the contexts.

    The contexts in use are left over: they have to be looked up again.
    """
    more = state.heads.size < 1 << int(state.config[4])
    if not more:
        return state._replace(bases=np.concatenate((state.bases, np.zeros_like(state.bases))))
    low_bits = np.minimum(state.low_bits + 1, 2 * state.low_order)
    high_bits = state.high_bits + 1
    low_at, _ = _places(low_bits)
    high_at, _ = _places(high_bits)
    low = [
        np.tile(state.low[at : at + (4 << int(was))], 2 if now > was else 1)
        for at, was, now in zip(state.low_at, state.low_bits, low_bits, strict=True)
    ]
    final = state.final
    return state._replace(
        low=np.concatenate(low),
        low_at=low_at,
        low_bits=low_bits,
        high=np.repeat(state.high.reshape(-1, 4), 2, axis=0).reshape(-1),
        high_at=high_at,
        high_bits=high_bits,
        heads=np.repeat(state.heads, 2),
        bases=np.concatenate((state.bases, np.zeros_like(state.bases))),
        final=np.tile(final, 2) if final.size < NODES * BUCKETS << FINAL_BITS else final,
    )


def _places(bits: NDArray[np.int64]) -> tuple[NDArray[np.int64], int]:
    """Where tables of 2^bits contexts of four numbers begin, and the size of all."""
    ends = np.cumsum(4 << bits)
    return np.concatenate((np.zeros(1, np.int64), ends[:-1])), int(ends[-1])


def _match_records() -> NDArray[np.uint32]:
    """A match of n bases with m misses is right in (n + 4) of (n + 5 + m) cases, until more is known."""
    misses, lengths = np.arange(MISSES)[:, None], np.arange(LENGTHS)[None, :]
    one = 1 << 22
    right = np.minimum(one * (lengths + 4) // (lengths + 5 + misses), one - 1) << 10
    return np.tile(right.astype(np.uint32).reshape(-1), 2)
