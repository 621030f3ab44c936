"""Bytes coloured by what they cost: the block of a page that `codelength explain` is about.

Every cell (a character, or a byte in hexadecimal) carries its level under up to three views: `a0`..`a8` cost alone,
`g0`..`g8` cost given the side information, `d0`..`d8` the difference. The block's `data-view` chooses which of them is
painted, so that the page is coloured without its script too. The costs themselves stand beside the cells in units of
2**-8 bits (uint16, base64), for the line that says what the byte under the pointer costs. About 30 bytes of page for
each byte shown.
"""

from __future__ import annotations

import base64
import html
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from codelength.report.cells import Cell, ascii_of, hex_rows, text_rows
from codelength.report.wording import visible

COSTS = (1 / 16, 1 / 4, 1 / 2, 1.0, 2.0, 3.0, 5.0, 8.0)
"""Bits per byte at which the next level begins: level 8 costs more than saying the byte plainly."""

SAVINGS = (-4.0, -2.0, -1.0, -1 / 4, 1 / 4, 1.0, 2.0, 4.0)
"""Bits per byte saved at which the next level begins: level 4 is no difference."""

_SAVING_LABELS = ("−4", "−2", "−1", "−¼", "0", "+¼", "+1", "+2", "+4")
_VIEWS = {"alone": "Alone", "given": "Given x", "difference": "Difference"}
_UNITS = 256
_LARGEST = 65535

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Span:
    """Some bytes of a file from `start` on, and what each of them costs.

    Parameters
    ----------
    title
        What they are; empty where a block has only one span.
    start
        Their offset in the file.
    content
        n bytes.
    alone, given
        Bits of each byte, (n,); `given` is None where there is no side information.
    """

    title: str
    start: int
    content: bytes
    alone: Floats
    given: Floats | None = None

    def __post_init__(self) -> None:
        for costs in (self.alone, self.given):
            if costs is not None and costs.shape != (len(self.content),):
                raise ValueError(f"costs of shape {costs.shape} for {len(self.content)} bytes: expected one for each")


@dataclass(frozen=True, slots=True)
class Explained:
    """Spans of one file, all of them with side information or all without; shown as `text`, else in hexadecimal."""

    spans: Sequence[Span]
    text: bool

    @property
    def views(self) -> list[str]:
        """What the cells can be coloured by; the second of several is shown first."""
        conditional = any(span.given is not None for span in self.spans)
        return list(_VIEWS) if conditional else ["alone"]


def explained(block: Explained) -> str:
    """The block as HTML."""
    views = block.views
    first = "given" if "given" in views else "alone"
    parts = [f'<div class="bytes" data-view="{first}">', _bar(views, first)]
    for span in block.spans:
        if span.title:
            parts.append(f"<h3>{_escaped(span.title)}</h3>")
        parts.append(_span(span, text=block.text))
    return "\n".join([*parts, "</div>"])


def _bar(views: Sequence[str], first: str) -> str:
    """What chooses the view, what the colours mean, and the line that says what one byte costs."""
    choices = "".join(
        f'<label><input type="radio" name="view" value="{view}"{" checked" * (view == first)}>'
        f"<span>{_VIEWS[view]}</span></label>"
        for view in views
    )
    chooser = f'<fieldset hidden><legend>Colour by</legend><div class="choices">{choices}</div></fieldset>'
    legends = _legend("cost", "bits per byte, at least", "a", ["0", *map(_short, COSTS)])
    if len(views) > 1:
        legends += _legend("saving", "bits per byte that x saves", "d", _SAVING_LABELS)
    readout = '<output aria-live="polite">Point at a byte, or move with the arrow keys.</output>'
    return f'<div class="bar">{chooser if len(views) > 1 else ""}<div class="legends">{legends}</div>{readout}</div>'


def _legend(name: str, unit: str, letter: str, labels: Sequence[str]) -> str:
    swatches = "".join(f'<i class="{letter}{k}">{label}</i>' for k, label in enumerate(labels))
    return f'<p class="legend {name}"><span>{unit}</span> <span class="swatches">{swatches}</span></p>'


def _short(edge: float) -> str:
    return {1 / 16: "¹⁄₁₆", 1 / 4: "¼", 1 / 2: "½"}.get(edge, f"{edge:g}")


def _span(span: Span, *, text: bool) -> str:
    """One span: rows of cells, each row with its offset."""
    levels = [("a", _levels(span.alone, COSTS), span.alone)]
    data = f' data-start="{span.start}" data-alone="{_packed(span.alone)}"'
    if span.given is not None:
        saved = span.alone - span.given
        levels += [("g", _levels(span.given, COSTS), span.given), ("d", _levels(saved, SAVINGS), saved)]
        data += f' data-given="{_packed(span.given)}"'
    rows, at = [], 0
    for row in text_rows(span.content) if text else hex_rows(span.content):
        size = sum(cell.size for cell in row)
        cells = "".join(_cells(row, at, levels))
        side = "" if text else f'<span class="ascii">{_escaped(ascii_of(span.content[at : at + size]))}</span>'
        rows.append(f'<div class="row"><b>{span.start + at:,}</b><span class="cells">{cells}</span>{side}</div>')
        at += size
    kind = "text" if text else "hex"
    digits = len(f"{span.start + len(span.content):,}")
    label = _escaped(span.title or "The bytes, coloured by what they cost")
    about = f'class="map {kind}" tabindex="0" role="group" aria-label="{label}" style="--offset: {digits}ch"'
    return f"<div {about}{data}>{''.join(rows)}</div>"


def _cells(row: Sequence[Cell], start: int, levels: Sequence[tuple[str, NDArray[np.int64], Floats]]) -> list[str]:
    """Cells of one row; one that stands for several bytes has the level of their mean."""
    edges = np.cumsum([start, *(cell.size for cell in row)])
    classes = []
    for letter, each, values in levels:
        if len(row) == edges[-1] - start:
            found = each[start : edges[-1]]
        else:
            means = np.add.reduceat(values[start : edges[-1]], edges[:-1] - start) / np.diff(edges)
            found = _levels(means, SAVINGS if letter == "d" else COSTS)
        classes.append([f"{letter}{level}" for level in found.tolist()])
    out = []
    for k, cell in enumerate(row):
        names = " ".join(each[k] for each in classes) + ("" if cell.plain else " s")
        size = f' data-n="{cell.size}"' if cell.size > 1 else ""
        out.append(f'<i class="{names}"{size}>{_escaped(cell.sign) if cell.sign != chr(9) else chr(9)}</i>')
    return out


def _levels(values: Floats, edges: Sequence[float]) -> NDArray[np.int64]:
    return np.searchsorted(np.array(edges), values, side="right")


def _packed(costs: Floats) -> str:
    units = np.minimum(np.rint(costs * _UNITS), _LARGEST).astype("<u2")
    return base64.b64encode(units.tobytes()).decode("ascii")


def _escaped(text: str) -> str:
    return html.escape(visible(text), quote=True)
