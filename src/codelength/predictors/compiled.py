"""How the context-mixing kernels are compiled: cached on disk, and without reference counts.

The kernels are many small functions over one state of sixteen arrays. Numba counts references whenever a tuple of
arrays is passed or unpacked; atomic increments then cost more than the arithmetic (62 kB/s with them, 235 kB/s
without, on enwik6). These kernels never allocate, so nothing has to be counted: `_nrt=False` leaves the counting out.
Where it is hot, an index that cannot be negative is cast to unsigned: Numba then leaves out the test for counting from
the end (a tenth of the time).
"""

from __future__ import annotations

from typing import Any

from numba import njit

_options: dict[str, Any] = {"cache": True, "_nrt": False}

kernel: Any = njit(**_options)
"""Decorator of a kernel that is called."""

joined: Any = njit(**_options, forceinline=True)
"""Decorator of a kernel that is called, and that the compiler writes into its callers: a call passes a state of some
twenty arrays word by word.
"""

inlined: Any = njit(**_options, inline="always")
"""Decorator of a part that is written into each kernel that uses it."""
