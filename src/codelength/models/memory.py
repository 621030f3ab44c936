"""Memory that runs out, on a GPU or not, said to a person: which setting to lower.

PyTorch has three ways to say so: `torch.OutOfMemoryError` (a GPU's allocator), a plain `RuntimeError` (the CPU's,
"can't allocate memory"), and another of cuBLAS (CUBLAS_STATUS_ALLOC_FAILED), which has no room for its workspace. Other
errors speak of memory too, such as an illegal access, and are none of these. Cost: none.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import torch

from codelength.core import CodelengthError

_SAID = ("out of memory", "can't allocate memory", "ALLOC_FAILED")


class OutOfMemoryError(CodelengthError):
    """Memory ran out; the message says which setting to lower."""


def ran_out(error: BaseException) -> bool:
    """Whether an error says that there is no memory left."""
    if isinstance(error, (MemoryError, torch.OutOfMemoryError)):
        return True
    return isinstance(error, RuntimeError) and any(words in str(error) for words in _SAID)


@contextlib.contextmanager
def enough_memory(advice: str) -> Iterator[None]:
    """Raise `OutOfMemoryError` with this advice where memory runs out inside.

    Examples
    --------
    >>> with enough_memory("take fewer lanes than 64"):
    ...     raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")
    Traceback (most recent call last):
    codelength.models.memory.OutOfMemoryError: out of memory: take fewer lanes than 64
    """
    try:
        yield
    except (MemoryError, RuntimeError) as error:
        if not ran_out(error):
            raise
        raise OutOfMemoryError(f"out of memory: {advice}") from error
