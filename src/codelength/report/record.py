"""Results as JSON: what `--json` prints and what a benchmark keeps. Strict JSON, in ASCII, nothing lost.

`Bits` becomes {"bits", "kind", "stderr"}, a dataclass the object of its fields. JSON has no infinities: they and NaN
become the strings "Infinity", "-Infinity" and "NaN", which `float()` and JavaScript's `Number()` both read.
"""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any

import numpy as np

from codelength.core import Bits

Json = None | bool | int | float | str | list[Any] | dict[str, Any]


def to_record(value: object) -> Json:
    """`value` as JSON-able values.

    Parameters
    ----------
    value
        None, booleans, numbers, text, paths, `Bits`, dataclasses, mappings, sequences and NumPy values, nested.

    Raises
    ------
    TypeError
        Anything else, bytes among it: a record holds results, not data.

    Examples
    --------
    >>> to_record({"saved": Bits(29.0), "x": float("inf")})
    {'saved': {'bits': 29.0, 'kind': 'exact', 'stderr': None}, 'x': 'Infinity'}
    """
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else _named(value)
    if isinstance(value, PurePath):
        return str(value)
    if isinstance(value, np.generic | np.ndarray):
        return to_record(value.tolist())
    if isinstance(value, Bits):
        return {"bits": to_record(value.bits), "kind": value.kind, "stderr": to_record(value.stderr)}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: to_record(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): to_record(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray | memoryview):
        return [to_record(item) for item in value]
    raise TypeError(f"a {type(value).__name__} has no place in a record")


def to_json(value: object, *, indent: int | None = 2) -> str:
    """`value` as one JSON text without a final newline."""
    return json.dumps(to_record(value), indent=indent, allow_nan=False)


def _named(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    return "Infinity" if value > 0 else "-Infinity"
