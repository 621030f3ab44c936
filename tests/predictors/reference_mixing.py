"""Context mixing in plain Python: lists and integers only, written from the formulas and the layout, not compiled.

About 500 bytes a second; what it is for is to be read, and to be the judge of the compiled kernels.
"""

from codelength.predictors.contexts import CONTEXTS, Context
from codelength.predictors.hashing import M32, MULTIPLIERS, SALT, SPREAD
from codelength.predictors.histories import histories
from codelength.predictors.logistic import LIMIT, squash_table, stretch_table

MULTIPLIER = [int(m) for m in MULTIPLIERS]
MASK32, SALTED, SPREADING = int(M32), int(SALT), int(SPREAD)
HISTORIES = histories()
NEXT = HISTORIES.next.tolist()
TOTAL = HISTORIES.total.tolist()
SQUASH = squash_table().tolist()
STRETCH = stretch_table(12).tolist()
FINE = stretch_table(16).tolist()
ONE = 1 << 22
STEP = [655360 // (10 * n + 16) for n in range(1024)]
STARTS = [SQUASH[min(k * 256, 2 * LIMIT - 1)] * 4 for k in range(25)]
SELECTORS = 4


def clamped(x: int) -> int:
    return min(max(x, 1 - LIMIT), LIMIT - 1)


def folded(h: int, by: int) -> int:
    return h ^ (h >> by)


class Cell:
    """An adaptive probability: 22 bits, and how often it moved."""

    def __init__(self, p: int) -> None:
        self.p, self.count = p, 0

    def move(self, target: int) -> None:
        self.p += (target - self.p) * STEP[self.count] >> 16
        self.count = min(self.count + 1, 1023)


class Reference:
    """`probabilities(data)` of `ContextMixing(memory, contexts)` from a fresh state."""

    def __init__(self, memory: int = 22, contexts: tuple[Context, ...] = CONTEXTS) -> None:
        self.memory = memory
        self.contexts = contexts
        self.masks = [context.masks() for context in contexts]
        self.slots = [[0] * 16 for _ in range(1 << 14)]
        self.places = [0] * 4096
        self.maps = [[Cell(int(p)) for p in HISTORIES.start] for _ in contexts]
        self.match_maps = [
            [[Cell(min(p, ONE - 1)) for p in (ONE - right, right)] for right in self.rights(misses)]
            for misses in range(4)
        ]
        self.weights: dict[int, list[int]] = {}
        self.outer = {partial: [65536 // SELECTORS] * SELECTORS for partial in range(256)}
        self.finals: dict[tuple[int, int, int], int] = {}
        self.past = bytearray()
        self.words = [0, 0, 0]
        self.line, self.last_line, self.above = 0, 0, 0
        self.match, self.length, self.misses = 0, 0, 0
        self.trust, self.awake, self.learned = (1 << 30) - (1 << 20), True, 0
        self.doubted = 0
        self.spare = [[0] * 16 for _ in contexts]

    @staticmethod
    def rights(misses: int) -> list[int]:
        return [(n + 2) * 10 * ONE // ((n + 3) * (10 + 3 * misses)) for n in range(32)]

    def probabilities(self, data: bytes) -> list[list[int]]:
        return [self.byte(byte) for byte in data]

    def recent(self, first: int, count: int) -> int:
        """`count` bytes as a number, the last lowest, leaving out the last `first`."""
        value = 0
        for k in range(first + count, first, -1):
            value = value << 8 | (self.past[-k] if k <= len(self.past) else 0)
        return value

    def byte(self, byte: int) -> list[int]:
        seen = len(self.past)
        while len(self.slots) < 1 << self.memory and len(self.slots) == 64 * seen:
            self.slots += [list(slot) for slot in self.slots]
        while len(self.places) < 1 << 22 and len(self.places) == seen:
            self.places += self.places
        self.doubted = 0 if self.trust >= 1 << 29 else self.doubted + 1
        self.awake = self.doubted < 32
        features = [self.recent(0, 4), self.recent(4, 4), *self.words, self.above]
        keys = []
        for k, masks in enumerate(self.masks):
            h = (k + 1) * SALTED & MASK32
            for feature, mask, multiplier in zip(features, masks, MULTIPLIER, strict=True):
                h = folded((h ^ (feature & mask)) * multiplier & MASK32, 15)
            keys.append(h)
        expected = self.past[self.match] if self.length else None
        probs = []
        for depth in range(8):
            partial = 1 << depth | byte >> (8 - depth)
            if depth == 4:
                keys = [folded((key + partial * SALTED & MASK32) * SPREADING & MASK32, 13) for key in keys]
            if depth % 4 == 0:
                found = [self.find(key, spare) for key, spare in zip(keys, self.spare, strict=True)]
            node = 1 << depth % 4 | partial & ((1 << depth % 4) - 1)
            probs.append(self.bit(byte >> (7 - depth) & 1, partial, depth, found, node, expected))
        self.end_byte(byte)
        return probs

    def find(self, key: int, spare: list[int]) -> list[int]:
        at = key & (len(self.slots) - 1)
        near = [self.slots[at ^ k] for k in range(3)]
        for slot in near:
            if slot[0] == key >> 24:
                return slot
        poorest = min(near, key=lambda slot: TOTAL[slot[1]]) if self.awake else spare
        poorest[:] = [key >> 24] + [0] * 15
        return poorest

    def bit(self, bit: int, partial: int, depth: int, found: list[list[int]], node: int, expected: int | None) -> int:
        cells = [cells[slot[node]] for cells, slot in zip(self.maps, found, strict=True)]
        inputs = [STRETCH[cell.p >> 10] for cell in cells]
        known = sum((slot[node] != 0) << k for k, slot in enumerate(found))
        match_cell, row = None, 80 + depth
        if expected is not None and (expected | 256) >> (8 - depth) == partial:
            guess = expected >> (7 - depth) & 1
            n = self.length
            size = n if n < 16 else 16 + (n - 16) // 4 if n < 32 else min(20 + (n - 32) // 32, 31)
            match_cell = self.match_maps[min(self.misses, 3)][size][guess]
            row = (((n >= 8) + (n >= 16) + (n >= 32)) * 2 + guess) * 8 + depth
            inputs += [FINE[match_cell.p >> 6], (match_cell.p - ONE // 2) >> 11]
        else:
            inputs += [0, 0]
        last = self.past[-1] if self.past else 0
        rows = [partial, 256 + last, 512 + (known >> 2 & 255), 768 + row]
        sets = [self.weights.setdefault(r, [9000] * len(inputs)) for r in rows]
        votes = [clamped(sum(x * w for x, w in zip(inputs, weights, strict=True)) >> 16) for weights in sets]
        outer = self.outer[partial]
        z = clamped(sum(y * v for y, v in zip(votes, outer, strict=True)) >> 16)
        bucket, fraction = divmod(z + LIMIT, 256)
        pair = self.recent(0, 2)
        order2 = folded(pair * MULTIPLIER[0] + partial * SALTED & MASK32, 15) * SPREADING >> 16 & 0xFFFF
        ends = [(0, last << 8 | partial), (1, order2)]
        p = 0
        for final in ends:
            low = self.finals.setdefault((*final, bucket), STARTS[bucket])
            high = self.finals.setdefault((*final, bucket + 1), STARTS[bucket + 1])
            p += low * (256 - fraction) + high * fraction
        p = min(max(p >> 11, 16), ONE - 16)
        said = self.trust * p + ((1 << 30) - self.trust) * (ONE // 2) >> 20
        if self.awake:
            self.learn_mixers(bit, inputs, sets, votes, outer, z)
            self.learn_finals(bit, ends, bucket, fraction)
            for cell in cells:
                cell.move(bit * (ONE - 1))
        for slot in found:
            slot[node] = NEXT[slot[node]][bit]
        if match_cell:
            match_cell.move(bit * (ONE - 1))
        likely = self.trust * (p if bit else ONE - p)
        trust = (likely << 10) // (likely + ((1 << 30) - self.trust) * (ONE // 2) >> 20)
        self.trust = min(max(trust, 16), (1 << 30) - 16)
        return said

    def learn_finals(self, bit: int, ends: list[tuple[int, int]], bucket: int, fraction: int) -> None:
        for final in ends:
            for k, share in ((bucket, 256 - fraction), (bucket + 1, fraction)):
                was = self.finals[(*final, k)]
                self.finals[(*final, k)] = was + ((bit * ((1 << 24) - 1) - was) * share >> 14)

    def learn_mixers(
        self, bit: int, inputs: list[int], sets: list[list[int]], votes: list[int], outer: list[int], z: int
    ) -> None:
        target = bit * (ONE - 1)
        rate = 32 + 6 * 16 * 4096 // (self.learned + 4096)
        for weights, vote in zip(sets, votes, strict=True):
            error = (target - SQUASH[vote + LIMIT]) * rate >> 12
            weights[:] = [w + (x * error + 8192 >> 14) for w, x in zip(weights, inputs, strict=True)]
        error = (target - SQUASH[z + LIMIT]) * 2 >> 10
        outer[:] = [v + (y * error + 8192 >> 14) for v, y in zip(outer, votes, strict=True)]

    def end_byte(self, byte: int) -> None:
        self.past.append(byte)
        self.learned += self.awake
        self.trust += ((1 << 30) - self.trust >> 16) - (self.trust >> 16)
        seen = len(self.past)
        lower = byte + 32 if 65 <= byte <= 90 else byte
        if 97 <= lower <= 122 or lower >= 128:
            self.words[0] = (self.words[0] + lower) * MULTIPLIER[0] & MASK32
        elif self.words[0]:
            self.words = [0, self.words[0], self.words[1]]
        if byte == 10:
            self.last_line, self.line = self.line, seen
        above = self.last_line + seen - self.line
        self.above = self.past[above] if above < self.line else 10
        self.follow_match()

    def follow_match(self) -> None:
        past, seen = self.past, len(self.past)
        if self.length:
            if past[self.match] == past[-1]:
                self.length = min(self.length + 1, 65535)
                self.misses = 0 if self.length >= 16 else self.misses
            else:
                self.length, self.misses = 0, self.misses + 1
            self.match += 1
        if seen < 7:
            return
        h = 0
        for k in range(7):
            h = (h + past[-1 - k] + 1) * MULTIPLIER[0] & MASK32
        place = (folded(h, 15) * SPREADING & MASK32) >> 7 & (len(self.places) - 1)
        start = self.places[place]
        if self.length < 16 and start:
            length = 0
            while length < min(48, start) and past[start - 1 - length] == past[seen - 1 - length]:
                length += 1
            if length >= 7 and length > self.length:
                self.match, self.length, self.misses = start, length, 0
        if not self.length and 0 < self.misses < 8:
            self.length = 1
        self.places[place] = seen
