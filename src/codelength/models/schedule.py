"""How a transformer is trained, step by step: the rate, and which sequences are in each batch.

    rate(s) = peak * min((s + 1) / warm_up, final + (1 - final) (1 + cos(pi s / steps)) / 2)

(Loshchilov & Hutter 2019.) Everything is a function of the seed and the step, so that a training can be gone on with.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from codelength.core import DataError
from codelength.models.objectives import Objective

Order = Literal["random", "given", "easy-first"]
Precision = Literal["float32", "bfloat16"]

_OPEN, _PACE = 0.1, 0.5
"""Easy first: the share of sequences at the start, and the share of the steps after which all are in."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """How to train.

    `batch`: sequences a step, in all processes together; `accumulate`: parts that it is cut into to save memory;
    `rate`: the peak; `final`: its share at the end; `decay`: of weight matrices; `clip`: the gradient's norm at most;
    `order`: "random" anew each time through, as "given", or "easy-first": at random from the first part of the data,
    which the caller has sorted, a part that grows as `open_share` says; `precision`: "bfloat16" computes under
    autocast; `save_every`: steps between checkpoints; `keep`: keep all of them, not the newest alone.
    """

    steps: int
    batch: int = 32
    accumulate: int = 1
    rate: float = 1e-3
    warm_up: int = 50
    final: float = 0.05
    decay: float = 0.05
    clip: float = 1.0
    seed: int = 0
    objective: Objective = "next"
    order: Order = "random"
    precision: Precision = "float32"
    compiled: bool = False
    save_every: int = 500
    keep: bool = False

    def __post_init__(self) -> None:
        """Refuse what cannot be done, in one line."""
        for name in ("steps", "batch", "accumulate", "warm_up", "save_every"):
            if getattr(self, name) < 1:
                raise DataError(f"{name} is {getattr(self, name)}; expected 1 or more")
        for name, known in (("objective", Objective), ("order", Order), ("precision", Precision)):
            if getattr(self, name) not in get_args(known):
                raise DataError(f"{name} is {getattr(self, name)!r}; expected {', '.join(get_args(known))}")
        if not 0 <= self.rate < math.inf:
            raise DataError(f"a rate of {self.rate}; expected 0 or more")
        if self.batch % self.accumulate:
            raise DataError(f"a batch of {self.batch} cannot be cut into {self.accumulate} equal parts")

    def rate_at(self, step: int) -> float:
        """The learning rate of a step, the first being 0."""
        fall = self.final + (1 - self.final) * (1 + math.cos(math.pi * step / self.steps)) / 2
        return self.rate * min((step + 1) / self.warm_up, fall)


def open_share(schedule: Schedule, step: int) -> float:
    """Easy first: the share of the data that a step draws from, sqrt(c^2 + (1 - c^2) s / S) (Platanios et al. 2019).

    c = .1, S is half of the steps; later all of it.
    """
    return min(1.0, math.sqrt(_OPEN**2 + (1 - _OPEN**2) * step / (_PACE * schedule.steps)))


def batch_rows(n: int, schedule: Schedule, step: int) -> NDArray[np.int64]:
    """Which of n sequences are in a step's batch: all of them once, then all of them again in another order.

    Easy first: independent draws, step by step.
    """
    if schedule.order == "easy-first":
        share = max(1, math.ceil(open_share(schedule, step) * n))
        draw = np.random.default_rng([schedule.seed, step])
        return draw.choice(share, schedule.batch, replace=share < schedule.batch).astype(np.int64)
    places = np.arange(step * schedule.batch, (step + 1) * schedule.batch)
    rows = np.empty(schedule.batch, dtype=np.int64)
    for epoch in np.unique(places // n).tolist():
        inside = places // n == epoch
        if schedule.order == "given":
            rows[inside] = places[inside] % n
        else:
            rows[inside] = np.random.default_rng([schedule.seed, epoch]).permutation(n)[places[inside] % n]
    return rows
