"""Anything -> sequences of symbols of one length, and what they mean, so that they can be turned back.

    images of one size    row by row; a symbol is a grey level (256), or a colour of a palette (as many as it has)
    bytes                 windows of `context` bytes, one after the other; the last is filled up with zeros

`about` is plain JSON and travels with a network that was trained on such sequences, and with files that it codes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codelength.core import DataError
from codelength.data.palettes import indexed, painted
from codelength.data.pictures import Pictures, grey


@dataclass(frozen=True, slots=True, eq=False)
class Sequences:
    """`symbols`: (n, T) uint16; `alphabet`: how many symbols there are; `about`: what they mean."""

    symbols: NDArray[np.uint16]
    alphabet: int
    about: Mapping[str, Any]


def from_pictures(pictures: Pictures, palette: NDArray[np.uint8] | None = None) -> Sequences:
    """Images as sequences: grey levels without a palette, indices of its colours with one.

    Raises
    ------
    DataError
        A palette for grey images.
    """
    n, height, width = pictures.shape[:3]
    about: dict[str, Any] = {"kind": "images", "height": height, "width": width}
    if palette is None:
        return Sequences(grey(pictures).reshape(n, -1).astype(np.uint16), 256, about)
    if pictures.ndim != 4:
        raise DataError("a palette is for coloured images, and these are grey: leave it out")
    symbols = indexed(pictures, palette).reshape(n, -1)
    return Sequences(symbols, len(palette), about | {"palette": palette.tolist()})


def to_pictures(symbols: NDArray[np.integer], about: Mapping[str, Any]) -> Pictures:
    """Images back from sequences (n, height * width): (n, height, width) or (n, height, width, 3)."""
    shaped = symbols.reshape(-1, int(about["height"]), int(about["width"]))
    if "palette" not in about:
        return shaped.astype(np.uint8)
    return painted(shaped, np.array(about["palette"], dtype=np.uint8))


def from_bytes(content: bytes, context: int) -> Sequences:
    """Windows of bytes.

    Raises
    ------
    DataError
        No bytes, or windows of none.
    """
    if not content or context < 1:
        raise DataError(f"{len(content)} bytes in windows of {context}: expected at least one of each")
    windows = -(-len(content) // context)
    filled = np.frombuffer(content.ljust(windows * context, b"\0"), dtype=np.uint8)
    return Sequences(filled.reshape(windows, context).astype(np.uint16), 256, {"kind": "bytes", "size": len(content)})


def to_bytes(symbols: NDArray[np.integer], about: Mapping[str, Any]) -> bytes:
    """The bytes back from windows."""
    return symbols.astype(np.uint8).tobytes()[: int(about["size"])]
