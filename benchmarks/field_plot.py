"""The field as a picture: bytes against processor seconds of encoding, a panel per set, with the Pareto front drawn."""

from pathlib import Path

import matplotlib as mpl

from benchmarks.field_points import Point, front

mpl.use("svg")

from matplotlib import pyplot as plt
from matplotlib.axes import Axes

FIGURE = Path(__file__).resolve().parent.parent / "docs" / "figures" / "field.svg"
LOOKS = {
    "ours": {"marker": "o", "color": "#c0392b", "s": 46, "zorder": 4},
    "peer": {"marker": "s", "color": "#34495e", "s": 20, "zorder": 3},
    "quoted": {"marker": "s", "facecolors": "none", "edgecolors": "#7f8c8d", "s": 20, "zorder": 2},
}
COLUMNS = 2
SIZE = 6.5
LETTER = 0.58
"""Width of a letter in units of the font's size, about."""

PLACES = [(side, up) for up in (0, 9, -9, 18, -18, 27, -27, 36, -36, 45, -45) for side in (1, -1, 0)]
"""Where a name may stand: right of its point, left of it or over it, so many points up."""


def draw(fields: dict[str, list[Point]]) -> None:
    """Write docs/figures/field.svg."""
    rows = -(-len(fields) // COLUMNS)
    style = {"svg.fonttype": "none", "svg.hashsalt": "field", "font.family": "sans-serif", "font.size": 8}
    with mpl.rc_context(style):
        figure, axes = plt.subplots(rows, COLUMNS, figsize=(11, 3.9 * rows), squeeze=False, layout="constrained")
        for panel, (title, points) in zip(axes.flat, fields.items(), strict=False):
            _panel(panel, title, points)
        figure.canvas.draw()
        for panel, points in zip(axes.flat, fields.values(), strict=False):
            _label(panel, points)
        for panel in axes.flat[len(fields) :]:
            panel.axis("off")
        figure.suptitle(
            "Bytes against processor time (lower and further left is better); red: ours;\n"
            "hollow: quoted, time good to ±50 %; line: the front that nobody beats on both",
            fontsize=10,
        )
        FIGURE.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(FIGURE, format="svg", metadata={"Date": None, "Creator": None})
        plt.close(figure)
    print(f"wrote {FIGURE.name}: {FIGURE.stat().st_size:,} bytes")


def _panel(panel: Axes, title: str, points: list[Point]) -> None:
    for kind, look in LOOKS.items():
        of = [point for point in points if point.kind == kind]
        panel.scatter([point.encode_s for point in of], [point.bytes for point in of], label=kind, **look)
    edge = front(points)
    panel.step([p.encode_s for p in edge], [p.bytes for p in edge], where="post", color="#aab7b8", lw=1, zorder=1)
    panel.set_xscale("log")
    panel.set_title(title, fontsize=9, fontweight="bold")
    panel.set_xlabel("processor seconds to encode")
    panel.set_ylabel("bytes")
    panel.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    panel.margins(x=0.16, y=0.1)


def _label(panel: Axes, points: list[Point]) -> None:
    """Names beside their points, each at the first place tried that covers neither a point nor an earlier name."""
    at = {point: panel.transData.transform((point.encode_s, point.bytes)) for point in points}
    scale = 72 / panel.figure.dpi
    taken = [(x * scale - 3, y * scale - 3, x * scale + 3, y * scale + 3) for x, y in at.values()]
    for point in sorted(points, key=lambda point: (point.kind != "ours", point.bytes)):
        name = point.code.replace(" --ultra", "").replace(" --long=27", "").replace(" -w24", "")
        x, y = at[point][0] * scale, at[point][1] * scale
        width, height = LETTER * SIZE * len(name), SIZE
        for right, up in PLACES:
            left, low = x + (5, -width / 2, -width - 5)[1 - right], y + up
            box = (left, low - height / 2, left + width, low + height / 2)
            if not any(_overlap(box, other) for other in taken):
                break
        taken.append(box)
        panel.annotate(
            name, (point.encode_s, point.bytes), xytext=(box[0] - x, box[1] - y), textcoords="offset points",
            fontsize=SIZE, fontweight="bold" if point.kind == "ours" else "normal", va="bottom",
            arrowprops={"arrowstyle": "-", "lw": 0.3, "color": "#aab7b8"} if abs(up) > 10 else None,
        )  # fmt: skip


def _overlap(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
