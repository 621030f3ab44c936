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


def draw(fields: dict[str, list[Point]]) -> None:
    """Write docs/figures/field.svg."""
    rows = -(-len(fields) // COLUMNS)
    style = {"svg.fonttype": "none", "svg.hashsalt": "field", "font.family": "sans-serif", "font.size": 8}
    with mpl.rc_context(style):
        figure, axes = plt.subplots(rows, COLUMNS, figsize=(11, 3.9 * rows), squeeze=False, layout="constrained")
        for panel, (title, points) in zip(axes.flat, fields.items(), strict=False):
            _panel(panel, title, points)
        for panel in axes.flat[len(fields) :]:
            panel.axis("off")
        figure.suptitle(
            "Bytes against processor time (lower and further left is better); hollow: quoted, time good to ±50 %;\n"
            "line: the front that nobody beats on both",
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
    for number, point in enumerate(sorted(points, key=lambda point: (point.encode_s, point.bytes))):
        below = number % 2
        panel.annotate(
            point.code, (point.encode_s, point.bytes), textcoords="offset points", fontsize=6.5, ha="center",
            xytext=(0, -10 if below else 6), fontweight="bold" if point.kind == "ours" else "normal",
        )  # fmt: skip
