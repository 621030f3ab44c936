"""A scale from values to pixels, its round tick values, and the grid that shows them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from matplotlib.ticker import MaxNLocator

from codelength.report.numbers import compact, number
from codelength.report.plots.canvas import SIZE, Canvas

TICK_SIZE = SIZE - 1.5
_STEPS = (1, 2, 2.5, 5, 10)
_DECIMALS = 6
_THOUSANDS = 1000


@dataclass(frozen=True, slots=True)
class Scale:
    """Linear from values [low, high] to pixels [start, stop]; start may lie beyond stop. Infinities end at an edge."""

    low: float
    high: float
    start: float
    stop: float

    def __call__(self, value: float) -> float:
        """The pixel of a value."""
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return self.start + share * (self.stop - self.start)

    def ticks(self, most: int) -> list[float]:
        """About `most` round values within the scale."""
        values = MaxNLocator(nbins=most, steps=_STEPS).tick_values(self.low, self.high)
        slack = 1e-9 * (self.high - self.low)
        return [float(value) for value in values if self.low - slack <= value <= self.high + slack]


def spanning(values: Iterable[float], start: float, stop: float, *, zero: bool) -> Scale:
    """The scale that holds all finite values, and zero if asked for."""
    finite = [value for value in values if math.isfinite(value)] + ([0.0] if zero else [])
    low, high = min(finite, default=0.0), max(finite, default=0.0)
    if high - low <= 1e-12 * max(abs(low), abs(high)):
        low, high = (low, low + 1.0) if zero else (low - 0.5, high + 0.5)
    return Scale(low, high, start, stop)


def rounded(scale: Scale, most: int) -> Scale:
    """The scale, its ends moved out to round values."""
    values = MaxNLocator(nbins=most, steps=_STEPS).tick_values(scale.low, scale.high)
    return Scale(min(scale.low, values[0]), max(scale.high, values[-1]), scale.start, scale.stop)


def tick_texts(ticks: Sequence[float]) -> list[str]:
    """The values in few characters, with as many digits as all of them need: with fewer, even steps would look uneven.

    Examples
    --------
    >>> tick_texts([3.3, 3.325, 3.35]), tick_texts([0.0, 1500.0]), tick_texts([10_225.0, 10_250.0])
    (['3.300', '3.325', '3.350'], ['0', '1.5k'], ['10,225', '10,250'])
    """
    few = all(abs(value - float(f"{value:.3g}")) <= 1e-9 * abs(value) for value in ticks)
    if few and max(map(abs, ticks), default=0.0) >= _THOUSANDS:
        return [compact(value) for value in ticks]
    for digits in range(_DECIMALS + 1):
        if all(abs(round(value, digits) - value) <= 1e-9 * abs(value) for value in ticks):
            return [number(value, digits) for value in ticks]
    return [compact(value) for value in ticks]


def grid_below(canvas: Canvas, scale: Scale, top: float, bottom: float, unit: str) -> None:
    """Vertical grid lines for a horizontal scale, their values and the unit underneath."""
    ticks = scale.ticks(4)
    for value, text in zip(ticks, tick_texts(ticks), strict=True):
        x = scale(value)
        canvas.line([(x, top), (x, bottom)], "muted" if value == 0 else "line")
        canvas.text((x, bottom + 12), text, "muted", anchor="center", size=TICK_SIZE)
    middle = (scale.start + scale.stop) / 2
    canvas.text((middle, bottom + 28), unit, "muted", anchor="center", size=TICK_SIZE)
