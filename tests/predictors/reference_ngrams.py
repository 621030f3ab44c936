"""`predictors.ngrams` in plain Python: slow, with dictionaries, from the formulas in its docstrings."""

import math
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from codelength.predictors.ngrams import Parameters

RUN = {
    True: re.compile(rb"[0-9A-Za-z_\x80-\xff]{0,24}"),
    False: re.compile(rb"[^0-9A-Za-z_\x80-\xff]{0,24}", re.DOTALL),
}
ORDER = 4
END = 256

Row = list[float]
Thing = tuple[bool, bytes]


def pieces(document: bytes) -> list[Thing]:
    """Gap, word, gap, ..., gap, words in lower case."""
    found: list[Thing] = []
    at, word = 0, False
    while not found or at < len(document) or found[-1][0]:
        run = RUN[word].match(document, at)
        assert run is not None
        found.append((word, run.group().lower() if word else run.group()))
        at, word = run.end(), not word
    return found


class Reference:
    """Codes of k classes; column 0 is the pool."""

    def __init__(self, documents: Sequence[bytes], weights: Sequence[Sequence[float]], parameters: Parameters) -> None:
        self.p = parameters
        self.documents = len(documents)
        self.columns = 1 + len(weights[0])
        self.counts: dict[Thing, Row] = defaultdict(self._zeros)
        self.pairs: dict[tuple[Thing, Thing], Row] = defaultdict(self._zeros)
        for document, mine in zip(documents, weights, strict=True):
            self._read(document, [1.0, *mine])
        self.edges: dict[tuple[int, ...], dict[int, Row]] = defaultdict(lambda: defaultdict(self._zeros))
        for thing, counts in self.counts.items():
            for contexts, symbol in self._places(thing):
                for context in contexts:
                    for c in range(self.columns):
                        self.edges[context][symbol][c] += min(counts[c], 1.0)

    def bits(self, document: bytes) -> list[list[float]]:
        """(k + 1, 6): gaps, four bands of words, what the word before adds."""
        out = [[0.0] * 6 for _ in range(self.columns)]
        before: Thing | None = None
        for thing in pieces(document):
            alone = self.unigram(thing)
            both = alone if before is None or not thing[0] else self.pair(before, thing, alone)
            for c in range(self.columns):
                out[c][self.band(thing)] -= math.log2(alone[c])
                out[c][5] -= math.log2(both[c] / alone[c])
            before = thing if thing[0] else before
        return out

    def band(self, thing: Thing) -> int:
        """0 for a gap; by how many times a document it comes: never, at most .01, at most .1, more."""
        times = self.counts[thing][0] / self.documents if thing in self.counts else 0.0
        return (1 + (times > 0) + (times > 0.01) + (times > 0.1)) if thing[0] else 0

    def unigram(self, thing: Thing) -> Row:
        """P(w) under every column."""
        alike = [counts for (word, _), counts in self.counts.items() if word == thing[0]]
        spelt = self.spelt(thing)
        counts = self.counts.get(thing, self._zeros())
        out: Row = []
        for c in range(self.columns):
            escape = self.p.smoothing * (1 + sum(min(each[c], 1.0) for each in alike))
            base = (1 - self.p.spelt) * out[0] + self.p.spelt * spelt[c] if c else spelt[0]
            out.append((counts[c] + escape * base) / (sum(each[c] for each in alike) + escape))
        return out

    def pair(self, before: Thing, thing: Thing, alone: Row) -> Row:
        """P(w | v) under every column."""
        after = [counts for (first, _), counts in self.pairs.items() if first == before]
        if not self.p.pairs or not sum(counts[0] for counts in after):
            return alone
        seen = self.pairs.get((before, thing), self._zeros())
        out = list(alone)
        for c in range(self.columns):
            for column in (0, c) if c else (0,):
                escape = sum(min(each[column], 1.0) for each in after)
                total = sum(each[column] for each in after)
                out[c] = (seen[column] + escape * out[c]) / (total + escape) if escape else out[c]
        return out

    def spelt(self, thing: Thing) -> Row:
        """The probability of a spelling under every column."""
        out = [1.0] * self.columns
        for contexts, symbol in self._places(thing):
            p = [1 / 257] * self.columns
            for context in contexts:
                after = self.edges.get(context, {})
                for c in range(self.columns if after else 0):
                    back = (p[c] + p[0]) / 2 if c else p[0]
                    escape = sum(min(edge[c], 1.0) for edge in after.values())
                    total = sum(edge[c] for edge in after.values())
                    seen = after[symbol][c] if symbol in after else 0.0
                    p[c] = (seen + escape * back) / (total + escape) if escape else back
            out = [a * b for a, b in zip(out, p, strict=True)]
        return out

    def _zeros(self) -> Row:
        return [0.0] * self.columns

    def _read(self, document: bytes, weights: Row) -> None:
        said: dict[object, int] = defaultdict(int)
        before: Thing | None = None
        for thing in pieces(document):
            rows: list[tuple[object, Row]] = [(thing, self.counts[thing])]
            if thing[0] and before is not None:
                rows.append(((before, thing), self.pairs[before, thing]))
            before = thing if thing[0] else before
            for what, row in rows:
                said[what] += 1
                for c in range(self.columns):
                    row[c] += weights[c] * said[what] ** -self.p.damping

    @staticmethod
    def _places(thing: Thing) -> Iterator[tuple[list[tuple[int, ...]], int]]:
        """Each symbol with its contexts from the empty one to the longest."""
        symbols = (257 + thing[0], *thing[1], END)
        for at in range(1, len(symbols)):
            yield [symbols[at - order : at] for order in range(min(ORDER, at) + 1)], symbols[at]
