"""The mass of every value of the next byte, while it is not sure that the copy goes on.

Candidates (see `alignment`) are asked in the order of their trust; each but the first only if it says another byte.
One whose trust is t takes the share t of what those before it have left. The rest is divided among three:

- what followed this context: bytes after the last 32 places of the side information at which the last 3 bytes stood,
  and after the last such place in the target; a place weighs 4**(bytes that agree - 3);
- what followed the last byte, counted in the side information and in the target's literals (order 1);
- all 256 bytes alike, so that a byte never costs much more than 8 bits.

How much each gets, by the longest context, is learned from literals: a share moves towards its posterior, by
1/(n + 1.5) at first and a 31st later (expectation-maximisation in steps, as for the weights of any mixture); none is
below a 128th. Masses are in units of 2**-46.

Cost: some 0.3 us a byte, and what 32 places in the side information cost the cache.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from codelength.predictors.compiled import inlined, kernel
from codelength.predictors.delta import state as s
from codelength.predictors.delta.index import NEAR, agreed, agreed_new, near_key, slot

PLACES = 32
SLOWEST = 30
LEAST_SHARE = 512
LONGEST = 12
WHOLE = np.int64(1) << 32
_SHIFT = 14
_SURE_ENOUGH = WHOLE >> 5


@inlined
def byte_at(state: Any, pointer: Any) -> Any:
    """The byte at a place of the side information or of the target."""
    known = np.int64(state.known.shape[0])
    if pointer < known:
        return np.int64(state.known[pointer])
    return np.int64(state.new[(pointer - known) & np.int64(state.new.shape[0] - 1)])


@inlined
def _class_of(length: Any) -> Any:
    return np.int64(length >= NEAR) + np.int64(length >= NEAR + 2) + np.int64(length >= NEAR + 6)


@kernel
def _follow(state: Any) -> Any:
    """Weigh what followed this context; give the class of the longest context found."""
    followers = state.followers
    followers[:] = 0
    seen = state.registers[s.SEEN]
    if seen < NEAR:
        return np.int64(0)
    key = near_key(state.new, seen)
    longest = np.int64(0)
    entry = np.int64(state.near[slot(key, state.near)])
    step = state.registers[s.STEP]
    for _ in range(PLACES):
        if entry == 0:
            break
        at = (entry - 1) * step
        length = agreed(state.known, at, state.new, seen, np.int64(LONGEST))
        if length >= NEAR:
            followers[state.known[at]] += np.int64(1) << (2 * (length - NEAR))
            longest = max(longest, length)
        entry = np.int64(state.back[entry - 1])
    entry = np.int64(state.new_near[slot(key, state.new_near)])
    if entry > 0:
        length = agreed_new(state.new, entry - 1, seen, np.int64(LONGEST))
        if length >= NEAR:
            byte = state.new[(entry - 1) & np.int64(state.new.shape[0] - 1)]
            followers[byte] += np.int64(4) << (2 * (length - NEAR))
            longest = max(longest, length)
    return _class_of(longest)


@kernel
def _divide(state: Any, rest: Any) -> None:
    """Spread the rest over all bytes; `below` holds a mass for each byte afterwards."""
    registers = state.registers
    following = np.int64(0)
    kind = np.int64(0)
    if rest >= _SURE_ENOUGH:
        kind = _follow(state)
        for byte in range(256):
            following += state.followers[byte]
    registers[s.PART] = kind + 4 * np.int64(registers[s.MODE] == s.DEVIATED)
    shares = state.shares[registers[s.PART]]
    row = state.pairs[last_byte(state)]
    counted = np.int64(0)
    for byte in range(256):
        counted += np.int64(row[byte])
    mass = rest << _SHIFT
    third = max(mass * shares[2] >> 24, np.int64(1))
    second = np.int64(0)
    first = np.int64(0)
    if counted > 0:
        second = (mass * shares[1] >> 16) // counted
    if following > 0:
        first = (mass * shares[0] >> 16) // following
    for byte in range(256):
        state.below[byte] = third + second * np.int64(row[byte])
    if following > 0:
        for byte in range(256):
            state.below[byte] += first * state.followers[byte]


@kernel
def last_byte(state: Any) -> Any:
    """The target's last byte; 0 at its beginning."""
    seen = state.registers[s.SEEN]
    if seen == 0:
        return np.int64(0)
    return np.int64(state.new[(seen - 1) & np.int64(state.new.shape[0] - 1)])


@kernel
def compose(state: Any) -> None:
    """From the votes (cells and bytes, the most trusted first) to `below`, the mass of all bytes below each value."""
    votes = state.votes
    rest = WHOLE
    for k in range(state.registers[s.VOTES]):
        hits, misses = state.trust[votes[k, 0], 0], state.trust[votes[k, 0], 1]
        left = max(rest * ((misses << 24) // (hits + misses)) >> 24, np.int64(1))
        votes[k, 2] = rest - left
        rest = left
    _divide(state, rest)
    for k in range(state.registers[s.VOTES]):
        state.below[votes[k, 1]] += votes[k, 2] << _SHIFT
    total = np.int64(0)
    for byte in range(256):
        mass = state.below[byte]
        state.below[byte] = total
        total += mass
    state.below[256] = total


@kernel
def learn_literal(state: Any, byte: Any) -> None:
    """Learn a byte that no candidate said: which of the three parts knew it, and what follows what."""
    registers = state.registers
    shares = state.shares[registers[s.PART]]
    before = last_byte(state)
    row = state.pairs[before]
    counted = np.int64(0)
    following = np.int64(0)
    for other in range(256):
        counted += np.int64(row[other])
        following += state.followers[other]
    known = np.int64(registers[s.PART] & 3 > 0 and following > 0)
    gave0 = (shares[0] * ((state.followers[byte] << 20) // max(following, np.int64(1)))) * known
    gave1 = shares[1] * ((np.int64(row[byte]) << 20) // max(counted, np.int64(1)))
    gave2 = shares[2] << 12
    total = gave0 + gave1 + gave2
    count = shares[s.PARTS]
    shares[s.PARTS] = min(count + 1, np.int64(SLOWEST))
    for part in range(s.PARTS):
        gave = gave0 if part == 0 else gave1 if part == 1 else gave2
        if part > 0 or known > 0:
            posterior = (gave << 16) // total
            moved = shares[part] + (posterior - shares[part]) * 2 // (2 * count + 3)
            shares[part] = max(moved, np.int64(LEAST_SHARE))
    row[byte] += np.int64(1)
