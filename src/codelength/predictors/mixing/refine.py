"""A finer final stage for kinds of data that have contexts of their own.

    p = (a + b + 2 c) / 4      a, b, c: adaptive maps of squash(z), interpolated, each in a context of 16 bits

(Mattsson's and Mahoney's adaptive probability maps, 2005 on), z the vote of context mixing (`kernel`). The maps
have all of their rows from the beginning: 20 MB, of which little data touch little.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from codelength.predictors.compiled import inlined
from codelength.predictors.hashing import M32, SALT, SPREAD
from codelength.predictors.logistic import LIMIT
from codelength.predictors.mixing.finals import adapt_final, fetch_row, final
from codelength.predictors.mixing.kernel import ONE
from codelength.predictors.mixing.mixers import SQUASH, learn_mixers, mix
from codelength.predictors.mixing.state import (
    AWAKE,
    BUCKET,
    BUCKETS,
    FINAL1,
    FINAL2,
    FRACTION,
    KIND,
    MIXED,
    State,
)

FINAL_ROW = 65536 * BUCKETS
"""Cells of a final map."""

FINALS = 3 * FINAL_ROW

PLAIN_SHIFT = 11
"""Plain inputs (`fine.plain_inputs`) reach from -2**10 to 2**10."""
FINAL3 = KIND + 60


@inlined
def hashed(value: int, factor: int, partial: int) -> Any:
    """16 bits of a context and of the bits known of the byte."""
    h = (value * factor + partial * SALT) & M32
    return ((h ^ (h >> 15)) * SPREAD & M32) >> 16


@inlined
def refined(s: State, first: int, second: int, third: int) -> Any:
    """The model's P(1) in units of 2**-22, the inputs and rows of weights being chosen."""
    r = s.registers
    for row in (first, 65536 + second, 2 * 65536 + third):
        fetch_row(s, np.int64(row) * BUCKETS)
    z = mix(s)
    r[MIXED] = SQUASH[z + LIMIT]
    z += LIMIT
    bucket = z >> 8
    r[FRACTION] = z & 255
    r[BUCKET] = bucket
    r[FINAL1] = first * BUCKETS + bucket
    r[FINAL2] = FINAL_ROW + second * BUCKETS + bucket
    r[FINAL3] = 2 * FINAL_ROW + third * BUCKETS + bucket
    return (final(s, r[FINAL1], bucket) + final(s, r[FINAL2], bucket) + 2 * final(s, r[FINAL3], bucket)) >> 12


@inlined
def learn_refined(s: State, bit: int) -> None:
    """Mixers and final maps learn the bit, unless the data look like noise."""
    r = s.registers
    if r[AWAKE] > 0:
        learn_mixers(s, np.int64(bit) * (ONE - 1))
        target = np.int64(bit) * ((np.int64(1) << 24) - 1)
        fraction = r[FRACTION]
        bucket = r[BUCKET]
        for which in (FINAL1, FINAL2, FINAL3):
            adapt_final(s, r[which], bucket, 256 - fraction, target)
            adapt_final(s, r[which] + 1, bucket + 1, fraction, target)
