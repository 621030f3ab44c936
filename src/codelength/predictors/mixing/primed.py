"""States that have read the primer, kept on disk: a large primer takes longer to read than most texts that follow it.

What is kept is the whole state, array by array, under a name that is a digest of all that it depends on: the model,
its memory, the primer and how much of it, the sources of the engine, the versions it is compiled with, the byte order.
So a state is never used for another's, and whatever is wrong with a file (`cache`), the primer is read anew, to the
same state.

Kept are amounts that are asked for again and again: powers of two of kilobytes from 64 on, the whole
primer and half of it. What it saves: `python -m benchmarks.primed`.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable, Iterator
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any, BinaryIO

import numba
import numpy as np

from codelength.predictors.cache import load, save
from codelength.predictors.mixing.contexts import Model
from codelength.predictors.mixing.fresh import aligned_zeros
from codelength.predictors.mixing.growth import capacity
from codelength.predictors.mixing.primer import FILE, KILOBYTES, TAIL_FILE
from codelength.predictors.mixing.state import State

LEAST_KILOBYTES = 64

_MOST_HEADER = 1 << 16
_HERE = Path(__file__).parent
_ENGINE = ("compiled.py", "hashing.py", "histories.py", "logistic.py")
"""Sources of the engine outside this folder."""


def is_kept(kilobytes: int) -> bool:
    """Whether a state that has read so much of the primer is kept."""
    power = kilobytes >= LEAST_KILOBYTES and kilobytes & (kilobytes - 1) == 0
    return power or kilobytes in (KILOBYTES // 2, KILOBYTES)


def primed(
    fresh: State, model: Model, memory: int, kilobytes: int, prime: Callable[[State], State], source: bytes = b""
) -> State:
    """A fresh state after so many kilobytes of the primer: a kept one, or what `prime` makes, which is kept. `source`
    is what the text read depends on, besides the primer.
    """
    if not is_kept(kilobytes):
        return prime(fresh)
    name = name_of(model, memory, kilobytes, source)
    state = load(name, lambda stream: _read(stream, fresh, memory))
    if state is None:
        state = prime(fresh)
        save(name, _parts(state))
    return state


def name_of(model: Model, memory: int, kilobytes: int, source: bytes = b"") -> str:
    """The name under which a state is kept."""
    versions = (sys.byteorder, np.__version__, numba.__version__)
    said = repr((model, memory, kilobytes, versions)).encode()
    return f"primed-{blake2b(_sources() + said + source, digest_size=16).hexdigest()}"


@cache
def _sources() -> bytes:
    """A digest of the engine's sources and of the primer."""
    digest = blake2b()
    for path in (*sorted(_HERE.glob("*.py")), *(_HERE.parent / name for name in _ENGINE), FILE, TAIL_FILE):
        text = path.read_bytes()
        digest.update(f"{path.name} {len(text)}\n".encode() + text)
    return digest.digest()


def _parts(state: State) -> Iterator[bytes | memoryview]:
    """What the arrays are, then what they hold."""
    header = json.dumps([[name, array.dtype.str, array.shape] for name, array in state._asdict().items()]).encode()
    yield len(header).to_bytes(4, "little") + header
    for array in state:
        yield array.reshape(-1).view(np.uint8).data


def _read(stream: BinaryIO, fresh: State, memory: int) -> State:
    size = int.from_bytes(stream.read(4), "little")
    arrays: dict[str, Any] = {}
    was: Any
    for (name, dtype, shape), was in zip(json.loads(stream.read(min(size, _MOST_HEADER))), fresh, strict=True):
        if dtype != was.dtype.str or len(shape) != was.ndim:
            raise ValueError(f"{name} is of another type")
        length = math.prod(shape) * was.itemsize
        array = aligned_zeros(length, capacity(fresh, length, memory) if name == "slots" else 0)
        arrays[name] = array.view(was.dtype).reshape(shape)
    for array in arrays.values():
        _fill(stream, array.reshape(-1).view(np.uint8).data)
    return State(**arrays)


def _fill(stream: BinaryIO, view: memoryview) -> None:
    while len(view):
        got = stream.readinto(view)  # type: ignore[attr-defined]
        if not got:
            raise ValueError("the content ends too early")
        view = view[got:]
