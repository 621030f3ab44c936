"""One step of training: AdamW (Loshchilov & Hutter 2019) on a batch's mean cost, the gradient's norm clipped.

Weight matrices decay; embeddings, norms and biases do not. With several processes each has its part of the batch, and
gradients and costs are means over all of them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, distributed, nn

from codelength.core import LN2
from codelength.models.networks import Network
from codelength.models.objectives import drawn, nats
from codelength.models.schedule import Schedule, batch_rows

_STRIDE = 1 << 32
"""Seeds of steps lie so far apart that no two trainings share one."""

Moments = Mapping[str, tuple[Tensor, Tensor]]
"""The optimiser's first and second moments, by the weight's name."""


def optimiser_of(model: Network, schedule: Schedule, moments: Moments, step: int) -> torch.optim.AdamW:
    """The optimiser, gone on with after `step` steps where there are moments."""
    decayed = [weight for name, weight in model.named_parameters() if _decays(name, weight)]
    others = [weight for name, weight in model.named_parameters() if not _decays(name, weight)]
    optimiser = torch.optim.AdamW(
        [{"params": decayed, "weight_decay": schedule.decay}, {"params": others, "weight_decay": 0.0}],
        lr=schedule.rate,
        betas=(0.9, 0.95),
    )
    for name, weight in model.named_parameters():
        if name in moments:
            first, second = (moment.to(weight.device) for moment in moments[name])
            optimiser.state[weight] = {"step": torch.tensor(float(step)), "exp_avg": first, "exp_avg_sq": second}
    return optimiser


def _decays(name: str, weight: Tensor) -> bool:
    return weight.ndim == 2 and not name.startswith(("symbols", "places"))


def parts_of(
    data: NDArray[Any], schedule: Schedule, step: int, device: torch.device | str, rank: int = 0
) -> list[tuple[Tensor, Tensor | None]]:
    """A process's share of a step's batch in equal parts: symbols (b, T), and which of them are hidden."""
    rows = batch_rows(data.shape[0], schedule, step)[rank :: world()]
    hidden = drawn(schedule.batch, data.shape[1], schedule.objective, schedule.seed * _STRIDE + step)
    symbols = torch.from_numpy(data[rows].astype(np.int64)).to(device).chunk(schedule.accumulate)
    if hidden is None:
        return [(part, None) for part in symbols]
    masks = hidden[rank :: world()].to(device).chunk(schedule.accumulate)
    return list(zip(symbols, masks, strict=True))


def take_step(
    model: Network,
    run: nn.Module,
    optimiser: torch.optim.Optimizer,
    parts: Sequence[tuple[Tensor, Tensor | None]],
    schedule: Schedule,
    step: int,
) -> tuple[float, float]:
    """One step: bits a symbol before it (mean over all processes), norm of the gradient.

    Raises `FloatingPointError` if either is no number; then nothing has changed.
    """
    for group in optimiser.param_groups:
        group["lr"] = schedule.rate_at(step)
    optimiser.zero_grad(set_to_none=True)
    device = parts[0][0].device
    total = torch.zeros((), device=device)
    for x, hidden in parts:
        with torch.autocast(device.type, torch.bfloat16, enabled=schedule.precision == "bfloat16"):
            loss = nats(model, x, hidden, run=run).mean() / len(parts)
        loss.backward()  # type: ignore[no-untyped-call]
        total += loss.detach()
    if world() > 1:
        distributed.all_reduce(total)
        total /= world()
    norm = float(nn.utils.clip_grad_norm_(model.parameters(), schedule.clip))
    bits = float(total) / LN2
    if not (math.isfinite(bits) and math.isfinite(norm)):
        raise FloatingPointError
    optimiser.step()
    return bits, norm


def world() -> int:
    """Processes that train together."""
    return distributed.get_world_size() if distributed.is_initialized() else 1
