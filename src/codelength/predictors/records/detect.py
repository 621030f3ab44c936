"""Is this a table of rows of a fixed width, and does a byte of a row tell the others?

Width: at the right distance bytes repeat more often than at others. Of the share of bytes equal to the byte L before,
s(L), with the median m over all L up to 300, the excess is (s(L) - m) / (1 - m). The width is the smallest L with nine
tenths of the largest excess, if that is large enough, if two or three widths repeat nearly as well, and neighbours
(L = 1) do not. Text is never a table: its lines have lengths of their own, and `cm` knows words.

Key: the kernel runs over the head and finds the phase; for each position k, how often does the byte come that was last
seen at its position under the same byte at k? A byte that is the same in half of the rows is no key; the best one is if
it foresees a fiftieth of what the row above does not.

At last a piece is coded as records and by `cm` (`mixing.trial`).

Cost: 5 milliseconds for the width; where there is one, for the key `width` look-ups for each of 128 KiB, 10
milliseconds, and the trial.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codelength.predictors.compiled import kernel
from codelength.predictors.mixing.state import KIND, KIND_REGISTERS, SEEN
from codelength.predictors.mixing.trial import PIECE, pays
from codelength.predictors.records.features import see_records
from codelength.predictors.records.phase import MOST_ALIGNED, wrapped
from codelength.predictors.records.predictor import Records
from codelength.predictors.records.state import NO_KEY, POSITION, UP, WIDTH, records_state

LONGEST = 300
_SAMPLE = 1 << 16
_KEYED = 1 << 17
_LEAST_ROWS = 8
_LEAST_EXCESS = 120
"""Thousandths."""

_STRAY = re.compile("[\x00-\x08\x0e-\x1f\x7f\ufffd]")
"""What no text has, be it in a script of three bytes a letter."""


def detect_records(head: bytes, _size: int | None = None) -> str | None:
    """The spec of the code for records, if `head`, the first MiB of the data, is a table of rows and that pays.

    Examples
    --------
    >>> detect_records(b"a table of rows, it says, and is none. " * 99) is None
    True
    """
    code = records_of(head)
    start = max(0, (len(head) - PIECE) // 2)
    return code.spec if code is not None and pays(code, head[start : start + PIECE]) else None


def records_of(head: bytes) -> Records | None:
    """The code with the width and key of the rows in `head`, if there are rows."""
    start = max(0, (len(head) - _SAMPLE) // 2)  # headers stand at the ends
    width = width_of(np.frombuffer(head, np.uint8)[start : start + _SAMPLE])
    if width == 0:
        return None
    return Records(width=width, key=key_of(np.frombuffer(head, np.uint8)[:_KEYED], width))


def width_of(sample: NDArray[np.uint8]) -> int:
    """Bytes in a row of the sample, 0 where it is no table."""
    longest = min(LONGEST, len(sample) // _LEAST_ROWS)
    text = sample.tobytes().decode("utf-8", "replace")
    if longest < 3 or 20 * len(_STRAY.findall(text)) < len(text):
        return 0
    one = 1 << 20
    repeats = [int(np.count_nonzero(sample[lag:] == sample[:-lag])) for lag in range(1, longest + 1)]
    shares = [repeat * one // (len(sample) - lag) for lag, repeat in enumerate(repeats, 1)]
    median = sorted(shares)[longest // 2]
    if median == one:
        return 0
    excess = [0, *((share - median) * 1000 // (one - median) for share in shares)]
    top = max(excess[2:])
    width = next(lag for lag in range(2, longest + 1) if 10 * excess[lag] >= 9 * top)
    if top < _LEAST_EXCESS or 3 * width > longest or 10 * excess[1] > 9 * excess[width]:
        return 0
    return width if 10 * min(excess[2 * width], excess[3 * width]) >= 6 * excess[width] else 0


def key_of(sample: NDArray[np.uint8], width: int) -> int:
    """The position, in the phase that the kernel finds, of the byte of a row that tells most, or `NO_KEY`."""
    if not 2 < width <= MOST_ALIGNED:
        return NO_KEY
    hits, values = np.zeros(width, np.int64), np.zeros((width, 256), np.int64)
    last = np.zeros((width, width, 256), np.uint8)
    registers = np.zeros(KIND + KIND_REGISTERS, np.int64)
    keys = np.zeros(width, np.int64)
    above = int(_tell(sample, registers, records_state(width, NO_KEY, ()), keys, values, last, hits))
    hits[2 * values.max(axis=1) > values.sum(axis=1)] = 0
    best = int(hits.argmax())
    return best if 50 * (int(hits[best]) - above) > len(sample) - above else NO_KEY


@kernel
def _tell(sample: Any, r: Any, x: Any, keys: Any, values: Any, last: Any, hits: Any) -> Any:
    """Count the bytes foreseen under each key into `hits`, what stands where into `values`; give those that UP was."""
    width = x.layout[WIDTH]
    above = np.int64(0)
    for i in range(sample.shape[0]):
        byte = np.int64(sample[i])
        position = r[POSITION]
        above += np.int64(r[UP] == byte)
        for k in range(width):
            hits[k] += np.int64(last[k, position, keys[k]] == byte)
            last[k, position, keys[k]] = byte
        r[SEEN] = i + 1
        see_records(r, x, sample, byte)
        place = wrapped(r[POSITION] + width - 1, width)
        keys[place] = byte
        values[place, byte] += 1
    return above
