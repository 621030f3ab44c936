"""Training on a GPU that comes out the same twice, as a code that learns needs it: the decoder trains anew.

By default some of PyTorch's kernels add numbers in whatever order threads arrive (the backward pass of attention in
float32, of embeddings), and cuBLAS may choose its sums by the room that is left for it. `repeatable` asks for kernels
with a fixed order, and sets CUBLAS_WORKSPACE_CONFIG as that wants it; an operation that has none raises
`RuntimeError` instead of a stream that cannot be decoded. On a CPU, where the same threads give the same sums, it does
nothing. Cost: on a GPU some slower kernels.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator

import torch

_ROOM, _ENOUGH = "CUBLAS_WORKSPACE_CONFIG", ":4096:8"


@contextlib.contextmanager
def repeatable(device: str) -> Iterator[None]:
    """Inside, the same numbers give the same sums on this device; afterwards PyTorch is set as it was."""
    if torch.device(device).type != "cuda":
        yield
        return
    os.environ.setdefault(_ROOM, _ENOUGH)
    before, warned = torch.are_deterministic_algorithms_enabled(), torch.is_deterministic_algorithms_warn_only_enabled()
    torch.use_deterministic_algorithms(True)
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(before, warn_only=warned)
