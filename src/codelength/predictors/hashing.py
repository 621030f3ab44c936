"""Hashing in 32 bits, within int64: multiply by an odd constant below 2**31, keep 32 bits, fold the high ones down.

The constants are arbitrary odd numbers with about half their bits set; they are part of the code named `cm`.
"""

from __future__ import annotations

import numpy as np

MULTIPLIERS = np.array(
    [0x2F0B4C47, 0x1B873593, 0x165667B1, 0x297A2D39, 0x3C6EF373, 0x27D4EB2F], dtype=np.int64
)
SALT = np.int64(0x3779B97F)
SPREAD = np.int64(0x1E3779B1)
M32 = np.int64(0xFFFFFFFF)
