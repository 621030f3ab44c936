"""Context mixing in plain Python: lists and integers only, written from the formulas and the layout, not compiled.

Some hundred bytes a second; what it is for is to be read, and to be the judge of the compiled kernels. Python's
integers have no width: that kernel and twin agree says also that nothing in the kernel wraps on what they were given.
"""

from bisect import bisect_left
from collections.abc import Callable
from operator import mul

from codelength.predictors.hashing import M32, MULTIPLIERS, SALT, SPREAD
from codelength.predictors.histories import histories
from codelength.predictors.logistic import LIMIT, squash_table
from codelength.predictors.mixing import state as layout
from codelength.predictors.mixing.contexts import PLAIN, WITH_DEPTH, WITH_MATCH, WITH_PARTIAL, Model
from predictors.reference_features import Features

MULTIPLIER = [int(m) for m in MULTIPLIERS]
MASK32, SALTED, SPREADING = int(M32), int(SALT), int(SPREAD)
NEXT = histories().next.tolist()
TOTAL = histories().total.tolist()
CERTAIN = histories().certain.tolist()
START = histories().start.tolist()
SQUASH = squash_table().tolist()
ONE = 1 << 22
TRUST_ONE = 1 << 30
FRESH = TRUST_ONE - (1 << 20)
STEP = [655360 // (10 * n + 16) for n in range(1024)]
FINAL_STARTS = [SQUASH[min(k * 256, 2 * LIMIT - 1)] * 4 for k in range(25)]


def stretched(bits: int) -> list[int]:
    """Stretch at the middle of each of 2**bits cells: where squash first reaches it."""
    middles = [(2 * k + 1) * ONE >> (bits + 1) for k in range(1 << bits)]
    return [min(bisect_left(SQUASH, middle), 2 * LIMIT - 1) - LIMIT for middle in middles]


STRETCH, FINE_STRETCH = stretched(12), stretched(16)


def clamped(x: int) -> int:
    return min(max(x, 1 - LIMIT), LIMIT - 1)


def folded(h: int, by: int) -> int:
    return h ^ (h >> by)


class Cell:
    """An adaptive probability: 22 bits, and how often it moved."""

    def __init__(self, p: int) -> None:
        self.p, self.count = min(p, ONE - 1), 0

    def move(self, target: int) -> None:
        self.p += (target - self.p) * STEP[self.count] >> 16
        self.count = min(self.count + 1, 1023)

    def copy(self) -> "Cell":
        other = Cell(self.p)
        other.count = self.count
        return other


class Match:
    """Where the last 7 bytes or more occurred before, and how it went on from there."""

    def __init__(self) -> None:
        self.places = [0] * 4096
        self.at, self.length, self.misses = 0, 0, 0
        self.maps = [[[Cell(ONE - right), Cell(right)] for right in self.rights(misses)] for misses in range(4)]

    @staticmethod
    def rights(misses: int) -> list[int]:
        return [(n + 2) * 10 * ONE // ((n + 3) * (10 + 3 * misses)) for n in range(32)]

    @property
    def length_class(self) -> int:
        n = self.length
        return n if n < 16 else 16 + (n - 16) // 4 if n < 32 else min(20 + (n - 32) // 32, 31)

    def cell(self, expected_bit: int) -> Cell:
        return self.maps[min(self.misses, 3)][self.length_class][expected_bit]

    def row(self, expected_bit: int, depth: int) -> int:
        return (sum(self.length >= n for n in (8, 16, 32)) * 2 + expected_bit) * 8 + depth

    def follow(self, past: bytearray) -> None:
        seen = len(past)
        if self.length:
            if past[self.at] == past[-1]:
                self.length = min(self.length + 1, 65535)
                self.misses = 0 if self.length >= 16 else self.misses
            else:
                self.length, self.misses = 0, self.misses + 1
            self.at += 1
        if seen < 7:
            return
        h = 0
        for byte in past[-1:-8:-1]:
            h = (h + byte + 1) * MULTIPLIER[0] & MASK32
        place = (folded(h, 15) * SPREADING & MASK32) >> 7 & (len(self.places) - 1)
        start = self.places[place]
        if self.length < 16 and start:
            length = 0
            while length < min(48, start) and past[start - 1 - length] == past[seen - 1 - length]:
                length += 1
            if length >= 7 and length > self.length:
                self.at, self.length, self.misses = start, length, 0
        if not self.length and 0 < self.misses < 8:
            self.length = 1
        self.places[place] = seen


class Reference:
    """`ContextMixing` of a model, from a fresh state."""

    def __init__(self, model: Model, memory: int = 0) -> None:
        self.model = model
        self.most_slots = 1 << (memory or model.memory)
        n = len(model.contexts)
        self.slots = bytearray(16 << 14)
        self.spare = bytearray(16 * n)
        self.features = Features(model.detail)
        self.match = Match()
        self.maps = [[Cell(p) for p in START] for _ in range(n)]
        self.first_weights = [min(9000, 145_000 // n)] * (n + 2)
        if model.fine:
            self.first_weights += [0] * (2 * n + 2 * len(model.counted))
        self.weights: dict[tuple[int, int], list[int]] = {}
        self.outer = {partial: [65536 // len(model.selectors)] * len(model.selectors) for partial in range(256)}
        self.final_count = 1024
        self.finals: dict[tuple[int, int, int], int] = {}
        _, _, self.salts, self.known_bits = (table.tolist() for table in model.tables())
        hashed = model.contexts + model.counted
        self.parts = [[(part.register, part.mask) for part in context.parts] for context in hashed]
        self.count_rows = 256
        self.counts: dict[tuple[int, int], list[Cell]] = {}
        self.trust, self.doubted, self.learned, self.awake = FRESH, 0, 0, True

    def given(self, data: bytes) -> "Reference":
        self.probabilities(data)
        self.trust, self.doubted = FRESH, 0
        return self

    def probabilities(self, data: bytes) -> list[list[int]]:
        """P(bit = 1) in units of 2**-32 before each bit of `data`, which is learned."""
        said: list[list[int]] = []
        for byte in data:
            said.append([])

            def known(p: int, row: list[int] = said[-1], byte: int = byte) -> int:
                row.append(p)
                return byte >> (8 - len(row)) & 1

            self.byte(known)
        return said

    def byte(self, next_bit: Callable[[int], int]) -> int:
        """One byte, whose bits `next_bit` says when it is told P(1)."""
        self.grow()
        self.doubted = 0 if self.trust >= TRUST_ONE // 2 else self.doubted + 1
        self.awake = self.doubted < 32
        hashes = self.hashes()
        partial = 1
        for depth in range(8):
            if depth % 4 == 0:
                found = self.find_all(hashes, partial)
                counted = self.find_counts(hashes, partial)
            bit = self.bit(next_bit, partial, depth, found, counted)
            partial = 2 * partial + bit
        self.learned += self.awake
        self.trust += ((TRUST_ONE - self.trust) >> 16) - (self.trust >> 16)
        self.end_byte(partial & 255)
        return partial & 255

    def absorb(self, data: bytes) -> "Reference":
        """Take bytes into histories, features and match only."""
        for byte in data:
            self.absorb_byte(byte)
        self.doubted = 0
        return self

    def absorb_byte(self, byte: int) -> None:
        self.grow()
        self.awake = True
        hashes = self.hashes()
        for half in (0, 1):
            partial = 1 if half == 0 else 16 | byte >> 4
            nibble = byte >> 4 if half == 0 else byte & 15
            for slots, at in self.find_all(hashes, partial):
                for depth in range(4):
                    node = at + (1 << depth | nibble >> (4 - depth))
                    slots[node] = NEXT[slots[node]][nibble >> (3 - depth) & 1]
        self.end_byte(byte)

    def end_byte(self, byte: int) -> None:
        self.features.see(byte)
        self.match.follow(self.features.past)

    def grow(self) -> None:
        """Tables double when the past has reached their size, or its share of it."""
        seen = len(self.features.past)
        if len(self.slots) < 16 * self.most_slots and len(self.slots) == 16 * self.model.slots_per_byte * seen:
            self.slots = 2 * self.slots
        if len(self.match.places) < 1 << 22 and len(self.match.places) == seen:
            self.match.places = 2 * self.match.places
        if self.final_count < 1 << self.model.final_rows and self.final_count == 4 * seen:
            self.finals |= {(n, row + self.final_count, k): p for (n, row, k), p in self.finals.items()}
            self.final_count *= 2
        if self.count_rows < 1 << self.model.count_rows and self.count_rows == 2 * seen:
            rows = list(self.counts.items())
            self.counts |= {(q, row + self.count_rows): [cell.copy() for cell in cells] for (q, row), cells in rows}
            self.count_rows *= 2

    def hashes(self) -> list[int]:
        keys = []
        for salt, parts in zip(self.salts, self.parts, strict=True):
            h = salt
            for (register, mask), multiplier in zip(parts, MULTIPLIER, strict=False):
                if register:
                    h = folded((h ^ (self.features.of(register) & mask)) * multiplier & MASK32, 15)
            keys.append(h * SPREADING & MASK32 ^ h >> 16)
        return keys

    def find_all(self, hashes: list[int], partial: int) -> list[tuple[bytearray, int]]:
        """Each context's slot, one after the other, for two contexts may want the same."""
        contexts = hashes[: len(self.model.contexts)]
        return [self.find(self.key(h, partial), 16 * k) for k, h in enumerate(contexts)]

    def find_counts(self, hashes: list[int], partial: int) -> list[list[Cell]]:
        """Each counted context's 16 counters, of which the first is not used."""
        rows = []
        for q, h in enumerate(hashes[len(self.model.contexts) :]):
            place = (q, self.key(h, partial) % self.count_rows)
            if place not in self.counts:
                self.counts[place] = [Cell(ONE // 2) for _ in range(16)]
            rows.append(self.counts[place])
        return rows

    @staticmethod
    def key(h: int, partial: int) -> int:
        return h if partial == 1 else folded((h + partial * SALTED & MASK32) * SPREADING & MASK32, 13)

    def find(self, key: int, spare: int) -> tuple[bytearray, int]:
        slots = self.slots
        near = [16 * ((key & (len(slots) // 16 - 1)) ^ k) for k in range(3)]
        for at in near:
            if slots[at] == key >> 24:
                return slots, at
        place = (slots, min(near, key=lambda at: TOTAL[slots[at + 1]])) if self.awake else (self.spare, spare)
        place[0][place[1] : place[1] + 16] = bytes([key >> 24, *bytes(15)])
        return place

    def bit(
        self,
        next_bit: Callable[[int], int],
        partial: int,
        depth: int,
        found: list[tuple[bytearray, int]],
        counted: list[list[Cell]],
    ) -> int:
        node = 1 << depth % 4 | partial & ((1 << depth % 4) - 1)
        seen = [slots[at + node] for slots, at in found]
        cells = [cells[history] for cells, history in zip(self.maps, seen, strict=True)]
        inputs = [STRETCH[cell.p >> 10] for cell in cells]
        known = sum(bit for bit, history in zip(self.known_bits, seen, strict=True) if history)
        expected, match_cell = self.expected_bit(partial, depth), None
        match_row = 80 + depth
        if expected is not None:
            match_cell = self.match.cell(expected)
            match_row = self.match.row(expected, depth)
        inputs += [FINE_STRETCH[match_cell.p >> 6], (match_cell.p - ONE // 2) >> 11] if match_cell else [0, 0]
        counters = [row[node] for row in counted]
        if self.model.fine:
            inputs += self.fine_inputs(inputs, seen, cells, counters)
        rows = self.rows(partial, depth, known, match_row, expected)
        votes = [clamped(sum(map(mul, inputs, weights)) >> 16) for weights in rows]
        outer = self.outer[partial]
        z = clamped(sum(map(mul, votes, outer)) >> 16)
        ends = self.final_rows(partial)
        bucket, fraction = divmod(z + LIMIT, 256)
        p = sum(self.final(end, bucket) * (256 - fraction) + self.final(end, bucket + 1) * fraction for end in ends)
        p = min(max(p // len(ends) >> 10, 16), ONE - 16)
        bit = next_bit(self.trust * p + (TRUST_ONE - self.trust) * (ONE // 2) >> 20)
        target = bit * (ONE - 1)
        if self.awake:
            self.learn_mixers(target, inputs, rows, votes, outer, z)
            self.learn_finals(bit, ends, bucket, fraction)
            for cell in cells + counters:
                cell.move(target)
        for slots, at in found:
            slots[at + node] = NEXT[slots[at + node]][bit]
        if match_cell:
            match_cell.move(target)
        self.judge(p if bit else ONE - p)
        return bit

    @staticmethod
    def fine_inputs(inputs: list[int], seen: list[int], cells: list[Cell], counters: list[Cell]) -> list[int]:
        """Certain contexts again, plain probabilities, counters stretched and plain."""
        certain = [x if CERTAIN[history] else 0 for x, history in zip(inputs, seen, strict=False)]
        plain = [cell.p - ONE // 2 >> 13 if history else 0 for cell, history in zip(cells, seen, strict=True)]
        counts = [STRETCH[cell.p >> 10] for cell in counters] + [cell.p - ONE // 2 >> 13 for cell in counters]
        return certain + plain + counts

    def expected_bit(self, partial: int, depth: int) -> int | None:
        """What the match expects, as long as it has been right in this byte."""
        if not self.match.length:
            return None
        expected = 256 | self.features.past[self.match.at]
        return expected >> (7 - depth) & 1 if expected >> (8 - depth) == partial else None

    def rows(self, partial: int, depth: int, known: int, match_row: int, expected: int | None) -> list[list[int]]:
        """Each selector's weights."""
        expects = 0 if expected is None else 1 + expected
        also = {PLAIN: (1, 0), WITH_PARTIAL: (256, partial), WITH_DEPTH: (8, depth), WITH_MATCH: (3, expects)}
        match = self.match
        own = {layout.KNOWN: known, layout.MATCH_ROW: match_row, layout.LENGTH_CLASS: match.length_class}
        own[layout.EXPECTED] = 256 | self.features.past[match.at] if match.length else 0
        rows = []
        for q, selector in enumerate(self.model.selectors):
            times, plus = also[selector.also]
            value = own[selector.register] if selector.register in own else self.features.of(selector.register)
            key = (q, min(value, selector.size - 1) * times + plus)
            if key not in self.weights:
                self.weights[key] = list(self.first_weights)
            rows.append(self.weights[key])
        return rows

    def final_rows(self, partial: int) -> list[tuple[int, int]]:
        """Rows of the final maps: order 1, with detail order 2 hashed to 16 bits, in fine models order 3 and words; of
        all as many bits as there are rows.
        """
        order1 = (0, (self.features.last << 8 | partial) % self.final_count)
        if not self.model.detail:
            return [order1]
        pair = (self.features.recent & 0xFFFF) * MULTIPLIER[0] + partial * SALTED & MASK32
        rows = [order1, (1, self.final_row(pair))]
        if self.model.fine:
            three = (self.features.recent & 0xFFFFFF) * MULTIPLIER[1] + partial * SALTED & MASK32
            words = self.features.word * MULTIPLIER[2] & MASK32 ^ self.features.word1
            rows += [(2, self.final_row(three)), (3, self.final_row(words + partial * SALTED & MASK32))]
        return rows

    def final_row(self, h: int) -> int:
        return ((folded(h, 15) * SPREADING & MASK32) >> 16) % self.final_count

    def final(self, end: tuple[int, int], bucket: int) -> int:
        return self.finals.get((*end, bucket), FINAL_STARTS[bucket])

    def learn_finals(self, bit: int, ends: list[tuple[int, int]], bucket: int, fraction: int) -> None:
        for end in ends:
            for k, share in ((bucket, 256 - fraction), (bucket + 1, fraction)):
                was = self.final(end, k)
                self.finals[(*end, k)] = was + ((bit * ((1 << 24) - 1) - was) * share >> 14)

    def learn_mixers(
        self, target: int, inputs: list[int], rows: list[list[int]], votes: list[int], outer: list[int], z: int
    ) -> None:
        fades = ((16, 1 << 18), (96, 1 << 12))
        rate = self.model.rate + sum(extra * late // (self.learned + late) for extra, late in fades)
        for weights, vote in zip(rows, votes, strict=True):
            error = (target - SQUASH[vote + LIMIT]) * rate >> 12
            weights[:] = [w + (x * error + 8192 >> 14) for w, x in zip(weights, inputs, strict=True)]
        error = (target - SQUASH[z + LIMIT]) >> 10
        outer[:] = [v + (y * error + 8192 >> 14) for v, y in zip(outer, votes, strict=True)]

    def judge(self, chance: int) -> None:
        """The trust: posterior of the model, which gave the bit this chance, against noise, which gave it 1/2."""
        likely = self.trust * chance
        trust = (likely << 10) // (likely + (TRUST_ONE - self.trust) * (ONE // 2) >> 20)
        self.trust = min(max(trust, 16), TRUST_ONE - 16)
