"""The primer: English text that ships with the package, to be read before a text as if it were side information.

A short text's bits go into learning what every English text has: its words, its spelling. Both sides have this
package, so both can read its primer first. That is a dictionary, as brotli has one, and no more: it belongs to the
decoder's size, and figures are given with it and without. Made by `benchmarks/make_primer.py`, which says of what.

Its end lies in a file of its own, so that little data unpacks little.
"""

from __future__ import annotations

import bz2
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

KILOBYTES = 3072
"""Its length. The text is part of the code named `cm`: it never changes."""

TAIL_KILOBYTES = 64

FILE = Path(__file__).parent / "primer.bin"
TAIL_FILE = Path(__file__).parent / "primer_tail.bin"


@cache
def _tail() -> bytes:
    return bz2.decompress(TAIL_FILE.read_bytes())


@cache
def _whole() -> bytes:
    return bz2.decompress(FILE.read_bytes()) + _tail()


def primer_text(kilobytes: int) -> NDArray[np.uint8]:
    """Its last kilobytes, which hold some of everything in it."""
    text = _tail() if kilobytes <= TAIL_KILOBYTES else _whole()
    return np.frombuffer(text, dtype=np.uint8)[len(text) - (kilobytes << 10) :]
