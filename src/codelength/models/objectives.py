"""What a network is trained for, in nats a symbol; the same trunk serves all three, so that they can be compared.

    next        mean over t of -ln P(x_t | x_<t)
    masked      15 % of the symbols hidden at random, mean over those of -ln P(x_i | the others)  (Devlin et al. 2019)
    diffusion   K uniform on 1..T, K symbols hidden at random, the same mean over those

`next` is a codelength. `masked` is none: it says nothing about how to code all of x. `diffusion` is an upper bound of
one in expectation, the evidence bound of absorbing-state diffusion in its maximum-likelihood form: with an order drawn
at random, T/K times the sum over the K hidden symbols is an unbiased estimate of the bound (Uria, Murray & Larochelle
2014; Hoogeboom et al. 2022, equation 8). `any_order.evidence_bound` gives the whole sum.
"""

from __future__ import annotations

from typing import Literal, get_args

import torch
from torch import Tensor, nn
from torch.nn import functional

from codelength.core import DataError
from codelength.models.networks import Network
from codelength.models.pixel_network import PixelNetwork

Objective = Literal["next", "masked", "diffusion"]
OBJECTIVES: tuple[Objective, ...] = get_args(Objective)

MASKED = 0.15


def nats(model: Network, x: Tensor, hidden: Tensor | None = None, *, run: nn.Module | None = None) -> Tensor:
    """Nats a symbol of each sequence: (B, T) symbols -> (B,).

    `hidden`: what `drawn` gave, (B, T); None predicts the next symbol. `run`: the model as it is called, compiled or
    wrapped for many devices.
    """
    call = model if run is None else run
    if hidden is None:
        return nats_of(call(model.shifted(x), True), x, None)
    if isinstance(model, PixelNetwork):
        raise DataError("a network of pixels learns the next pixel, not hidden ones")
    return nats_of(call(x.masked_fill(hidden, model.hidden_symbol), False), x, hidden)


def nats_of(logits: Tensor, x: Tensor, hidden: Tensor | None) -> Tensor:
    """The same from logits (B, T, V) that are there: a mean over all symbols (B, T), or over the hidden ones; (B,)."""
    costs = _costs(logits, x)
    return costs.mean(dim=1) if hidden is None else (costs * hidden).sum(dim=1) / hidden.sum(dim=1)


def drawn(batch: int, length: int, objective: Objective, seed: int) -> Tensor | None:
    """Which symbols are hidden: (B, T) booleans, at least one in each row; None where the objective hides none.

    Drawn on the CPU, so that the device changes nothing.
    """
    if objective == "next":
        return None
    draw = torch.Generator().manual_seed(seed)
    if objective == "masked":
        count = torch.full((batch,), max(1, round(MASKED * length)))
    else:
        count = torch.randint(1, length + 1, (batch,), generator=draw)
    places = torch.rand(batch, length, generator=draw).argsort(dim=1).argsort(dim=1)
    return places < count[:, None]


def _costs(logits: Tensor, x: Tensor) -> Tensor:
    """Nats of each symbol, in float32 whatever the logits (B, T, V) are: (B, T)."""
    flat = functional.cross_entropy(logits.float().reshape(-1, logits.shape[-1]), x.reshape(-1), reduction="none")
    return flat.view(x.shape)
