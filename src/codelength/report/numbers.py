"""Numbers for people: thousands separators, as many digits as make sense, and the kind beside every number of bits.

A column shows all its numbers with the same decimals, chosen from the largest: about four significant digits, none
after the point from 1,000 on. A number that this would round to zero keeps one significant digit, so that nothing
but 0 is ever shown as 0.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from codelength.core import Bits
from codelength.core.bits import Kind
from codelength.report.table import Cell, Interval, Measured

SIGNS: dict[Kind, str] = {"exact": "", "upper": "≤ ", "lower": "≥ ", "estimate": "≈ "}

MEANINGS: dict[Kind, str] = {
    "exact": "a stream of this size exists and decodes",
    "upper": "proven to be no more than this (≤)",
    "lower": "proven to be no less than this (≥)",
    "estimate": "neither a stream nor a bound (≈), with ± one standard error where it was sampled",
}

_HUGE = 1e15
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_MAX_DECIMALS = 6


@dataclass(frozen=True, slots=True)
class Shown:
    """A cell as people read it: the number with its sign, its kind, its interval (each may be empty)."""

    text: str
    kind: str = ""
    interval: str = ""


def decimals(cells: Iterable[Cell]) -> int:
    """How many decimals a column of these cells shows."""
    numbers = [number for cell in cells for number in _numbers(cell) if math.isfinite(number)]
    largest = max((abs(number) for number in numbers), default=0.0)
    if largest >= 1000 or all(float(number).is_integer() for number in numbers):
        return 0
    return min(_MAX_DECIMALS, 3 - max(-3, math.floor(math.log10(largest))))


def number(value: float, digits: int) -> str:
    """One number with `digits` decimals.

    Examples
    --------
    >>> number(1234567.8, 0), number(-2.51949, 3), number(0.04, 0)
    ('1,234,568', '−2.519', '0.04')
    """
    if isinstance(value, int):
        return f"{value:,}".replace("-", "−")
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if abs(value) >= _HUGE:
        text = _power(f"{value:.3e}")
    else:
        text = f"{value:,.{digits}f}"
        if not any(character in "123456789" for character in text):
            text = _power(f"{value:.1g}") if value else f"{0:.{digits}f}"
    return text.replace("-", "−")


def _power(text: str) -> str:
    """1e-05 as 1×10⁻⁵; what has no exponent as it is."""
    digits, mark, exponent = text.partition("e")
    return f"{digits}×10{str(int(exponent)).translate(_RAISED)}" if mark else text


def compact(value: float) -> str:
    """A number in few characters, for the axis of a plot: 950, 1.5k, 20k, 3.2M.

    Examples
    --------
    >>> compact(20000.0), compact(0.25), compact(-1500.0)
    ('20k', '0.25', '−1.5k')
    """
    if not math.isfinite(value):
        return number(value, 0)
    for unit, suffix in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= unit:
            return f"{value / unit:.3g}{suffix}".replace("-", "−")
    return f"{value:.3g}".replace("-", "−")


def show(cell: Cell, digits: int) -> Shown:
    """A cell as people read it, its numbers with `digits` decimals. Text and nothing come back as they are."""
    if cell is None:
        return Shown("")
    if isinstance(cell, str):
        return Shown(cell)
    if isinstance(cell, Interval):
        return Shown(_span(cell, digits))
    if isinstance(cell, Measured):
        inner = show(cell.value, digits)
        return Shown(inner.text, inner.kind, _span(cell.interval, digits))
    if isinstance(cell, Bits):
        spread = "" if cell.stderr is None else f" ± {number(cell.stderr, digits)}"
        return Shown(SIGNS[cell.kind] + number(cell.bits, digits) + spread, cell.kind)
    return Shown(number(cell, digits))


def _span(interval: Interval, digits: int) -> str:
    return f"{number(interval.low, digits)} to {number(interval.high, digits)}"


def _numbers(cell: Cell) -> list[float]:
    if isinstance(cell, Measured):
        return _numbers(cell.value)
    if isinstance(cell, Interval):
        return [cell.low, cell.high]
    if cell is None or isinstance(cell, str):
        return []
    return [float(cell)]
