"""What a network's layers say about sequences: the mean over positions of the residual stream, layer by layer.

As iGPT's probes (Chen et al. 2020, section 3.3): f_l = mean over t of norm(h_l[t]), (D,) for each sequence and layer,
the first being the embeddings before any block. A mean over all positions forgets what was where, which counts in small
images: `regions` gives a mean for each part of the sequence instead, side by side. Cost: one pass over the data.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from codelength.models.memory import enough_memory
from codelength.models.networks import Network
from codelength.models.transformer import EPSILON


def features(
    model: Network,
    data: NDArray[Any],
    *,
    causal: bool = True,
    regions: NDArray[np.integer] | None = None,
    batch: int = 64,
    on_progress: Callable[[int, int], None] | None = None,
) -> NDArray[np.float32]:
    """Features of every layer.

    Parameters
    ----------
    model
        Trained or not.
    data
        (n, T) symbols.
    causal
        As it was trained: False for a model of hidden symbols.
    regions
        (T,) from 0 to R - 1: which region each position is in, as `quarters` says; None is one region.
    batch
        Sequences at once.
    on_progress
        Called with sequences done and sequences in all.

    Returns
    -------
    NDArray
        (layers + 1, n, R D) float32.
    """
    width, device = model.config.width, model.head.weight.device
    places = torch.zeros(data.shape[1], dtype=torch.long) if regions is None else torch.from_numpy(regions.astype(int))
    members = functional.one_hot(places).float().to(device)  # (T, R)
    members /= members.sum(dim=0)
    found = np.empty((model.config.layers + 1, data.shape[0], members.shape[1] * width), dtype=np.float32)
    for first in range(0, data.shape[0], batch):
        x = torch.from_numpy(data[first : first + batch].astype(np.int64)).to(device)
        with torch.inference_mode(), enough_memory(f"a smaller `batch` than {batch}, or a smaller model"):
            states = model.hidden(model.shifted(x) if causal else x, causal=causal)
            for layer, state in enumerate(states):
                normed = functional.rms_norm(state, (width,), eps=EPSILON)  # (B, T, D)
                means = torch.einsum("btd,tr->brd", normed.float(), members).flatten(1)  # (B, R D)
                found[layer, first : first + batch] = means.cpu().numpy()
        if on_progress is not None:
            on_progress(min(first + batch, data.shape[0]), data.shape[0])
    return found


def quarters(height: int, width: int) -> NDArray[np.int64]:
    """Regions of an image, row by row: upper left 0, upper right 1, lower left 2, lower right 3; (height * width,)."""
    rows, columns = np.indices((height, width))
    return (2 * (2 * rows // height) + 2 * columns // width).reshape(-1)
