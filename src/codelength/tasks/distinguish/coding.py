"""Labels coded prequentially, in rounds: what the coders have learned from all labels past is bet on the next ones.

Rounds end at 1, 2, 3, 4, 5, 7, 9, ...: each is about a quarter of what came before it, so the coders take in every
document once, are copied O(log n) times, and are never more than a fifth of the data behind. A last expert weighs the
coders against each other: softmax regression on their scores, fitted to the past in each round.
Costs what the coders cost for n documents, and O(n experts) for the bets.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from codelength.tasks.distinguish.bets import Bets
from codelength.tasks.distinguish.coders import Coder, LinearCoder

Progress = Callable[[str, int, int], None]

NOTHING = "nothing"
"""The name of the expert that bets nothing."""

_GROWTH = 4


@dataclass(frozen=True, slots=True, eq=False)
class LabelCoding:
    """What coding the labels came to.

    Attributes
    ----------
    order
        The documents in the order of coding, (n,).
    wealth
        log2 of the wealth after each label, (n,).
    bits
        Codelength of the labels under the mixture.
    chance_bits
        The same under chance: log2 of the number of orders of the labels.
    experts
        Their names; `NOTHING` comes first.
    ends
        How many labels were coded at the end of each round, (R,).
    weights
        The experts' weights at these times, (R, experts).
    """

    order: NDArray[np.int64]
    wealth: NDArray[np.float64]
    bits: float
    chance_bits: float
    experts: tuple[str, ...]
    ends: NDArray[np.int64]
    weights: NDArray[np.float64]


def code_labels(
    labels: NDArray[np.int64],
    classes: int,
    coders: Sequence[Coder],
    *,
    seed: int,
    on_progress: Progress | None = None,
) -> LabelCoding:
    """Code the labels of n documents in a random order.

    Parameters
    ----------
    labels
        (n,) in 0..classes-1.
    coders
        Fresh, and over the same documents.
    seed
        Of the order.
    on_progress
        Called as ("labels", done, n).
    """
    n = labels.size
    order = np.random.default_rng(seed).permutation(n).astype(np.int64)
    counts = np.bincount(labels, minlength=classes)
    stacked = np.zeros((n, len(coders) * classes + 1))
    stacked[:, -1] = 1.0
    weighing = LinearCoder("all", stacked, classes)
    bets = Bets(counts, sum(len(coder.temperings) for coder in coders) + 1)
    wealth, ends, weights = np.empty(n), [], []
    for start, end in _rounds(n):
        now = order[start:end]
        said = [coder.scores(now) for coder in coders]
        stacked[now, :-1] = np.concatenate([each - each.mean(axis=1, keepdims=True) for each in said], axis=1)
        tempered = [eta * each for coder, each in zip(coders, said, strict=True) for eta in coder.temperings]
        scores = np.stack([*tempered, weighing.scores(now)], axis=1)  # (m, experts, K)
        wealth[start:end] = bets.take(scores, labels[now])
        for coder in (*coders, weighing):
            coder.learn(now, labels[now])
        ends.append(end)
        weights.append(bets.weights.copy())
        if on_progress is not None:
            on_progress("labels", end, n)
    names = [coder.name if eta == 1 else f"{coder.name} x {eta:g}" for coder in coders for eta in coder.temperings]
    return LabelCoding(
        order=order,
        wealth=wealth,
        bits=bets.bits,
        chance_bits=bets.bits + bets.gained,
        experts=(NOTHING, *names, weighing.name),
        ends=np.array(ends),
        weights=np.array(weights),
    )


def _rounds(n: int) -> list[tuple[int, int]]:
    bounds = [0]
    while bounds[-1] < n:
        bounds.append(min(n, bounds[-1] + max(1, bounds[-1] // _GROWTH)))
    return list(itertools.pairwise(bounds))
