"""The idx format of MNIST and its likes <-> arrays: labels (n,), images (n, height, width), gzipped or not.

00 00 | type: 08 for uint8 | number of dimensions d | d sizes, 4 bytes each, the highest first | the values
"""

from __future__ import annotations

import math
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from codelength.core import DataError
from codelength.data.files import MAX_SIZE, display, read_path

_UNSIGNED_BYTES = 8
_GZIP = b"\x1f\x8b"


def is_idx(head: bytes) -> bool:
    """Whether bytes begin as an idx file of uint8 does (what a gzipped one holds is not looked at)."""
    return len(head) >= 4 and head[:3] == bytes([0, 0, _UNSIGNED_BYTES]) and 1 <= head[3] <= 4


def read_idx(path: Path, *, max_size: int = MAX_SIZE) -> NDArray[np.uint8]:
    """The array that a file holds.

    Parameters
    ----------
    path
        The file, gzipped or not.
    max_size
        Refuse more bytes than this, unpacked.

    Returns
    -------
    NDArray
        uint8 of 1 to 4 dimensions; the first counts examples.

    Raises
    ------
    DataError
        A file that is missing, damaged, of another format, of other values than uint8, or too large.
    """
    content = unzipped(read_path(path, max_size=max_size).content, display(path), max_size)
    if not is_idx(content):
        raise DataError(
            f"{display(path)}: not an idx file of uint8, as MNIST's are (its first bytes are {content[:4].hex(' ')})"
        )
    dimensions = content[3]
    start = 4 + 4 * dimensions
    shape = [int.from_bytes(content[at : at + 4], "big") for at in range(4, start, 4)]
    if len(content) != start + math.prod(shape):
        raise DataError(
            f"{display(path)}: says {' x '.join(map(str, shape))} values and holds {len(content) - start:,}: damaged"
        )
    return np.frombuffer(content, np.uint8, offset=start).reshape(shape)


def unzipped(content: bytes, name: str, max_size: int) -> bytes:
    """What a gzip file holds; anything else as it is. Raises `DataError` for a damaged one or more than `max_size`."""
    if not content.startswith(_GZIP):
        return content
    parts, left = list[bytes](), max_size
    while content:
        member = zlib.decompressobj(wbits=31)
        try:
            parts.append(member.decompress(content, left + 1))
        except zlib.error as error:
            raise DataError(f"{name}: a damaged gzip file: {error}") from error
        left -= len(parts[-1])
        if left < 0:
            raise DataError(f"{name}: unpacks to more than {max_size:,} bytes; allow more or cut it")
        if not member.eof:
            raise DataError(f"{name}: a gzip file that is cut short")
        content = member.unused_data
    return b"".join(parts)
