"""All ways of using a pool as experts, and what following all of them at once costs.

For predictors the Bayes mixture, in the fixed point of `codes.weights`: the very frequencies that `codes.Mixture` of
these experts would code with, so the codelength is exact, and at most log2 N bits (and 2**-26 a byte) above the best.
Other codes give no probabilities to mix; there the best one is named (`codes.Best`), for log2 N bits.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from codelength.codes import weights as fixed
from codelength.core import Bits
from codelength.measures import block_sums
from codelength.tasks.scoring import Scored, Task, costs_of
from codelength.tasks.selection import MixtureResult

_POSITIONS = 64
"""Places in the task at which the weights are recorded, besides its beginning."""

_CHUNK = 1 << 16


def follow_all(names: Sequence[str], experts: Sequence[Scored], content: bytes, prefix: float) -> MixtureResult:
    """What the mixture over `experts` makes of `content`; the first expert is the one without side information.

    `prefix`: bits of the length, paid once. Costs O(n N) for n bytes and N experts.
    """
    best = min(range(len(experts)), key=lambda i: experts[i].bits.bits)
    positions: tuple[int, ...] = ()
    weights: tuple[tuple[float, ...], ...] = ()
    said = [expert.said for expert in experts if expert.said is not None]
    if len(said) == len(experts):
        name = "mixture"
        cost, positions, weights = _mixed(said, content)
        bits = Bits(prefix + cost)
        rounding = len(content) * fixed.ROUNDING_PER_BYTE
    else:
        name = "best"
        bits = experts[best].bits + Bits(math.log2(len(experts)))
        rounding = 0.0
    return MixtureResult(
        name=name,
        experts=tuple(names),
        bits=bits,
        saved=experts[0].bits - bits,
        best=names[best],
        regret=bits.bits - experts[best].bits.bits,
        bound=math.log2(len(experts)) + rounding,
        positions=positions,
        weights=weights,
    )


def hedged(alone: Scored, found: Scored, setting: Task) -> Scored:
    """The task under the mixture of two codes, without a source and with it; for codes that give no probabilities, the
    better one, named by a bit.
    """
    if alone.said is None or found.said is None:
        better = min(alone, found, key=lambda expert: expert.bits.bits)
        named = np.zeros_like(better.blocks)
        named[:1] = 1.0
        return Scored(better.bits + Bits(1.0), better.blocks + named, None)
    weights = fixed.scaled((1, 1))
    symbols = np.frombuffer(setting.content, dtype=np.uint8)
    costs = np.empty(symbols.size, dtype=np.float64)
    for start in range(0, symbols.size, _CHUNK):
        part = slice(start, start + _CHUNK)
        out = np.empty((symbols[part].size, 8), dtype=np.uint32)
        fixed.run(weights, fixed.NO_SHARING, np.stack([alone.said[part], found.said[part]]), symbols[part], out)
        costs[part] = costs_of(out, setting.content[part])
    return Scored(Bits(setting.prefix + float(costs.sum())), block_sums(costs, setting.ends), None)


def _mixed(
    said: Sequence[NDArray[np.uint32]], content: bytes
) -> tuple[float, tuple[int, ...], tuple[tuple[float, ...], ...]]:
    """Cost in bits, and the weights after some of the bytes."""
    weights = fixed.scaled((1,) * len(said))
    ends = np.unique(np.linspace(0, len(content), _POSITIONS + 1).astype(np.int64)).tolist()
    history = [_posterior(weights)]
    cost = 0.0
    for start, end in itertools.pairwise(ends):
        part = content[start:end]
        experts = np.stack([probs[start:end] for probs in said])
        out = np.empty((len(part), 8), dtype=np.uint32)
        fixed.run(weights, fixed.NO_SHARING, experts, np.frombuffer(part, dtype=np.uint8), out)
        cost += float(costs_of(out, part).sum())
        history.append(_posterior(weights))
    return cost, tuple(ends), tuple(history)


def _posterior(weights: NDArray[np.uint64]) -> tuple[float, ...]:
    shares = weights.astype(np.float64)
    return tuple((shares / shares.sum()).tolist())
