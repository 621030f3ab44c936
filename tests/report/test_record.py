"""Records: strict JSON from which every number can be read back."""

import json
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codelength.core import Bits
from codelength.report import Interval, to_json, to_record


@dataclass(frozen=True)
class Result:
    name: str
    saved: Bits
    parts: tuple[float, ...]


def refuse(constant: str) -> None:
    raise AssertionError(f"{constant} is not JSON")


@given(st.floats() | st.integers())
def test_numbers_read_back(value: float) -> None:
    back = json.loads(to_json([value]), parse_constant=refuse)[0]
    assert float(back) == float(value) or math.isnan(value)
    assert isinstance(back, str) == (not math.isfinite(value))


@given(st.text(st.characters()))
def test_any_name_is_written_in_ascii(name: str) -> None:
    text = to_json({"name": name})
    assert text.isascii()
    assert json.loads(text) == {"name": name}


def test_results_become_plain_values() -> None:
    result = Result("x", Bits(5.0, "estimate", 0.5), (1.0, math.inf))
    assert to_record({"r": result, "i": Interval(0.0, 1.0), "p": Path("a/b"), "none": None, "yes": True}) == {
        "r": {"name": "x", "saved": {"bits": 5.0, "kind": "estimate", "stderr": 0.5}, "parts": [1.0, "Infinity"]},
        "i": {"low": 0.0, "high": 1.0},
        "p": "a/b",
        "none": None,
        "yes": True,
    }
    assert to_record(np.array([[1, 2]], dtype=np.uint8)) == [[1, 2]]
    assert type(to_record(np.float64(0.5))) is float


@pytest.mark.parametrize("value", [b"data", {1, 2}, object(), Result])
def test_data_has_no_place_in_a_record(value: object) -> None:
    with pytest.raises(TypeError, match="no place"):
        to_record(value)
