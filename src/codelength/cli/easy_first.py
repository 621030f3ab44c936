"""Sequences in the order of what they cost under a small code, the cheapest first: `train --order easy-first`.

Each half is scored by the code given up to 500 sequences of the other half, so that none is cheap for having been seen.
Cost: with `cm` about a millisecond a sequence.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from codelength.catalogue import make
from codelength.core import DataError
from codelength.data.sequences import Sequences

_GIVEN = 500
_TOLD_EVERY = 100


def easiest_first(
    found: Sequences, spec: str, seed: int, on_progress: Callable[[int, int], None] | None = None
) -> NDArray[np.uint16]:
    """The sequences (n, T), sorted by their bits under a code of the catalogue; ties in the order given.

    Raises
    ------
    DataError
        A code that takes no side information, or a single sequence.
    """
    code = make(spec)
    if not hasattr(code, "given"):
        raise DataError(f"{spec} takes no side information, which scoring sequences needs: take cm, ctw, ppmd or kt")
    n = len(found.symbols)
    if n < 2:
        raise DataError("a single sequence has no order: --order easy-first needs two or more")
    rows = found.symbols.astype(np.uint8 if found.alphabet <= 256 else "<u2")
    order = np.random.default_rng([seed, 2]).permutation(n)
    costs, done = np.empty(n), 0
    for own, other in ((order[: n // 2], order[n // 2 :]), (order[n // 2 :], order[: n // 2])):
        given = code.given(rows[other[:_GIVEN]].tobytes())
        for row in own.tolist():
            costs[row] = given.bits(rows[row].tobytes()).bits
            done += 1
            if on_progress is not None and (done % _TOLD_EVERY == 0 or done == n):
                on_progress(done, n)
    return found.symbols[np.argsort(costs, kind="stable")]
