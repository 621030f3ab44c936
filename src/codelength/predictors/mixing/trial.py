"""Does a typed code pay? A piece of the data is coded by it and by `cm`, and the smaller one is taken.

What statistics find, a trial confirms: a table may be so regular that matches do better than columns, a sound may be
made of loops. Cost: 16 kB coded twice, a third of a second, only where something was found.
"""

from __future__ import annotations

from codelength.predictors.mixing.predictor import ContextMixing
from codelength.predictors.mixing.typed import TypedCode

PIECE = 1 << 14
"""Bytes that are tried."""


def pays(code: TypedCode, piece: bytes) -> bool:
    """Whether this code, its spec included, takes fewer bits than `cm` for a piece of data."""
    return code.bits(piece).bits + 8 * len(code.spec) < ContextMixing().bits(piece).bits
