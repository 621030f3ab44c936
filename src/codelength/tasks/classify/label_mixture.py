"""Label distributions of many experts mixed label by label, in integers, with a certificate.

A label is a byte, its number among the classes, and expert i says p_i(bit) for each of its 8 bits in units of 2**-32.
So the fixed-point arithmetic of `codes.weights`, with its proof, mixes them as it mixes predictors of bytes:

    Bayes          L <= min_i L_i + log2 N
    fixed share    L <= L_sequence + log2 N + (m-1) log2((N-1) K) + (n-m) log2(1/(1-1/K)),  m runs of experts, period K
                                                                                       (Herbster & Warmuth 1998)

each plus n 2**-26 bits for n labels, whatever the experts are. Costs O(n N) for the mixing, O(n N k) for the tables.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from codelength.codes import weights as fixed
from codelength.core import Bits, DataError
from codelength.tasks.scoring import costs_of

Floats = NDArray[np.float64]

MOST_CLASSES = 256
_UNIT = 2.0**32


@dataclass(frozen=True, slots=True)
class LabelMixture:
    """What mixing the experts made of the labels.

    Parameters
    ----------
    names
        N experts.
    bits
        Codelength of the labels under the mixture: a sum of -log2 over integers. It is exact for a receiver who has
        what the experts say, that is, the documents and the same experts.
    expert_bits
        The same of each expert, (N,).
    period
        Mean number of labels between switches that the prior expects; None: Bayes, one expert for all labels.
    costs
        Bits of each label under the mixture, (n,).
    weights
        Before the first label and after each, (n + 1, N), rows sum to 1.
    groups
        Whose voice each expert is, N names: one name for those that differ only in how far they are tempered.
    """

    names: tuple[str, ...]
    bits: Bits
    expert_bits: Floats
    period: int | None
    costs: Floats = field(repr=False)
    weights: Floats = field(repr=False)
    groups: tuple[str, ...] = field(repr=False)

    @property
    def best(self) -> str:
        """The expert whose codelength is the shortest, known only in hindsight."""
        return self.names[int(self.expert_bits.argmin())]

    @property
    def regret(self) -> Bits:
        """Bits above that expert; negative where the mixture beats it."""
        return self.bits - Bits(float(self.expert_bits.min()))

    @property
    def certificate(self) -> Bits:
        """The most that the regret could have been, whatever the experts and the labels."""
        return self.bound(1)

    def bound(self, runs: int) -> Bits:
        """Bits above the best sequence of `runs` experts in turn that the mixture can cost."""
        n, experts = self.costs.size, len(self.names)
        rounding = n * fixed.ROUNDING_PER_BYTE
        if not 1 <= runs <= max(n, 1) or (runs > 1 and self.period is None):
            raise ValueError(f"runs={runs} of {n} labels: expected 1 to {max(n, 1)}, and 1 without switching")
        if self.period is None or experts == 1:
            return Bits(math.log2(experts) + rounding, "upper")
        switches = (runs - 1) * math.log2((experts - 1) * self.period)
        stays = max(n - runs, 0) * -math.log1p(-1 / self.period) / math.log(2)
        return Bits(math.log2(experts) + switches + stays + rounding, "upper")

    def trust(self) -> dict[str, Floats]:
        """The weight of each group before the first label and after each, (n + 1,), in the order of the experts."""
        members = {name: [i for i, one in enumerate(self.groups) if one == name] for name in self.groups}
        return {name: self.weights[:, mine].sum(axis=1) for name, mine in members.items()}

    def curve(self) -> Floats:
        """Bits of the labels up to each, (n + 1,): the learning curve, summed up."""
        return np.concatenate(([0.0], np.cumsum(self.costs)))


def mix_labels(
    probabilities: Sequence[NDArray[np.floating]],
    labels: NDArray[np.integer],
    names: Sequence[str],
    *,
    period: int | None = None,
    groups: Sequence[str] | None = None,
) -> LabelMixture:
    """Mix what experts said of labels before each was seen.

    Parameters
    ----------
    probabilities
        For each expert (n, k), rows sum to 1.
    labels
        (n,) numbers from 0 to k - 1.
    names
        Of the experts.
    period
        For fixed share, 2 or more; None: Bayes.
    groups
        Whose voice each expert is; None: each its own.

    Raises
    ------
    DataError
        More than 256 classes, or an expert that says something that is no probability.
    ValueError
        A period below 2, or no experts.

    Examples
    --------
    >>> sure, unsure = np.array([[0.9, 0.1]] * 20), np.full((20, 2), 0.5)
    >>> mixed = mix_labels([sure, unsure], np.zeros(20, dtype=int), ["sure", "unsure"])
    >>> mixed.best, mixed.regret.bits <= 1.001
    ('sure', True)
    """
    if not names or len(names) != len(probabilities):
        raise ValueError(f"{len(probabilities)} experts with {len(names)} names: expected as many, and at least one")
    if period is not None and not 2 <= period < 1 << 32:
        raise ValueError(f"period={period}: expected a number of labels from 2 to 2**32 - 1, or None")
    said = np.stack([label_bits(one, labels, name) for one, name in zip(probabilities, names, strict=True)])
    content = labels.astype(np.uint8)
    sharing = fixed.NO_SHARING if period is None else period
    out = np.empty((labels.size, 8), dtype=np.uint32)
    history = np.empty((labels.size, len(names)), dtype=np.uint64)
    start = fixed.scaled((1,) * len(names))
    fixed.run(start.copy(), sharing, said, content, out)
    fixed.trace(start.copy(), sharing, said, content, history)
    shares = np.concatenate((start[None], history)).astype(np.float64)
    costs = costs_of(out, content.tobytes())
    return LabelMixture(
        names=tuple(names),
        bits=Bits(float(costs.sum())),
        expert_bits=np.array([costs_of(one, content.tobytes()).sum() for one in said], dtype=np.float64),
        period=period,
        costs=costs,
        weights=shares / shares.sum(axis=1, keepdims=True),
        groups=tuple(names if groups is None else groups),
    )


def label_bits(probabilities: NDArray[np.floating], labels: NDArray[np.integer], name: str) -> NDArray[np.uint32]:
    """What an expert says of the 8 bits of each label, highest first, each given those before it: (n, 8) of 2**-32."""
    n, k = probabilities.shape
    if k > MOST_CLASSES:
        raise DataError(f"{k} classes: the mixture of experts takes at most {MOST_CLASSES}")
    if not np.isfinite(probabilities).all() or (probabilities < 0).any():
        raise DataError(f"{name} says probabilities that are negative, infinite or NaN")
    below = np.zeros((n, k + 1))  # the mass of the labels before each
    np.cumsum(probabilities, axis=1, out=below[:, 1:])
    rows = np.arange(n)
    out = np.empty((n, 8), dtype=np.uint32)
    for j in range(8):
        half = 1 << (7 - j)
        low = labels & ~(2 * half - 1)  # the first label that shares the bits so far
        left, middle, right = (below[rows, np.minimum(low + step, k)] for step in (0, half, 2 * half))
        mass = np.maximum(right - left, 1e-300)
        out[:, j] = np.clip(np.rint((right - middle) / mass * _UNIT), 1.0, _UNIT - 1.0).astype(np.uint32)
    return out
