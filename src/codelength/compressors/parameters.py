"""What the compressors share: parameters as text, their ranges, and the codelength of a byte stream.

A spec is the catalogue's name followed by those parameters that differ from their defaults: `zstd`, `zstd:level=3`.
"""

from __future__ import annotations

import sys
from dataclasses import fields
from typing import Any

from codelength.core import Bits, StreamError


def spec_of(name: str, code: Any) -> str:
    """The spec of a dataclass: `name:parameter=value,...` over its public fields, defaults left out."""
    set_ = [
        f"{field.name}={getattr(code, field.name)}"
        for field in fields(code)
        if not field.name.startswith("_") and getattr(code, field.name) != field.default
    ]
    return name + (":" + ",".join(set_) if set_ else "")


def check_range(name: str, value: object, low: int, high: int) -> None:
    """Raise `ValueError` unless `value` is a whole number from `low` to `high`."""
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise ValueError(f"{name} is {value!r}; expected a whole number from {low} to {high}")


def exact(stream: bytes) -> Bits:
    """The codelength that a stream of whole bytes is."""
    return Bits(8.0 * len(stream))


def limit(max_size: int) -> int:
    """What to ask a library for: one byte more than is allowed shows that there is too much."""
    return min(max(max_size, 0), sys.maxsize - 1) + 1


def too_large(max_size: int) -> StreamError:
    """The stream holds more data than its reader allows."""
    return StreamError(f"the stream holds more than the {max_size:,} bytes that are allowed (max_size)")


def damaged(name: str, reason: object) -> StreamError:
    """The library refuses the stream."""
    return StreamError(f"not a sound {name} stream: {reason}")


def truncated(name: str) -> StreamError:
    """The stream stops before its end."""
    return StreamError(f"the {name} stream ends too early: it is truncated or damaged")


def left_over(name: str, count: int) -> StreamError:
    """Bytes follow the end of the stream."""
    return StreamError(f"bytes are left over after the {name} stream ({count:,}): it is damaged or not of this code")
