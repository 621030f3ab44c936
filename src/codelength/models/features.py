"""What a transformer's layers say about sequences: the mean over positions of the residual stream, layer by layer.

As iGPT's probes (Chen et al. 2020, section 3.3): f_l = mean over t of norm(h_l[t]), (D,) for each sequence and layer,
the first being the embeddings before any block. Cost: one pass over the data.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from codelength.models.transformer import EPSILON, Transformer


def features(
    model: Transformer,
    data: NDArray[Any],
    *,
    causal: bool = True,
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
    batch
        Sequences at once.
    on_progress
        Called with sequences done and sequences in all.

    Returns
    -------
    NDArray
        (layers + 1, n, D) float32.
    """
    found = np.empty((model.config.layers + 1, data.shape[0], model.config.width), dtype=np.float32)
    device = model.head.weight.device
    for first in range(0, data.shape[0], batch):
        x = torch.from_numpy(data[first : first + batch].astype(np.int64)).to(device)
        with torch.inference_mode():
            states = model.hidden(model.shifted(x) if causal else x, causal=causal)
            for layer, state in enumerate(states):
                mean = functional.rms_norm(state, (model.config.width,), eps=EPSILON).mean(dim=1)  # (B, D)
                found[layer, first : first + batch] = mean.float().cpu().numpy()
        if on_progress is not None:
            on_progress(min(first + batch, data.shape[0]), data.shape[0])
    return found
