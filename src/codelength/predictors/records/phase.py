"""Where the next byte lies: its position in the record, found again where one had another length, and a second period.

Each position remembers its usual byte and how usual that is. Each of the `width` shifts of the phase has a score, which
decays, of how well the bytes just seen agree with what is usual there; when another shift leads by `MARGIN`, the
position jumps. The second period needs no parameter: a byte value that comes back twice at the same distance votes for
this distance; most votes, halved now and then, are the period.

Cost: `width` additions a byte for the phase, none above 64. Source: this project.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from codelength.predictors.compiled import inlined, kernel
from codelength.predictors.mixing.state import SEEN
from codelength.predictors.records.state import MOST_WIDTH, POSITION, WIDTH

MOST_ALIGNED = 64
"""Wider records keep their phase."""

MARGIN = 400
"""Of a score within +-1600."""

_MOST_USUAL = 100
_MOST_VOTES = 128


@inlined
def wrapped(position: Any, width: Any) -> Any:
    """A position less than two records on, brought back into the first."""
    return position - width if position >= width else position


@kernel
def align(r: Any, x: Any, byte: Any) -> None:
    """Score every shift by the byte just seen, jump to a clear leader, learn the usual byte."""
    width = x.layout[WIDTH]
    position = r[POSITION]
    if width <= MOST_ALIGNED:
        lead = x.scores[0]
        best = np.int64(0)
        for shift in range(width):
            at = wrapped(position + shift, width)
            agrees = x.sure[at] if x.usual[at] == byte else -x.sure[at]
            x.scores[shift] += (agrees * 16 - x.scores[shift]) >> 3
            if x.scores[shift] > lead:
                lead = x.scores[shift]
                best = np.int64(shift)
        if lead > x.scores[0] + MARGIN:
            position = wrapped(position + best, width)
            for shift in range(width):
                x.scores[shift] = 0
    if x.usual[position] == byte:
        x.sure[position] = min(x.sure[position] + 1, np.int64(_MOST_USUAL))
    elif x.sure[position] > 0:
        x.sure[position] = max(x.sure[position] - 4, np.int64(0))
    else:
        x.usual[position] = byte
    r[POSITION] = position


@kernel
def vote(r: Any, x: Any, byte: Any) -> None:
    """Vote for the distance at which this byte value came back."""
    seen = r[SEEN]
    gap = seen - x.last_at[byte]
    x.last_at[byte] = seen
    if gap == x.last_gap[byte] and 1 < gap < MOST_WIDTH:
        x.votes[gap] += 1
        if x.votes[gap] > x.votes[x.period[0]]:
            x.period[0] = gap
        if x.votes[gap] >= _MOST_VOTES:
            for k in range(MOST_WIDTH):
                x.votes[k] >>= 1
    x.last_gap[byte] = gap
