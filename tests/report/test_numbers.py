"""Numbers for people: what is shown reads back as the number, and nothing but 0 is shown as 0."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codelength.core import Bits
from codelength.report import Column, Interval, Measured, Table
from codelength.report.numbers import SIGNS, compact, decimals, number, show
from codelength.report.table import raw

_RAISED = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


def read(text: str) -> float:
    """The number that a person reads."""
    digits, _, power = text.replace(",", "").replace("−", "-").replace("∞", "inf").partition("×10")
    return float(f"{digits}e{power.translate(_RAISED)}" if power else digits)


@given(st.floats(-1e300, 1e300) | st.sampled_from([math.inf, -math.inf]), st.integers(0, 6))
def test_shown_number_reads_back(value: float, digits: int) -> None:
    back = read(number(value, digits))
    if math.isinf(value):
        assert back == value
    elif value == 0 or round(value, digits) == 0 or abs(value) >= 1e15:
        assert math.isclose(back, value, rel_tol=0.4)
    else:
        assert abs(back - value) <= 0.5000001 * 10.0**-digits + 1e-15 * abs(value)


@given(st.integers(-(10**18), 10**18))
def test_whole_numbers_are_whole(value: int) -> None:
    text = number(value, 3)
    assert int(text.replace(",", "").replace("−", "-")) == value
    assert all(len(group) == 3 for group in text.split(",")[1:])


@given(st.lists(st.floats(-1e12, 1e12), min_size=1))
def test_largest_of_a_column_keeps_four_digits(values: list[float]) -> None:
    largest = max(values, key=abs)
    back = read(show(largest, decimals(values)).text)
    assert abs(back - largest) <= max(0.0006 * abs(largest), 0.6e-6)


@pytest.mark.parametrize("kind", ["exact", "upper", "lower", "estimate"])
def test_bits_always_show_their_kind(kind: str) -> None:
    shown = show(Bits(1234.5, kind), 0)  # type: ignore[arg-type]
    assert shown.kind == kind
    assert shown.text == SIGNS[kind] + "1,234"  # type: ignore[index]


def test_spread_and_interval() -> None:
    assert show(Bits(1200.0, "estimate", 12.5), 1).text == "≈ 1,200.0 ± 12.5"
    shown = show(Measured(Bits(10.0), Interval(-1.0, 20.0)), 0)
    assert (shown.text, shown.kind, shown.interval) == ("10", "exact", "−1 to 20")
    assert show(None, 3).text == ""
    assert number(float("nan"), 0) == "NaN"


@given(st.floats(-1e11, 1e11))
def test_axis_values_are_short_and_right(value: float) -> None:
    text = compact(value)
    unit = {"k": 1e3, "M": 1e6, "G": 1e9}.get(text[-1], 1.0)
    assert math.isclose(float(text.rstrip("kMG").replace("−", "-")) * unit, value, rel_tol=0.006, abs_tol=1e-300)


def test_columns_sort_by_the_raw_value() -> None:
    cells = [
        Bits(1234.4),
        Measured(7, Interval(1, 9)),
        Interval(-2.5, 3.0),
        5,
        float("inf"),
        None,
        "text",
        float("nan"),
    ]
    assert [raw(cell) for cell in cells] == [1234.4, 7.0, -2.5, 5.0, math.inf, None, None, None]


def test_tables_refuse_what_they_cannot_show() -> None:
    columns = [Column("a", "A")]
    with pytest.raises(ValueError, match="'b'"):
        Table("", columns, [{"b": 1}])
    with pytest.raises(TypeError, match="True"):
        Table("", columns, [{"a": True}])
    with pytest.raises(TypeError, match="object"):
        Table("", columns, [{"a": object()}])  # type: ignore[dict-item]
    with pytest.raises(ValueError, match="key of its own"):
        Table("", [*columns, *columns], [])
    with pytest.raises(ValueError, match="low <= high"):
        Interval(2.0, 1.0)
