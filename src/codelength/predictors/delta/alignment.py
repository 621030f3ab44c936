"""Where the target goes on in the side information: the candidates, after a copy has stopped being sure.

Let the copy have stood at place p (the anchor) when another byte came. Four candidates say what comes next:

    ON      goes on at p + 1, p + 2, ... whatever comes: a byte was replaced
    STAY    waits at p until the target says what stands there: bytes were inserted
    SKIP    the nearest place up to 64 further on at which the bytes that came since stand: bytes were left out
    FOUND   the last place anywhere, in the side information or the target, where the last 8 bytes stood: moved

A candidate's trust is a count of hits and misses (Krichevsky & Trofimov, 1981, with first counts that prefer long
runs), in a cell for its role, its hits in a row, what the role knows beside, and how many others say the same byte.
The first with 16 hits in a row becomes ON and the others are dropped; with 32 the copy is sure (see `kernel`).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from codelength.predictors.compiled import inlined, kernel
from codelength.predictors.delta import state as s
from codelength.predictors.delta.index import EDIT, FAR, NEAR, agreed, agreed_new, edit_slot, far_key, near_key, slot
from codelength.predictors.delta.masses import byte_at

SURE_RUN = 32
CHOSEN_RUN = 16
WINDOW = 64
"""So many bytes left out are looked for around the anchor."""
PREFIX = 8
"""So many bytes after the anchor are compared for it."""
PATIENCE = 24
"""So many misses, and ON is dropped."""
LONGEST = 32
_KEPT = 1024 * s.UNIT

_RUN_CLASS = np.array([0, 1, 2, 3, 4, 4, 5, 5, 5] + 7 * [6] + 16 * [7] + [8], np.int64)


@inlined
def _extra(registers: Any, role: Any) -> Any:
    """What a role knows beside its run, 0 to 3."""
    if role == s.ON:
        return registers[s.WARNED] & 3 if registers[s.RUN + role] >= SURE_RUN else min(registers[s.MISSES], np.int64(3))
    if role == s.STAY:
        since = registers[s.SINCE]
        return np.int64(since > 1) + np.int64(since > 3) + np.int64(since > 15)
    if role == s.SKIP:
        return np.int64(registers[s.JUMP] == registers[s.LAST_JUMP]) + 2 * np.int64(registers[s.SINCE] > 2)
    length = registers[s.LENGTH]
    return np.int64(length >= FAR) + np.int64(length >= 20) + np.int64(length >= LONGEST)


@kernel
def vote(state: Any) -> None:
    """Ask the candidates: the most trusted first, each that says another byte than those before it."""
    registers, votes, trust = state.registers, state.votes, state.trust
    count = np.int64(0)
    for role in range(s.ROLES):
        pointer = registers[s.POINTER + role]
        if pointer < 0:
            continue
        byte = byte_at(state, pointer)
        agreeing = np.int64(0)
        for other in range(s.ROLES):
            there = registers[s.POINTER + other]
            if other != role and there >= 0 and byte_at(state, there) == byte:
                agreeing += 1
        run = _RUN_CLASS[min(registers[s.RUN + role], np.int64(SURE_RUN))]
        cell = (np.int64(role) * s.RUNS + run) * s.EXTRAS + _extra(registers, role)
        cell = cell * s.AGREEING + min(agreeing, np.int64(s.AGREEING - 1))
        here = count
        for k in range(count):
            if votes[k, 1] == byte:
                here = np.int64(-1)
                if trust[votes[k, 0], 0] * trust[cell, 1] < trust[cell, 0] * trust[votes[k, 0], 1]:
                    votes[k, 0] = cell
        if here >= 0:
            votes[count, 0] = cell
            votes[count, 1] = byte
            count += 1
    for k in range(1, count):
        j = np.int64(k)
        while j > 0:
            ahead, behind = votes[j - 1, 0], votes[j, 0]
            if trust[ahead, 0] * trust[behind, 1] >= trust[behind, 0] * trust[ahead, 1]:
                break
            byte = votes[j - 1, 1]
            votes[j - 1, 0], votes[j - 1, 1] = behind, votes[j, 1]
            votes[j, 0], votes[j, 1] = ahead, byte
            j -= 1
    registers[s.VOTES] = count


@kernel
def judge(state: Any, byte: Any) -> Any:
    """Count hits and misses of those that were asked; give whether one was right."""
    trust, votes = state.trust, state.votes
    for k in range(state.registers[s.VOTES]):
        cell = votes[k, 0]
        right = votes[k, 1] == byte
        trust[cell, 0 if right else 1] += s.UNIT
        if trust[cell, 0] + trust[cell, 1] > _KEPT:
            trust[cell, 0] = (trust[cell, 0] + 1) >> 1
            trust[cell, 1] = (trust[cell, 1] + 1) >> 1
        if right:
            return True
    return False


@inlined
def _within(state: Any, pointer: Any) -> Any:
    """The pointer, or -1 where the side information has ended."""
    return np.int64(-1) if pointer == state.known.shape[0] else pointer


@kernel
def _left_out(state: Any) -> None:
    """Set SKIP to the nearest place past the anchor at which the bytes since the anchor stand, `byte` the last."""
    registers = state.registers
    registers[s.POINTER + s.SKIP] = -1
    registers[s.RUN + s.SKIP] = 0
    count = registers[s.SINCE]
    anchor = registers[s.ANCHOR]
    known = np.int64(state.known.shape[0])
    if count > PREFIX or anchor < 0 or anchor >= known:
        return
    mask = np.int64(state.new.shape[0] - 1)
    start = registers[s.SEEN] - count
    for k in range(WINDOW + 1):
        jump = registers[s.LAST_JUMP] if k == 0 else np.int64(k)
        if jump == 0 or anchor + jump + count >= known:
            continue
        same = np.int64(0)
        while same < count and state.known[anchor + jump + same] == state.new[(start + same) & mask]:
            same += 1
        if same == count:
            registers[s.JUMP] = jump
            registers[s.POINTER + s.SKIP] = anchor + jump + count
            return


@kernel
def _look_up(state: Any) -> None:
    """Set FOUND to the last place where the last bytes stood, unless another candidate is there."""
    registers = state.registers
    seen = registers[s.SEEN]
    known = np.int64(state.known.shape[0])
    if seen < FAR:
        return
    key = far_key(state.new, seen)
    at = (np.int64(state.far[slot(key, state.far)]) - 1) * registers[s.STEP]
    best, pointer = np.int64(0), np.int64(-1)
    if at >= 0:
        best = agreed(state.known, at, state.new, seen, np.int64(LONGEST))
        pointer = at
    at = np.int64(state.new_far[slot(key, state.new_far)]) - 1
    if at >= 0:
        length = agreed_new(state.new, at, seen, np.int64(LONGEST))
        if length > best:
            best = length
            pointer = known + at
    if best < FAR:
        return
    for role in range(s.ROLES):
        if registers[s.POINTER + role] == pointer:
            return
    registers[s.POINTER + s.FOUND] = pointer
    registers[s.RUN + s.FOUND] = 0
    registers[s.LENGTH] = best


@kernel
def remember(state: Any) -> None:
    """Note in the index what comes now after the last bytes of the target."""
    seen = state.registers[s.SEEN]
    entry = np.int32((seen & ((np.int64(1) << s.RING_BITS) - 1)) + 1)
    if seen >= NEAR:
        state.new_near[slot(near_key(state.new, seen), state.new_near)] = entry
    if seen >= FAR:
        state.new_far[slot(far_key(state.new, seen), state.new_far)] = entry


@inlined
def warned(state: Any) -> Any:
    """Whether a copy may have stopped after these bytes before: a hash says so."""
    return state.edits[edit_slot(state.registers[s.RECENT], state.edits)] > 0


@kernel
def doubt(state: Any) -> Any:
    """Whether a copy has stopped after these bytes before; if so, FOUND says what came then."""
    registers = state.registers
    at = np.int64(state.edits[edit_slot(registers[s.RECENT], state.edits)]) - 1
    if at < 0 or agreed_new(state.new, at, registers[s.SEEN], np.int64(EDIT)) < EDIT:
        return False
    registers[s.POINTER + s.FOUND] = np.int64(state.known.shape[0]) + at
    registers[s.RUN + s.FOUND] = 0
    registers[s.LENGTH] = 0
    return True


@kernel
def guess(state: Any) -> None:
    """When a copy has stopped: ask whether as much is left out as the last time."""
    registers = state.registers
    registers[s.VOTES] = 0
    at = registers[s.POINTER + s.ON] + registers[s.LAST_JUMP]
    if registers[s.LAST_JUMP] > 0 and at < state.known.shape[0]:
        cell = (np.int64(s.SKIP) * s.RUNS + s.RUNS - 1) * s.EXTRAS * s.AGREEING
        state.votes[0, 0] = cell
        state.votes[0, 1] = state.known[at]
        registers[s.VOTES] = 1


@kernel
def stopped(state: Any) -> None:
    """Note that a copy stops after the last bytes of the target."""
    registers = state.registers
    seen = registers[s.SEEN] & ((np.int64(1) << s.RING_BITS) - 1)
    if seen >= EDIT:
        state.edits[edit_slot(registers[s.RECENT], state.edits)] = np.int32(seen + 1)


@kernel
def lose(state: Any) -> None:
    """The sure copy stood elsewhere: send the candidates out from there (the byte is not yet in the target)."""
    registers = state.registers
    anchor = registers[s.POINTER + s.ON]
    registers[s.ANCHOR] = anchor
    registers[s.SINCE] = 0
    registers[s.MISSES] = 0
    registers[s.POINTER + s.STAY] = anchor
    registers[s.RUN + s.STAY] = 0


@kernel
def advance(state: Any, byte: Any) -> None:
    """Move the candidates after `byte`, which is the target's last."""
    registers = state.registers
    registers[s.SINCE] += 1
    for role in range(s.ROLES):
        pointer = registers[s.POINTER + role]
        if pointer < 0:
            continue
        if byte_at(state, pointer) == byte:
            registers[s.RUN + role] += 1
            registers[s.POINTER + role] = _within(state, pointer + 1)
            continue
        registers[s.RUN + role] = 0
        if role == s.ON:
            registers[s.MISSES] += 1
            registers[s.POINTER + role] = _within(state, pointer + 1) if registers[s.MISSES] < PATIENCE else -1
        elif role == s.STAY:
            anchor = registers[s.ANCHOR]
            again = byte_at(state, anchor) == byte
            registers[s.RUN + role] = np.int64(again)
            registers[s.POINTER + role] = _within(state, anchor + np.int64(again))
        else:
            registers[s.POINTER + role] = -1
    if registers[s.POINTER + s.SKIP] < 0:
        _left_out(state)
    if registers[s.POINTER + s.FOUND] < 0:
        _look_up(state)
    _choose(state)


@kernel
def _choose(state: Any) -> None:
    """Let a candidate with a long run be the only one."""
    registers = state.registers
    best = np.int64(0)
    for role in range(s.ROLES):
        if registers[s.RUN + role] > registers[s.RUN + best]:
            best = np.int64(role)
    if registers[s.RUN + best] < CHOSEN_RUN or registers[s.POINTER + best] < 0:
        return
    if best == s.SKIP:
        registers[s.LAST_JUMP] = registers[s.JUMP]
    registers[s.MISSES] = 0
    registers[s.POINTER + s.ON] = registers[s.POINTER + best]
    registers[s.RUN + s.ON] = registers[s.RUN + best]
    for role in range(1, s.ROLES):
        registers[s.POINTER + role] = -1
        registers[s.RUN + role] = 0
