"""Horizontal bars: one number for each name, with its interval; and the same laid end to end, for a greedy choice."""

from __future__ import annotations

import math
from collections.abc import Sequence

from codelength.core import Bits
from codelength.core.bits import total
from codelength.report.numbers import decimals, show
from codelength.report.plots.axis import grid_below, spanning
from codelength.report.plots.canvas import SIZE, WIDTH, Canvas, canvas
from codelength.report.table import Interval
from codelength.report.wording import extent, shorten, visible

ROW = 26.0
BAR = 14.0
_TOP = 6.0
_BOTTOM = 42.0
_LABELS = 145.0


def bars(
    names: Sequence[str],
    values: Sequence[Bits | float],
    *,
    title: str,
    desc: str = "",
    unit: str = "bits",
    intervals: Sequence[Interval | None] | None = None,
) -> str:
    """A bar for each value, from the top down, the number at its right edge.

    Parameters
    ----------
    names, values
        n of each; numbers of bits show what kind they are.
    intervals
        n intervals, drawn as whiskers; None for a bar without one.

    Returns
    -------
    str
        SVG.
    """
    spans = list(intervals) if intervals is not None else [None] * len(values)
    _check(names, values, spans)
    ends = [end for span in spans if span is not None for end in (span.low, span.high)]
    with canvas(WIDTH, _TOP + ROW * len(names) + _BOTTOM) as drawing:
        texts = _texts(values)
        left, right = _columns(names, texts)
        scale = spanning([*map(float, values), *ends], left, right, zero=True)
        grid_below(drawing, scale, _TOP, _TOP + ROW * len(names), unit)
        for k, (name, value, span) in enumerate(zip(names, values, spans, strict=True)):
            y = _TOP + ROW * (k + 0.5)
            _row(drawing, y, left, name, texts[k])
            edges = sorted((scale(0.0), scale(float(value))))
            role = "accent" if float(value) >= 0 else "loss"
            drawing.rectangles([(edges[0], y - BAR / 2, edges[1], y + BAR / 2)], role)
            if span is not None:
                _whisker(drawing, y, scale(span.low), scale(span.high))
        return drawing.svg(title, desc or _spoken(names, texts, unit))


def cumulative(
    names: Sequence[str],
    added: Sequence[Bits | float],
    *,
    title: str,
    desc: str = "",
    unit: str = "bits",
    taken: Sequence[bool] | None = None,
) -> str:
    """What each next one adds to those above it: every bar starts where the last one ended; the last row is the sum.

    Parameters
    ----------
    names, added
        n of each, in the order of the choice.
    taken
        n booleans; what was not taken is drawn hollow and adds nothing to the rows below. None: all were.

    Returns
    -------
    str
        SVG. Meant for up to some thirty steps; beyond, draw the sums with `lines`.
    """
    kept = list(taken) if taken is not None else [True] * len(added)
    _check(names, added, kept)
    parts = [value if isinstance(value, Bits) else Bits(float(value), "estimate") for value in added]
    whole = total([part for part, keep in zip(parts, kept, strict=True) if keep])
    plain = not any(isinstance(value, Bits) for value in added)
    rows = [*names, "together"]
    texts = _texts([*added, float(whole) if plain else whole])
    texts = [*(_signed(text, float(part)) for text, part in zip(texts, parts, strict=False)), texts[-1]]
    starts = [0.0]
    for part, keep in zip(parts, kept, strict=True):
        starts.append(starts[-1] + (float(part) if keep else 0.0))
    ends = [start + float(part) for start, part in zip(starts, parts, strict=False)]
    with canvas(WIDTH, _TOP + ROW * len(rows) + _BOTTOM) as drawing:
        left, right = _columns(rows, texts)
        scale = spanning([*starts, *ends], left, right, zero=True)
        grid_below(drawing, scale, _TOP, _TOP + ROW * len(rows), unit)
        for k, name in enumerate(rows):
            y = _TOP + ROW * (k + 0.5)
            last = k == len(names)
            _row(drawing, y, left, name, texts[k], bold=last)
            edges = sorted((scale(0.0), scale(starts[k])) if last else (scale(starts[k]), scale(ends[k])))
            role = "accent" if last or float(parts[k]) >= 0 else "loss"
            box = (edges[0], y - BAR / 2, max(edges[1], edges[0] + 1.0), y + BAR / 2)
            hollow = not last and not kept[k]
            drawing.rectangles([box], "surface" if not hollow else role, hollow=hollow)
            if not hollow:
                drawing.rectangles([box], role, opacity=1.0 if last else 0.6)
            if not last:
                x = scale(starts[k + 1])
                drawing.line([(x, y + BAR / 2), (x, y + ROW - BAR / 2)], "muted")
        return drawing.svg(title, desc or _spoken(rows, texts, unit))


def _check(names: Sequence[str], values: Sequence[object], third: Sequence[object]) -> None:
    if not names or not len(names) == len(values) == len(third):
        raise ValueError(f"{len(names)} names, {len(values)} values, {len(third)} of the rest: expected as many")


def _texts(values: Sequence[Bits | float]) -> list[str]:
    if any(math.isnan(float(value)) for value in values):
        raise ValueError("a bar has no length: its value is NaN")
    digits = decimals(values)
    return [show(value, digits).text for value in values]


def _signed(text: str, value: float) -> str:
    """What a step adds, with a plus: before the number, after the sign of its kind."""
    at = 2 if text[1:2] == " " else 0
    return text if value < 0 else f"{text[:at]}+{text[at:]}"


def _columns(names: Sequence[str], texts: Sequence[str]) -> tuple[float, float]:
    """Where the bars may begin and end: names stand left of them, numbers right."""
    widest = max(extent(visible(name), SIZE) for name in names)
    return min(_LABELS, widest) + 10, WIDTH - max(extent(text, SIZE) for text in texts) - 10


def _row(drawing: Canvas, y: float, left: float, name: str, text: str, *, bold: bool = False) -> None:
    drawing.text((left - 10, y), shorten(visible(name), SIZE, _LABELS), anchor="right", bold=bold)
    drawing.text((WIDTH - 2, y), text, anchor="right", bold=bold)


def _whisker(drawing: Canvas, y: float, low: float, high: float) -> None:
    drawing.line([(low, y), (high, y)], "ink", width=1.2)
    for x in (low, high):
        drawing.line([(x, y - 3.5), (x, y + 3.5)], "ink", width=1.2)


def _spoken(names: Sequence[str], texts: Sequence[str], unit: str) -> str:
    return "; ".join(f"{name}: {text} {unit}" for name, text in zip(names, texts, strict=True))
