"""Proposals for what a text may say next, each with the exact probability of proposing it.

`sample` lets a code choose among some hundred chunks of h bytes; it needs chunks that the code may like, and must know
how likely it was to look at each, so that what is proposed does not sway what is said. The proposal is a mixture of
equal parts: one of independent bytes, and one for each of the K context orders m_k (0, 1, 2, 3, 4, 6, 8, 12, 16, 24,
32, and the longest) in which what the text ends with has been met before:

    q(c) = 1/(K+1) [ prod_i (n(c_i) + 1) / (N + 256)  +  sum_k #{places of order m_k where c follows} / #{places} ]

A place of order m is where the last m bytes of the text occur earlier with h bytes after them; n(b) counts byte b in
the text of N bytes. Every chunk has q > 0. O(N + candidates log N) a draw.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

LONGEST_CHUNK = 8
"""A chunk is packed into 64 bits."""

_ORDERS = (0, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32)


@dataclass(frozen=True, slots=True)
class Proposals:
    """Chunks that were drawn, without repetition.

    chunks
        The chunks, all of one length.
    draws
        How many times each was drawn: (n,) float64.
    log2_q
        log2 of the probability that one draw is this chunk: (n,) float64.
    """

    chunks: list[bytes]
    draws: NDArray[np.float64]
    log2_q: NDArray[np.float64]


def propose(text: bytes, size: int, number: int, random: Generator) -> Proposals:
    """Draw `number` chunks of `size` bytes (at most 8) that may follow `text`."""
    if not 1 <= size <= LONGEST_CHUNK:
        raise ValueError(f"chunks of {size} bytes; expected 1 to {LONGEST_CHUNK}")
    symbols = np.frombuffer(text, dtype=np.uint8)
    byte_probs = (np.bincount(symbols, minlength=256) + 1.0) / (symbols.size + 256)
    packed = _packed(symbols, size)
    places = _places(symbols, packed.size)
    component = random.integers(0, len(places) + 1, number)
    drawn = [
        packed[places[k][random.integers(0, places[k].size)]]
        if k < len(places)
        else _independent(byte_probs, size, random)
        for k in component
    ]
    unique, draws = np.unique(np.array(drawn, dtype=np.uint64), return_counts=True)
    as_bytes = unique.astype(">u8").view(np.uint8).reshape(-1, 8)[:, 8 - size :]  # (n, size)
    q = np.prod(byte_probs[as_bytes], axis=1)
    for at in places:
        followers, times = np.unique(packed[at], return_counts=True)
        slot = np.minimum(np.searchsorted(followers, unique), followers.size - 1)
        q += np.where(followers[slot] == unique, times[slot], 0) / at.size
    chunks = [row.tobytes() for row in as_bytes]
    return Proposals(chunks, draws.astype(np.float64), np.log2(q / (len(places) + 1)))


def _packed(symbols: NDArray[np.uint8], size: int) -> NDArray[np.uint64]:
    """The chunk that starts at each place, its first byte the highest: (N - size + 1,) uint64."""
    n = max(0, symbols.size - size + 1)
    packed = np.zeros(n, dtype=np.uint64)
    for k in range(size):
        packed = (packed << np.uint64(8)) | symbols[k : k + n].astype(np.uint64)
    return packed


def _places(symbols: NDArray[np.uint8], n: int) -> list[NDArray[np.int64]]:
    """For each order that occurs, the places below `n` that follow what the text ends with."""
    found: list[NDArray[np.int64]] = []
    at = np.arange(n, dtype=np.int64)
    longest = at[:0]
    for order in count():
        if order:
            at = at[at >= order]
            at = at[symbols[at - order] == symbols[-order]]
        if not at.size or order > _ORDERS[-1]:
            break
        longest = at
        if order in _ORDERS:
            found.append(at)
    if found and longest is not found[-1]:
        found.append(longest)
    return found


def _independent(byte_probs: NDArray[np.float64], size: int, random: Generator) -> np.uint64:
    chunk = random.choice(256, size=size, p=byte_probs)
    return np.uint64(int.from_bytes(chunk.astype(np.uint8).tobytes(), "big"))
