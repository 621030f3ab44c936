"""Lines over a common axis, each named at its right end: weights over time, learning curves."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise

from codelength.report.numbers import compact
from codelength.report.plots.axis import TICK_SIZE, Scale, rounded, spanning, tick_texts
from codelength.report.plots.canvas import SERIES, WIDTH, Canvas, Point, canvas
from codelength.report.wording import extent, shorten, visible

HEIGHT = 280.0
_LEFT = 46.0
_TOP = 26.0
_BOTTOM = 234.0
_LABELS = 150.0
_SPACING = 15.0
_DASHES: tuple[tuple[float, float] | None, ...] = (None, (5.0, 2.5))


def lines(
    x: Sequence[float],
    series: Mapping[str, Sequence[float]],
    *,
    title: str,
    desc: str = "",
    x_label: str = "",
    y_label: str = "",
    log_x: bool = False,
) -> str:
    """A line for each series.

    Parameters
    ----------
    x
        m values that do not decrease; all above 0 for `log_x`.
    series
        Name -> m values; those that are not finite are left out. Eight are coloured and named, those that vary most;
        the others are drawn grey.

    Returns
    -------
    str
        SVG.
    """
    _check(x, series, log_x)
    places = [math.log10(value) for value in x] if log_x else [float(value) for value in x]
    named = sorted(sorted(series, key=lambda name: -_range(series[name]))[: len(SERIES)], key=list(series).index)
    labels = {name: shorten(visible(name), TICK_SIZE, _LABELS) for name in named}
    right = WIDTH - max(extent(label, TICK_SIZE) for label in labels.values()) - 20
    with canvas(WIDTH, HEIGHT) as drawing:
        across = spanning(places, _LEFT, right, zero=False)
        finite = [value for values in series.values() for value in values if math.isfinite(value)]
        near_zero = 0 <= min(finite, default=0.0) < 0.4 * max(finite, default=0.0)
        up = rounded(spanning(finite, _BOTTOM, _TOP, zero=near_zero), 5)
        _grid(drawing, across, up, log_x, x_label, y_label)
        for name in series:
            if name not in named:
                _draw(drawing, _thinned(_pixels(places, series[name], across, up)), "line", None)
        ends: dict[str, Point] = {}
        for k, name in enumerate(named):
            points = _thinned(_pixels(places, series[name], across, up))
            if points:
                _draw(drawing, points, f"s{k}", _DASHES[k // 4])
                ends[name] = points[-1]
        _name_ends(drawing, ends, labels, {name: f"s{k}" for k, name in enumerate(named)}, right)
        return drawing.svg(title, desc or _spoken(series, x_label, y_label))


def _check(x: Sequence[float], series: Mapping[str, Sequence[float]], log_x: bool) -> None:
    if not x or not series or any(len(values) != len(x) for values in series.values()):
        raise ValueError(f"{len(x)} places and series of {[len(v) for v in series.values()]} values: expected as many")
    if not all(map(math.isfinite, x)) or any(b < a for a, b in pairwise(x)):
        raise ValueError("x must be finite and must not decrease")
    if log_x and x[0] <= 0:
        raise ValueError(f"x begins at {x[0]}: a logarithmic axis needs values above 0")


def _range(values: Sequence[float]) -> float:
    finite = [value for value in values if math.isfinite(value)]
    return max(finite, default=0.0) - min(finite, default=0.0)


def _grid(drawing: Canvas, across: Scale, up: Scale, log_x: bool, x_label: str, y_label: str) -> None:
    ticks = up.ticks(5)
    for value, text in zip(ticks, tick_texts(ticks), strict=True):
        y = up(value)
        drawing.line([(across.start, y), (across.stop, y)], "line")
        drawing.text((across.start - 6, y), text, "muted", anchor="right", size=TICK_SIZE)
    ticks = _log_ticks(across) if log_x else across.ticks(4)
    for value, text in zip(ticks, tick_texts([10**tick for tick in ticks] if log_x else ticks), strict=True):
        place = across(value)
        drawing.line([(place, _BOTTOM), (place, _BOTTOM + 4)], "muted")
        drawing.text((place, _BOTTOM + 13), text, "muted", anchor="center", size=TICK_SIZE)
    drawing.line([(across.start, _BOTTOM), (across.stop, _BOTTOM)], "muted")
    drawing.text((4, 10), y_label, "muted", size=TICK_SIZE)
    drawing.text(((across.start + across.stop) / 2, _BOTTOM + 31), x_label, "muted", anchor="center", size=TICK_SIZE)


def _log_ticks(across: Scale) -> list[float]:
    """Logarithms of round numbers: powers of ten, or where those are fewer than three, 1, 2, 5, 10, 20, ..."""
    decades = range(math.floor(across.low), math.floor(across.high + 1e-9) + 1)
    for steps in ((1,), (1, 2, 5)):
        ticks = [k + math.log10(step) for k in decades for step in steps]
        inside = [tick for tick in ticks if across.low - 1e-9 <= tick <= across.high + 1e-9]
        if len(inside) > 2:
            return inside
    return inside if len(inside) > 1 else across.ticks(4)


def _pixels(places: Sequence[float], values: Sequence[float], across: Scale, up: Scale) -> list[Point]:
    return [(across(a), up(b)) for a, b in zip(places, values, strict=True) if math.isfinite(b)]


def _thinned(points: list[Point]) -> list[Point]:
    """At most four points for each pixel across (first, highest, lowest, last): the same picture in bounded size."""
    columns: dict[int, list[Point]] = {}
    for point in points:
        columns.setdefault(int(point[0]), []).append(point)
    kept: list[Point] = []
    for column in columns.values():
        extremes = {0, len(column) - 1}
        heights = [y for _, y in column]
        extremes |= {heights.index(min(heights)), heights.index(max(heights))}
        kept += [column[k] for k in sorted(extremes)]
    return kept


def _draw(drawing: Canvas, points: list[Point], role: str, dashes: tuple[float, float] | None) -> None:
    if len(points) > 1:
        drawing.line(points, role, width=1.8, dashes=dashes)
    elif points:
        drawing.dot(points[0], role)


def _name_ends(
    drawing: Canvas, ends: dict[str, Point], labels: dict[str, str], roles: dict[str, str], right: float
) -> None:
    """Names beside the ends of their lines, moved apart where they would stand upon each other."""
    order = sorted(ends, key=lambda name: ends[name][1])
    heights: list[float] = []
    for name in order:
        heights.append(max(ends[name][1], heights[-1] + _SPACING if heights else 0.0))
    lowest = _BOTTOM + 4
    for k in reversed(range(len(heights))):
        heights[k] = min(heights[k], lowest)
        lowest = heights[k] - _SPACING
    for name, y in zip(order, heights, strict=True):
        drawing.dot(ends[name], roles[name], 2.5)
        drawing.line([ends[name], (right + 10, y)], roles[name])
        drawing.text((right + 14, y), labels[name], size=TICK_SIZE)


def _spoken(series: Mapping[str, Sequence[float]], x_label: str, y_label: str) -> str:
    ends = "; ".join(f"{name}: {compact(values[0])} to {compact(values[-1])}" for name, values in series.items())
    return f"{y_label or 'value'} over {x_label or 'x'}, from first to last: {ends}"
