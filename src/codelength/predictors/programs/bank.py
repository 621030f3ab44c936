"""Expressions, one for each behaviour: the store, and the test whether one says what is wanted.

An expression's behaviour is the row of its values at T positions of the data (its history being the data itself), so
an expression is computed from the rows of its parts, and of two with the same row the dearer one is never built upon
(observational equivalence: Albarghouthi, Gulwani & Kincaid 2013; Udupa et al. 2013). `growth` makes them.

A row is tested against the target modulo m: is it the target, or what `L b` (b a bijection) maps to it? And it is met
in the middle: does an expression exist already whose sum, difference or exclusive or with this one is the target?
That reaches programs of twice the bits that are enumerated (Horowitz & Sahni 1974). When the store is full, expressions
are still made out of it and tested, only no longer kept.

Cost: about 0.5 us an expression, 8 T + 60 bytes for each that is kept.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from codelength.predictors.programs import tokens as tk

Ints = NDArray[np.int64]
Whole = int | np.int64

_ADD, _SUB, _XOR, _LET = tk.ADD, tk.SUB, tk.XOR, tk.LET

HIT_COLUMNS = 8
"""Of a hit: bits, outer token (-1: none; LET: a body of `lets`), token, three parts, the other operand, swapped."""

COUNT, TESTED, BUDGET, N_HITS = range(4)


class View(NamedTuple):
    """What is looked at: `positions` (T,) int64, the `history` and `side` (uint8) there, the word's `width`."""

    positions: Ints
    history: NDArray[np.uint8]
    side: NDArray[np.uint8]
    width: int


class Bank(NamedTuple):
    """`rows` (cap, T) int64 values, `token` (cap,), `parts` (cap, 3) indices or a constant, `bits` (cap,),
    `named` (cap,) how often `a` stands in it, `level` (levels + 1,) where each key begins; open hash tables `by_row`
    and `by_residue` of indices; `numbers` (4,): kept, tested, tests left, hits.
    """

    rows: Ints
    token: NDArray[np.uint8]
    parts: Ints
    bits: Ints
    named: Ints
    level: Ints
    by_row: NDArray[np.int32]
    by_residue: NDArray[np.int32]
    hits: Ints
    numbers: Ints


class Goal(NamedTuple):
    """`wanted` (J, T) int64: the target's residues, then those that the body `body[j]` of `lets` maps to them; `body`
    (J,), -1 first; `hashes` (J,) uint64; `modulus`. J = 0: nothing is looked for.
    """

    wanted: Ints
    body: Ints
    hashes: NDArray[np.uint64]
    modulus: int


class Lets(NamedTuple):
    """Bodies of `L`, as instructions: `ops` (G, n) uint8, `args` (G, n) int64, `size` (G,), `bits` (G,), and `key`
    (G,): what `L` with this body adds to the key. Few bodies are tried, so in the order they count as one operator
    of 3 + log2(g + 1) bits, g their rank: else what is composed of several would come too late.
    """

    ops: NDArray[np.uint8]
    args: Ints
    size: Ints
    bits: Ints
    key: Ints


def empty(capacity: int, positions: int, levels: int, budget: int, hits: int = 64) -> Bank:
    """A bank without expressions."""
    slots = 1 << (2 * capacity - 1).bit_length()
    numbers = np.array([0, 0, budget, 0], dtype=np.int64)
    return Bank(
        np.empty((capacity, positions), dtype=np.int64),
        np.empty(capacity, dtype=np.uint8),
        np.zeros((capacity, 3), dtype=np.int64),
        np.empty(capacity, dtype=np.int64),
        np.empty(capacity, dtype=np.int64),
        np.zeros(levels + 2, dtype=np.int64),
        np.full(slots, -1, dtype=np.int32),
        np.full(slots, -1, dtype=np.int32),
        np.zeros((hits, HIT_COLUMNS), dtype=np.int64),
        numbers,
    )


@njit(cache=True)
def row_hash(row: Ints) -> np.uint64:
    """64 bits of a row."""
    h = np.uint64(0x9E3779B97F4A7C15)
    for value in row:
        h = (h ^ np.uint64(value)) * np.uint64(0xD6E8FEB86659FD93)
        h ^= h >> np.uint64(32)
    return h


@njit(cache=True)
def _equal(a: Ints, b: Ints) -> bool:
    same = True
    for k in range(a.shape[0]):
        if a[k] != b[k]:
            same = False
            break
    return same


@njit(cache=True)
def _find(bank: Bank, row: Ints, h: np.uint64) -> np.int64:
    """Where `by_row` has this row, or the free slot, as -1 - slot."""
    mask = np.uint64(bank.by_row.shape[0] - 1)
    slot = h & mask
    while bank.by_row[slot] >= 0:
        if _equal(bank.rows[bank.by_row[slot]], row):
            return np.int64(bank.by_row[slot])
        slot = (slot + np.uint64(1)) & mask
    return -1 - np.int64(slot)


