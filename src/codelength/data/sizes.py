"""Sizes as people write them: `120kB` is 120,000 bytes, `1MiB` is 1,048,576, a bare number is bytes.

The prefixes are those of the SI (k, M, G, T: powers of 1000) and of IEC 80000-13 (Ki, Mi, Gi, Ti: powers of 1024);
case does not matter and the `B` may be left out, so `120k` is 120,000. Cost: none.
"""

from __future__ import annotations

import re
from decimal import Decimal

from codelength.core import DataError

_SIZE = re.compile(r"\s*(\d{1,30}(?:\.\d{1,30})?)\s*([kmgt]?)(i?)b?\s*", re.IGNORECASE | re.ASCII)
_POWER = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4}


def parse_size(text: str) -> int:
    """The number of bytes that `text` names.

    Raises
    ------
    DataError
        Not a size, or not a whole number of bytes.

    Examples
    --------
    >>> parse_size("120kB"), parse_size("1MiB"), parse_size("4096")
    (120000, 1048576, 4096)
    """
    match = _SIZE.fullmatch(text)
    if match is None or (match[3] and not match[2]):
        raise DataError(f"{text!r} is not a size; write a number of bytes such as 4096, 120kB or 1.5MiB")
    size = Decimal(match[1]) * (1024 if match[3] else 1000) ** _POWER[match[2].lower()]
    if size != int(size):
        raise DataError(f"{text!r} is not a whole number of bytes")
    return int(size)


def format_size(size: int) -> str:
    """A size in at most four digits with its SI unit.

    Examples
    --------
    >>> format_size(999), format_size(120_000), format_size(1_048_576)
    ('999 B', '120 kB', '1.05 MB')
    """
    if abs(size) < 1000:
        return f"{size} B"
    value = float(size)
    for unit in ("kB", "MB", "GB", "TB"):
        value /= 1000
        if abs(value) < 999.5 or unit == "TB":
            break
    return f"{value:.3g} {unit}" if abs(value) < 999.5 else f"{value:,.0f} {unit}"
