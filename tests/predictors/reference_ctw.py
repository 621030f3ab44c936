"""The integers of CTW once more in plain Python, with contexts as tuples and nodes in a dictionary: no pool, no links.

A node is stored at context c once two visits agreed on c and parted after it (or agreed to depth D).
"""

from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction
from functools import cache

Context = tuple[int, ...]
ONE = 1 << 60


def decisions(data: bytes, depth: int, width: int) -> Iterator[tuple[int, Context, int]]:
    """Each bit of the data: node of the symbol's decomposition, `depth` bits of context, bit."""
    symbols: list[Context] = []
    bits = [byte >> (7 - j) & 1 for byte in data for j in range(8)]
    for at in range(0, len(bits), width):
        symbol = tuple(bits[at : at + width])
        past = tuple(bit for old in symbols[: -(depth // width + 2) : -1] for bit in old)
        context = (past + (0,) * depth)[:depth]
        node = 1
        for bit in symbol:
            yield node, context, bit
            node = 2 * node + bit
        symbols.append(symbol)


@cache
def truncated(numerator: int, denominator: int) -> tuple[int, int]:
    """31 bits of a ratio, and its exponent."""
    ratio, exponent = Fraction(numerator, denominator), 0
    while ratio >= 2:
        ratio, exponent = ratio / 2, exponent + 1
    while ratio < 1:
        ratio, exponent = ratio * 2, exponent - 1
    return int(ratio * (1 << 30)), exponent


def normal(mantissa: int, exponent: int) -> tuple[int, int]:
    shift = mantissa.bit_length() - 31
    mantissa = mantissa >> shift if shift > 0 else mantissa << -shift
    return mantissa, max(-128, min(128, exponent + shift))


class ReferenceCTW:
    """Predicts and learns one bit after the other, at a cost that grows with the history."""

    def __init__(self, depth: int, width: int, split: int, estimator: int) -> None:
        self.depth, self.width, self.split, self.estimator = depth, width, split, estimator
        self.visits: dict[int, list[tuple[Context, int]]] = defaultdict(list)
        self.nodes: dict[int, dict[Context, list[int]]] = defaultdict(dict)  # zeros, ones, mantissa, exponent

    def run(self, data: bytes) -> list[int]:
        out = []
        for decision, context, bit in decisions(data, self.depth, self.width):
            path = self.path(decision, context)
            out.append(self.predict(decision, path, bit))
            self.visits[decision].append((context, bit))
        return out

    def path(self, decision: int, context: Context) -> list[Context]:
        visits, nodes = self.visits[decision], self.nodes[decision]
        if not visits:
            return []
        agreed = max(next((i for i in range(self.depth) if old[i] != context[i]), self.depth) for old, _ in visits)
        here = context[:agreed]
        if here not in nodes:
            inside = [bit for old, bit in visits if old[:agreed] == here]
            if len(inside) == 1:
                nodes[here] = [1 - inside[0], inside[0], 1 << 30, 0]
            else:
                lower = min((c for c in nodes if c[:agreed] == here), key=len)
                zeros, ones, mantissa, exponent = nodes[lower]
                nodes[here] = [zeros, ones, *self.beta_above(mantissa, exponent, len(lower) - agreed)]
        return [context[:d] for d in range(agreed + 1) if context[:d] in nodes]

    def odds(self, mantissa: int, exponent: int, edge: int) -> tuple[int, int]:
        """The prior odds (1 - y) / y times beta."""
        one, y = 1 << self.split * edge, ((1 << self.split) - 1) ** edge
        prior, prior_exponent = truncated(one - y, y)
        return normal(mantissa * prior >> 30, exponent + prior_exponent)

    def beta_above(self, mantissa: int, exponent: int, edge: int) -> tuple[int, int]:
        prior, prior_exponent = truncated(1 << self.split * edge, ((1 << self.split) - 1) ** edge)
        above, above_exponent = normal(mantissa * prior >> 30, exponent + prior_exponent)
        odds, e = self.odds(mantissa, exponent, edge)
        below = odds + ((1 << 30) >> e) if e >= 0 else (1 << 30) + (odds >> -e)
        return normal((above << 31) // below, above_exponent - max(e, 0) - 1)

    def predict(self, decision: int, path: list[Context], bit: int) -> int:
        """P(1) in units of 2**-32; then learns the bit."""
        nodes = self.nodes[decision]
        p = ONE // 2
        for i in reversed(range(len(path))):
            node = nodes[path[i]]
            zeros, ones, mantissa, exponent = node
            own = ONE // (self.estimator * (zeros + ones) + 2) * (self.estimator * ones + 1)
            own = max(1 << 40, min(ONE - (1 << 40), own))
            node[bit] += 1
            if len(path[i]) == self.depth:
                p = own
                continue
            node[2:] = self.reweighed(mantissa, exponent, own if bit else ONE - own, p if bit else ONE - p)
            edge = len(path[i]) - (len(path[i - 1]) if i else -1)
            odds, e = self.odds(mantissa, exponent, edge)
            if e >= 0:
                p = move(own, p, (1 << 61) // (odds + ((1 << 30) >> e)), min(e, 62))
            else:
                p = move(p, own, (odds << 31) // ((1 << 30) + (odds >> -e)), min(-e, 62))
        return p >> 28

    @staticmethod
    def reweighed(mantissa: int, exponent: int, own: int, child: int) -> tuple[int, int]:
        up, down = 60 - own.bit_length(), 60 - child.bit_length()
        return normal((mantissa * (own << up >> 29)) // (child << down >> 29), exponent - up + down)


def move(start: int, target: int, weight: int, shift: int) -> int:
    """From `start`: start + (target - start) weight 2**-(31 + shift), the step rounded toward zero."""
    gap = abs(target - start)
    step = (((gap >> 32) * weight + ((gap & 0xFFFFFFFF) * weight >> 32)) << 1) >> shift
    return start + step if target >= start else start - step