@njit(cache=True)
def _find_residue(bank: Bank, residue: Ints, modulus: int) -> np.int64:
    """As `_find`, by the row modulo m."""
    mask = np.uint64(bank.by_residue.shape[0] - 1)
    slot = row_hash(residue) & mask
    while bank.by_residue[slot] >= 0:
        row = bank.rows[bank.by_residue[slot]]
        same = True
        for k in range(row.shape[0]):
            if row[k] % modulus != residue[k]:
                same = False
                break
        if same:
            return np.int64(bank.by_residue[slot])
        slot = (slot + np.uint64(1)) & mask
    return -1 - np.int64(slot)


@njit(cache=True)
def hit(
    bank: Bank, bits: Whole, outer: Whole, token: Whole, a: Whole, b: Whole, c: Whole, other: Whole, swapped: Whole
) -> None:
    """Note what says the target; where there is no room, instead of the dearest."""
    at = bank.numbers[N_HITS]
    if at < bank.hits.shape[0]:
        bank.numbers[N_HITS] += 1
    else:
        at = np.argmax(bank.hits[:, 0])
        if bank.hits[at, 0] <= bits:
            return
    found = bank.hits[at]
    found[0], found[1], found[2], found[3], found[4], found[5], found[6], found[7] = (
        bits, outer, token, a, b, c, other, swapped
    )  # fmt: skip


@njit(cache=True)
def look(
    bank: Bank, goal: Goal, price: Ints, lets: Lets, row: Ints, bits: Whole, token: Whole, a: Whole, b: Whole, c: Whole
) -> Ints:
    """Test a row against the goal; its residues."""
    m = goal.modulus
    residue = np.empty(row.shape[0], dtype=np.int64)
    for k in range(row.shape[0]):
        residue[k] = row[k] % m
    h = row_hash(residue)
    for j in range(goal.hashes.shape[0]):
        if goal.hashes[j] == h and _equal(goal.wanted[j], residue):
            g = goal.body[j]
            if g < 0:
                hit(bank, bits, -1, token, a, b, c, -1, 0)
            else:
                hit(bank, bits + price[_LET] + lets.bits[g], _LET, token, a, b, c, g, 0)
    need = np.empty(row.shape[0], dtype=np.int64)
    for way in range(4):
        if way == 3 and m & (m - 1) != 0:
            break
        for k in range(row.shape[0]):
            y = goal.wanted[0, k]
            if way == 0:
                value = y - residue[k]
            elif way == 1:
                value = y + residue[k]
            elif way == 2:
                value = residue[k] - y
            else:
                value = y ^ residue[k]
            need[k] = value % m
        other = _find_residue(bank, need, m)
        if other >= 0:
            outer = _ADD if way == 0 else (_XOR if way == 3 else _SUB)
            hit(bank, bits + bank.bits[other] + price[outer], outer, token, a, b, c, other, 1 if way == 1 else 0)
    return residue


@njit(cache=True)
def offer(
    bank: Bank,
    goal: Goal,
    price: Ints,
    lets: Lets,
    row: Ints,
    bits: Whole,
    named: Whole,
    token: Whole,
    a: Whole,
    b: Whole,
    c: Whole,
) -> None:
    """Keep a row if it is new, and test it."""
    bank.numbers[BUDGET] -= 1
    bank.numbers[TESTED] += 1
    slot = _find(bank, row, row_hash(row))
    if slot >= 0:
        # `L` and proposals come out of order, so the dearer may have come first. Whatever an expression is made of has
        # fewer bits than itself, so putting the cheaper in its place closes no circle.
        if bits < bank.bits[slot]:
            bank.token[slot], bank.bits[slot], bank.named[slot] = token, bits, named
            bank.parts[slot, 0], bank.parts[slot, 1], bank.parts[slot, 2] = a, b, c
            if goal.hashes.shape[0]:
                look(bank, goal, price, lets, row, bits, token, a, b, c)
        return
    n = bank.numbers[COUNT]
    full = n == bank.rows.shape[0]
    if goal.hashes.shape[0]:
        residue = look(bank, goal, price, lets, row, bits, token, a, b, c)
        if not full:
            free = _find_residue(bank, residue, goal.modulus)
            if free < 0:
                bank.by_residue[-1 - free] = n
    if full:
        return
    bank.by_row[-1 - slot] = n
    bank.rows[n] = row
    bank.token[n], bank.bits[n], bank.named[n] = token, bits, named
    bank.parts[n, 0], bank.parts[n, 1], bank.parts[n, 2] = a, b, c
    bank.numbers[COUNT] = n + 1
