"""A square matrix as shades: the shade spans the values off the diagonal.

Rows carry the names, and columns too where all are short; else both are numbered (beside names that are numbers such
numbers would be taken for them). The diagonal (a thing with itself) is of another size than the rest and is left grey.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from typing import Literal

from codelength.core import Bits
from codelength.report.numbers import compact
from codelength.report.plots.axis import TICK_SIZE
from codelength.report.plots.canvas import SIZE, WIDTH, Box, Canvas, canvas
from codelength.report.wording import extent, shorten, visible

_LABELS = 125.0
_WIDEST = WIDTH + 40
_TOP = 24.0
_LEGEND = 40.0
_SMALLEST = 16.0
_LARGEST = 46.0
_WRITTEN = 32.0
_SHADES = 10


def heatmap(
    names: Sequence[str],
    matrix: Sequence[Sequence[float | Bits]],
    *,
    title: str,
    desc: str = "",
    unit: str = "bits",
    order: Sequence[int] | None = None,
    dark: Literal["high", "low"] = "high",
) -> str:
    """A matrix over one set of names.

    Parameters
    ----------
    names
        n names.
    matrix
        (n, n), of numbers or `Bits`. Values that are not finite stay unshaded.
    order
        Rows and columns from first to last, as a tree draws its leaves. None: as given.
    dark
        Which values are the dark ones: "high" for shared bits, "low" for distances.

    Returns
    -------
    str
        SVG. The numbers are written into the cells up to about nine names.
    """
    n = len(names)
    rows = list(order) if order is not None else list(range(n))
    if not n or len(matrix) != n or any(len(row) != n for row in matrix) or sorted(rows) != list(range(n)):
        lengths = [len(row) for row in matrix]
        raise ValueError(f"{n} names, rows of {lengths}, order {rows}: expected as many of each, each number once")
    values = [[float(matrix[i][j]) for j in rows] for i in rows]
    labels = [visible(names[i]) for i in rows]
    left = min(_LABELS, max(extent(label, SIZE) for label in labels)) + 14 + extent(str(n), SIZE)
    cell = min(_LARGEST, max(_SMALLEST, (_WIDEST - left - 2) / n))
    with canvas(max(WIDTH, left + cell * n + 2), _TOP + cell * n + _LEGEND) as drawing:
        _label(drawing, labels, left, cell)
        low, high = _shade(drawing, values, left, cell, dark)
        _legend(drawing, left, _TOP + cell * n + 18, (low, high) if dark == "high" else (high, low), unit)
        return drawing.svg(title, desc or f"{unit} for each pair of {n}, from {compact(low)} to {compact(high)}")


def _label(drawing: Canvas, labels: list[str], left: float, cell: float) -> None:
    size = min(SIZE, cell - 3)
    short = max(extent(label, size) for label in labels) < cell
    for k, label in enumerate(labels):
        y, x = _TOP + cell * (k + 0.5), left + cell * (k + 0.5)
        if short:
            drawing.text((left - 5, y), label, anchor="right", size=size)
            drawing.text((x, _TOP - 9), label, anchor="center", size=size)
            continue
        drawing.text(
            (left - 8 - extent(str(len(labels)), SIZE), y), shorten(label, SIZE, _LABELS), anchor="right", size=size
        )
        drawing.text((left - 5, y), str(k + 1), "muted", anchor="right", size=size)
        drawing.text((x, _TOP - 9), str(k + 1), "muted", anchor="center", size=size)


def _shade(
    drawing: Canvas, values: list[list[float]], left: float, cell: float, dark: Literal["high", "low"]
) -> tuple[float, float]:
    """Fill the cells, one shape for each shade; the range of the values off the diagonal."""
    n = len(values)
    pairs = [values[i][j] for i in range(n) for j in range(n) if i != j and math.isfinite(values[i][j])]
    low, high = min(pairs, default=0.0), max(pairs, default=0.0)
    boxes: dict[int, list[Box]] = defaultdict(list)
    for i in range(n):
        for j in range(n):
            value = values[i][j]
            shade = -1 if i == j else _level(value, low, high, dark)
            x, y = left + cell * j, _TOP + cell * i
            boxes[shade].append((x, y, x + cell - 1, y + cell - 1))
            if cell >= _WRITTEN:
                role = "muted" if i == j else f"on{shade}"
                drawing.text(
                    (x + cell / 2, y + cell / 2), compact(value), role, anchor="center", size=min(TICK_SIZE, cell / 3.5)
                )
    for shade, corners in sorted(boxes.items()):
        role, opacity = ("line", 0.5) if shade < 0 else ("accent", max(0.04, shade / _SHADES))
        drawing.rectangles(corners, role, opacity=opacity)
    return low, high


def _level(value: float, low: float, high: float, dark: Literal["high", "low"]) -> int:
    if not math.isfinite(value) or high <= low:
        return 0
    share = (value - low) / (high - low)
    return round(_SHADES * (share if dark == "high" else 1 - share))


def _legend(drawing: Canvas, left: float, y: float, ends: tuple[float, float], unit: str) -> None:
    swatch = 12.0
    texts = (compact(ends[0]), f"{compact(ends[1])} {unit}")
    x = left + extent(texts[0], TICK_SIZE) + 6
    drawing.text((left, y), texts[0], "muted", size=TICK_SIZE)
    for k in range(6):
        drawing.rectangles([(x, y - 5, x + swatch, y + 5)], "accent", opacity=max(0.06, k / 5))
        x += swatch
    drawing.text((x + 6, y), texts[1], "muted", size=TICK_SIZE)
