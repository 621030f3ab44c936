"""The delta code in plain Python, slowly: what `predictors/delta` must agree with to the bit.

The same definitions with Python's integers, lists and dictionaries; a table is a dictionary from slots to places.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

ON, STAY, SKIP, FOUND = range(4)
PRIOR = {ON: 0.5, STAY: 0.2, SKIP: 0.3, FOUND: 1.0}
RUNS = [0, 1, 2, 3, 4, 6, 9, 16, 1]
UNIT = 32
WHOLE = 1 << 32


FAR, NEAR, EDIT = 8, 3, 6
NEW_SLOTS, EDIT_SLOTS = 1 << 14, 1 << 12
LAST_RUNS = [0, 1, 2, 3, 5, 8, 15, 31]


def run_class(run: int) -> int:
    return sum(run > last for last in LAST_RUNS)


def slot(context: bytes, slots: int) -> int:
    """Where a context lies in a table: short ones as they are, long ones as a polynomial, both multiplied."""
    key = 0
    for byte in context:
        key = (key * (0x2545F4914F6CDD1D if len(context) == FAR else 256) + byte) % 2**64
    return (key * 0x9E3779B97F4A7C15 % 2**64 >> 32) % slots


class Candidate:
    def __init__(self, place: int | None = None, run: int = 0) -> None:
        self.place, self.run = place, run


class Reference:
    """Probabilities of the bits of a target, given side information."""

    def __init__(self, known: bytes) -> None:
        self.known, self.new = known, bytearray()
        self.candidates = [Candidate(0 if known and role in (ON, STAY) else None) for role in range(4)]
        self.since = self.misses = self.anchor = self.jump = self.last_jump = self.length = 0
        self.warned: list[int] = [0, 0]
        self.new_far: dict[int, int] = {}  # places of the target that are indexed
        self.new_near: dict[int, int] = {}
        self.edits: dict[int, int] = {}  # places where a sure copy stopped
        self.near: dict[int, list[int]] = {}  # places of the side information
        self.far: dict[int, int] = {}
        self.slots = 1 << max(10, len(known).bit_length())
        for at in range(len(known)):
            if at >= NEAR:
                self.near.setdefault(slot(known[at - NEAR : at], self.slots), []).append(at)
            if at >= FAR:
                self.far[slot(known[at - FAR : at], 4 * self.slots)] = at
        self.trust: dict[tuple[int, int, int, int], list[int]] = {}
        self.sure = [[UNIT << level, UNIT // 4] for level in range(25)]
        self.deviations = [[UNIT << (7 - k) for k in range(8)] for _ in range(8)]
        self.hazard = [[0] * 8 for _ in range(8)]
        self.shares = [[40000, 16000, 9536, 0] if k % 4 else [0, 41024, 24512, 0] for k in range(8)]
        self.pairs = [[0] * 256 for _ in range(256)]
        for a, b in pairwise(known):
            self.pairs[a][b] += 1

    # Places: below len(known) of the side information, from there on of the target.

    def byte_at(self, place: int) -> int:
        return self.known[place] if place < len(self.known) else self.new[place - len(self.known)]

    def within(self, place: int) -> int | None:
        return None if place == len(self.known) else place

    def agreed(self, text: bytes | bytearray, at: int, most: int) -> int:
        length = 0
        while length < min(most, at, len(self.new)) and text[at - 1 - length] == self.new[-1 - length]:
            length += 1
        return length

    def last(self, length: int) -> bytes:
        return bytes(self.new[-length:]) if len(self.new) >= length else b""

    def newest(self, table: dict[int, int], length: int, slots: int) -> int | None:
        """Where the last bytes stood in the target, if a table knows."""
        at = table.get(slot(self.last(length), slots)) if self.last(length) else None
        return at if at is not None and self.agreed(self.new, at, length) == length else None

    # Candidates.

    def is_sure(self) -> bool:
        return self.candidates[ON].place is not None and self.candidates[ON].run >= 32

    def extra(self, role: int) -> int:
        if role == ON:
            sure = self.candidates[ON].run >= 32
            return 2 * self.warned[0] + self.warned[1] if sure else min(self.misses, 3)
        if role == STAY:
            return sum(self.since > k for k in (1, 3, 15))
        if role == SKIP:
            return (self.jump == self.last_jump) + 2 * (self.since > 2)
        return sum(self.length >= k for k in (8, 20, 32))

    def cell(self, role: int, run: int, extra: int, agreeing: int) -> list[int]:
        first = [round(UNIT * (PRIOR[role] + 2 * RUNS[run])), UNIT // 2]
        return self.trust.setdefault((role, run, extra, agreeing), first)

    def vote(self) -> list[tuple[list[int], int]]:
        votes: list[tuple[list[int], int]] = []
        there = [None if c.place is None else self.byte_at(c.place) for c in self.candidates]
        for role, (candidate, byte) in enumerate(zip(self.candidates, there, strict=True)):
            if byte is None:
                continue
            agreeing = min(there.count(byte) - 1, 2)
            cell = self.cell(role, run_class(candidate.run), self.extra(role), agreeing)
            same = [k for k, (_, other) in enumerate(votes) if other == byte]
            if not same:
                votes.append((cell, byte))
            elif votes[same[0]][0][0] * cell[1] < cell[0] * votes[same[0]][0][1]:
                votes[same[0]] = (cell, byte)
        return sorted(votes, key=lambda vote: Fraction(-vote[0][0], vote[0][1]))  # stable: equals keep their order

    # Masses.

    def follow(self) -> tuple[list[int], int]:
        followers, longest = [0] * 256, 0
        places = self.near.get(slot(self.last(NEAR), self.slots), []) if self.last(NEAR) else []
        for at in places[:-33:-1]:
            length = self.agreed(self.known, at, 12)
            if length >= NEAR:
                followers[self.known[at]] += 4 ** (length - NEAR)
                longest = max(longest, length)
        found = self.newest(self.new_near, NEAR, NEW_SLOTS)
        if found is not None:
            length = self.agreed(self.new, found, 12)
            followers[self.new[found]] += 4 ** (length - NEAR + 1)
            longest = max(longest, length)
        return followers, sum(longest >= NEAR + k for k in (0, 2, 6))

    def compose(self, votes: list[tuple[list[int], int]], deviated: bool) -> list[int]:
        rest, masses = WHOLE, [0] * 256
        for (hits, misses), byte in votes:
            left = max(rest * ((misses << 24) // (hits + misses)) >> 24, 1)
            masses[byte] += (rest - left) << 14
            rest = left
        self.followers, kind = self.follow() if rest >= WHOLE >> 5 else ([0] * 256, 0)
        self.part = kind + 4 * deviated
        shares, mass = self.shares[self.part], rest << 14
        self.row = self.pairs[self.new[-1] if self.new else 0]
        first = (mass * shares[0] >> 16) // sum(self.followers) if sum(self.followers) else 0
        second = (mass * shares[1] >> 16) // sum(self.row) if sum(self.row) else 0
        third = max(mass * shares[2] >> 24, 1)
        return [masses[byte] + third + second * self.row[byte] + first * self.followers[byte] for byte in range(256)]

    def learn_literal(self, byte: int) -> None:
        shares, known = self.shares[self.part], self.part & 3 > 0
        gave = [
            shares[0] * ((self.followers[byte] << 20) // max(sum(self.followers), 1)) if known else 0,
            shares[1] * ((self.row[byte] << 20) // max(sum(self.row), 1)),
            shares[2] << 12,
        ]
        for part in range(0 if known else 1, 3):
            posterior = (gave[part] << 16) // sum(gave)
            shares[part] = max(shares[part] + (posterior - shares[part]) * 2 // (2 * shares[3] + 3), 512)
        shares[3] = min(shares[3] + 1, 30)
        self.row[byte] += 1

    # A sure copy.

    def set_hazards(self) -> None:
        hits, misses = self.sure[min(self.candidates[ON].run.bit_length() - 1, 24)]
        chance = max((misses << 32) // (hits + misses), 1)
        for kind in range(8):
            for depth in range(8):
                share = (self.deviations[kind][depth] << 20) // sum(self.deviations[kind])
                self.hazard[kind][depth] = max(chance * share >> 20, 1)

    def count_run(self, ended: bool, missed: bool) -> None:
        run = self.candidates[ON].run
        level = (run if ended else run - 1).bit_length() - 1
        self.sure[level][0] += (run - max(1 << level, 32)) * UNIT
        self.sure[level][1] += UNIT * missed

    def copied(self, byte: int) -> None:
        on = self.candidates[ON]
        self.new.append(byte)
        on.run += 1
        assert on.place is not None
        on.place += 1
        if on.run & (on.run - 1) == 0:
            self.count_run(False, False)
            self.set_hazards()
        if on.place == len(self.known):
            self.candidates[ON] = Candidate()

    # A byte.

    def take(self, byte: int) -> list[int]:
        """P(bit = 1) before each bit of the byte, in units of 2**-32; then learn it."""
        on, probs, deviated = self.candidates[ON], [], False
        sure = self.is_sure()
        warning = self.newest(self.edits, EDIT, EDIT_SLOTS) if sure else None
        expected = self.byte_at(on.place) if sure and on.place is not None else -1
        votes: list[tuple[list[int], int]] = []
        if warning is not None:
            self.candidates[FOUND] = Candidate(len(self.known) + warning)
            self.length = 0
        below: list[int] = []
        if not sure or warning is not None:
            votes = self.vote()
            below = self.cumulated(self.compose(votes, False))
        for depth in range(8):
            bit = byte >> (7 - depth) & 1
            if not below:
                wanted = expected >> (7 - depth) & 1
                hazard = self.hazard[expected >> 5][depth]
                probs.append(WHOLE - 1 - hazard if wanted else hazard)
                if bit != wanted:
                    deviated = True
                    self.count_run(True, True)
                    self.deviations[expected >> 5][depth] += UNIT
                    at = (on.place or 0) + self.last_jump
                    votes = []
                    if self.last_jump and at < len(self.known):
                        votes = [(self.cell(SKIP, 8, 0, 0), self.known[at])]
                    below = self.cumulated(self.compose(votes, True))
                continue
            width = 256 >> depth
            low = (byte >> (8 - depth)) << (8 - depth)
            total, ones = below[low + width] - below[low], below[low + width] - below[low + width // 2]
            while total < 1 << 61:
                total, ones = total << 1, ones << 1
            probs.append(min(max(ones // (total >> 32), 1), WHOLE - 1))
        self.end(byte, votes, expected, sure and not deviated and warning is None, deviated, warning is not None)
        return probs

    @staticmethod
    def cumulated(masses: list[int]) -> list[int]:
        below = [0]
        for mass in masses:
            below.append(below[-1] + mass)
        return below

    def end(
        self, byte: int, votes: list[tuple[list[int], int]], expected: int, sure: bool, deviated: bool, doubted: bool
    ) -> None:
        if sure:
            self.copied(byte)
            return
        right = False
        for cell, said in votes:
            right = said == byte
            cell[0 if right else 1] += UNIT
            if sum(cell) > 1024 * UNIT:
                cell[:] = (cell[0] + 1) >> 1, (cell[1] + 1) >> 1
            if right:
                break
        if doubted:
            self.warned = [self.warned[1], int(byte != expected)]
            if byte == expected:
                self.candidates[FOUND].place = None
                self.copied(byte)
                return
            self.count_run(True, False)
        if not right:
            self.learn_literal(byte)
        if deviated or doubted:
            if self.last(EDIT):
                self.edits[slot(self.last(EDIT), EDIT_SLOTS)] = len(self.new)
            self.anchor = self.candidates[ON].place or 0
            self.since = self.misses = 0
            self.candidates[STAY] = Candidate(self.anchor)
        for table, length in ((self.new_near, NEAR), (self.new_far, FAR)):
            if self.last(length):
                table[slot(self.last(length), NEW_SLOTS)] = len(self.new)
        self.new.append(byte)
        self.advance(byte)
        if self.is_sure():
            self.set_hazards()

    def advance(self, byte: int) -> None:
        self.since += 1
        for role, c in enumerate(self.candidates):
            if c.place is None:
                continue
            if self.byte_at(c.place) == byte:
                c.run, c.place = c.run + 1, self.within(c.place + 1)
                continue
            c.run = 0
            if role == ON:
                self.misses += 1
                c.place = self.within(c.place + 1) if self.misses < 24 else None
            elif role == STAY:
                c.run = int(self.byte_at(self.anchor) == byte)
                c.place = self.within(self.anchor + c.run)
            else:
                c.place = None
        if self.candidates[SKIP].place is None:
            self.left_out()
        if self.candidates[FOUND].place is None:
            self.look_up()
        self.choose()

    def left_out(self) -> None:
        self.candidates[SKIP] = Candidate()
        if self.since > 8 or self.anchor >= len(self.known):
            return
        end = bytes(self.new[len(self.new) - self.since :])
        for jump in [self.last_jump, *range(1, 65)]:
            at = self.anchor + jump
            if jump and at + self.since < len(self.known) and self.known[at : at + self.since] == end:
                self.jump = jump
                self.candidates[SKIP].place = at + self.since
                return

    def look_up(self) -> None:
        best, place = 0, -1
        at = self.far.get(slot(self.last(FAR), 4 * self.slots)) if self.last(FAR) else None
        if at is not None:
            best, place = self.agreed(self.known, at, 32), at
        at = self.new_far.get(slot(self.last(FAR), NEW_SLOTS)) if self.last(FAR) else None
        if at is not None and self.agreed(self.new, at, 32) > best:
            best, place = self.agreed(self.new, at, 32), len(self.known) + at
        if best >= 8 and all(c.place != place for c in self.candidates):
            self.candidates[FOUND] = Candidate(place)
            self.length = best

    def choose(self) -> None:
        best = max(range(4), key=lambda role: (self.candidates[role].run, -role))
        if self.candidates[best].run < 16 or self.candidates[best].place is None:
            return
        if best == SKIP:
            self.last_jump = self.jump
        self.misses = 0
        self.candidates = [self.candidates[best], Candidate(), Candidate(), Candidate()]


def probabilities(known: bytes, new: bytes) -> list[list[int]]:
    """P(bit = 1) before each bit of `new`, in units of 2**-32."""
    reference = Reference(known)
    return [reference.take(byte) for byte in new]
