"""A drawing surface in CSS pixels that ends as an SVG text to be put into a page.

matplotlib renders (its own figure, its default style whatever the user has configured, no pyplot, no state left
behind), and three things are then changed in what it wrote:

- colours: a role ("ink", "accent", ...) is drawn in a colour of its own that becomes a CSS variable with a light
  fallback, so that a page's dark mode reaches into the picture;
- text: each text is drawn as a token and set afterwards, escaped, so that no name is read as mathematics or markup,
  and no font is needed here for what the reader's machine will draw;
- ids, metadata and the style sheet go: nothing to clash with another figure, nothing that differs between two runs.
"""

from __future__ import annotations

import html
import io
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Literal

import matplotlib as mpl
import matplotlib.style
from matplotlib.artist import Artist
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from codelength.report.wording import visible

WIDTH = 420
"""Pixels: two pictures side by side on a desk, and still readable on a telephone."""

SIZE = 12.0
"""Pixels of the text in a picture."""

SERIES = ("#1f5fa8", "#b8500f", "#2b7a4b", "#84479c", "#0b7684", "#a8324a", "#6a6400", "#5b5f97")

ROLES = {
    "ink": "#1c2127",
    "muted": "#59636e",
    "line": "#d9dee3",
    "surface": "#ffffff",
    "accent": "#1f5fa8",
    "loss": "#a8324a",
    **{f"s{k}": colour for k, colour in enumerate(SERIES)},
    **{f"on{k}": "#07090c" if k < 9 else "#ffffff" for k in range(11)},
}
"""Role -> colour where no page defines the variable `--role`. `on0` to `on10`: text on so many tenths of the accent."""

Anchor = Literal["left", "center", "right"]
Point = tuple[float, float]
Box = tuple[float, float, float, float]

_FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', 'Noto Sans', Arial, sans-serif"
_CODES = {role: f"#00{k:02x}fe" for k, role in enumerate(ROLES)}
_VARIABLES = {code: f"var(--{role}, {ROLES[role]})" for role, code in _CODES.items()}
_ABOVE = 1e6
_METADATA = dict.fromkeys(("Creator", "Date", "Format", "Type"))


class Canvas:
    """`width` x `height` pixels, (0, 0) at the top left."""

    def __init__(self, width: float, height: float) -> None:
        self.width, self.height = width, height
        self._texts: list[str] = []
        self._layer = 0
        self._figure = Figure(figsize=(width / 72, height / 72), dpi=72)
        self._axes = self._figure.add_axes((0, 0, 1, 1))
        self._axes.set_axis_off()
        self._axes.set_xlim(0, width)
        self._axes.set_ylim(height, 0)

    def line(
        self, points: Sequence[Point], role: str, *, width: float = 1.0, dashes: tuple[float, float] | None = None
    ) -> None:
        """Straight lines through the points."""
        xs, ys = zip(*points, strict=True)
        style: dict[str, Any] = {"dashes": dashes} if dashes else {}
        self._add(Line2D(xs, ys, color=_CODES[role], linewidth=width, **style))

    def rectangles(self, corners: Sequence[Box], role: str, *, opacity: float = 1.0, hollow: bool = False) -> None:
        """Rectangles (left, top, right, bottom) as one shape: filled, or their outlines only."""
        vertices: list[Point] = []
        for left, top, right, bottom in corners:
            vertices += [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)]
        moves = [Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY] * len(corners)
        colours = {"facecolor": "none", "edgecolor": _CODES[role], "linewidth": 1.0, "linestyle": (0, (3, 2))}
        if not hollow:
            colours = {"facecolor": _CODES[role], "linewidth": 0.0}
        self._add(PathPatch(Path(vertices, moves), alpha=opacity, **colours))

    def dot(self, at: Point, role: str, radius: float = 3.0) -> None:
        """A filled circle."""
        circle = Path.circle(at, radius)
        self._add(PathPatch(circle, facecolor=_CODES[role], linewidth=0.0))

    def text(
        self,
        at: Point,
        text: str,
        role: str = "ink",
        *,
        anchor: Anchor = "left",
        size: float = SIZE,
        bold: bool = False,
    ) -> None:
        """A line of text, its middle at the height of the point."""
        if not text:
            return
        x, y = at
        self._axes.text(
            x,
            y + 0.35 * size,
            f"q{len(self._texts)}q",
            color=_CODES[role],
            ha=anchor,
            va="baseline",
            fontsize=size,
            fontweight="bold" if bold else "normal",
            parse_math=False,
            zorder=_ABOVE,
        )
        self._texts.append(text)

    def _add(self, artist: Artist) -> None:
        """Draw above all that was drawn before; matplotlib would put every line above every area."""
        self._layer += 1
        artist.set_zorder(self._layer)
        artist.set_clip_on(False)
        self._axes.add_artist(artist)

    def svg(self, title: str, desc: str) -> str:
        """The picture, with a title and a description for those who cannot see it."""
        buffer = io.StringIO()
        self._figure.savefig(buffer, format="svg", transparent=True, metadata=_METADATA)
        written = buffer.getvalue()
        body = written[written.index("<g id=") : written.rindex("</svg>")]
        body = re.sub(r' id="[^"]*"| transform="rotate\(-0 [^"]*"', "", body)
        body = re.sub(r"font-family: [^;\"]*; ?", "", body)
        body = re.sub(r"\d+\.\d+", lambda met: f"{float(met[0]):.2f}".rstrip("0").rstrip("."), body)
        body = re.sub(r"#00[0-9a-f]{2}fe", lambda met: _VARIABLES[met[0]], body)
        body = re.sub(r"\s*\n\s*", " ", body)
        body = re.sub(r">q(\d+)q<", lambda met: f">{_escaped(self._texts[int(met[1])])}<", body)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {self.width:g} {self.height:g}"'
            f' width="{self.width:g}" height="{self.height:g}" style="font-family: {_FONT}; '
            f'font-variant-numeric: tabular-nums; stroke-linejoin: round"><title>{_escaped(title)}</title>'
            f"<desc>{_escaped(desc)}</desc>{body.strip()}</svg>"
        )


@contextmanager
def canvas(width: float, height: float) -> Iterator[Canvas]:
    """A canvas, to be drawn on and asked for its `svg` inside the `with`."""
    with mpl.style.context("default"), mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "codelength"}):
        yield Canvas(width, height)


def _escaped(text: str) -> str:
    return html.escape(visible(text), quote=False)
