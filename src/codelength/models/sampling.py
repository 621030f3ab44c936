"""Drawing sequences from a network, symbol by symbol: new ones, or what continues a beginning.

    P_tau(v) ~ P(v)^(1 / tau)

A temperature tau of 1 draws from the model itself, less prefers what is likely, 0 takes the likeliest. Cost: one step a
position for all sequences at once.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray

from codelength.core import DataError
from codelength.models.lanes import Symbols
from codelength.models.memory import enough_memory
from codelength.models.networks import Network, Steps


def sample(
    model: Network,
    n: int,
    length: int,
    *,
    beginnings: NDArray[np.integer] | None = None,
    temperature: float = 1.0,
    seed: int = 0,
    on_progress: Callable[[int, int], None] | None = None,
) -> Symbols:
    """Sequences of a model.

    Parameters
    ----------
    model
        Trained to predict the next symbol.
    n, length
        How many, and how long each; the length at most the model's context.
    beginnings
        (n, t) symbols that the sequences begin with, t < length.
    temperature
        0 or more.
    seed
        The same seed draws the same on the same machine.
    on_progress
        Called with positions done and positions in all.

    Returns
    -------
    NDArray
        (n, length) uint16.

    Raises
    ------
    DataError
        Numbers out of range, or beginnings that do not fit.
    """
    if n < 1 or not 1 <= length <= model.config.context or not 0 <= temperature < math.inf:
        raise DataError(
            f"{n} sequences of {length} symbols at temperature {temperature:g}: expected at least one, of 1 to "
            f"{model.config.context} symbols, and a temperature of 0 or more"
        )
    given = np.empty((n, 0), np.int64) if beginnings is None else beginnings.astype(np.int64)
    if given.shape[0] != n or given.shape[1] > length:
        raise DataError(f"beginnings of shape {given.shape} for {n} sequences of {length} symbols")
    if given.size and not 0 <= int(given.min()) <= int(given.max()) < model.config.symbols:
        raise DataError(
            f"beginnings run from {given.min()} to {given.max()}; the alphabet is 0 to {model.config.symbols - 1}"
        )
    weight = model.head.weight
    draw = torch.Generator(weight.device).manual_seed(seed)
    x = np.zeros((n, length), dtype=np.uint16)
    tokens = torch.full((n,), model.start, device=weight.device)
    with torch.inference_mode(), enough_memory(f"draw fewer than {n} at a time (--number), or take a smaller model"):
        step = Steps(model, n)
        for t in range(length):
            logits = step(tokens).double()
            if t < given.shape[1]:
                tokens = torch.from_numpy(given[:, t]).to(weight.device)
            elif temperature == 0:
                tokens = logits.argmax(dim=-1)
            else:
                tokens = torch.multinomial(torch.softmax(logits / temperature, dim=-1), 1, generator=draw)[:, 0]
            x[:, t] = tokens.cpu().numpy()
            if on_progress is not None:
                on_progress(t + 1, length)
    return x
