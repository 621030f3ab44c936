"""What the presets of `cm` are meant to reach on the field's sets, beside what they reach.

Bytes at most by set for `default` and `max`; kB per processor second at least, encoding enwik6; MB at most, the whole
process. `fast` is to be smaller than PPMd o16 on enwik6.
"""

from rich.console import Console
from rich.table import Table

from benchmarks.field_points import Point, preset

SIZES = {
    "enwik6": {"default": 212_000, "max": 197_000, "fast": 246_217},
    "enwik8_first4M": {"default": 848_000, "max": 790_000},
    "calgary": {"default": 640_000, "max": 595_000},
    "canterbury": {"default": 350_000, "max": 315_000},
    "dickens": {"default": 2_040_000, "max": 1_940_000},
    "mr": {"default": 2_060_000, "max": 1_900_000},
    "ooffice": {"default": 1_690_000, "max": 1_450_000},
    "paper5": {"default": 3_900, "max": 3_700},
}
SPEEDS = {"fast": 800.0, "default": 120.0, "max": 25.0}
MEMORY = {"fast": 400.0, "default": 400.0}
"""Of the whole process; about 200 MB of it are Python, NumPy and Numba."""
SPEED_SET = "enwik6"
WIDTH = 120


def print_goals(fields: dict[str, tuple[int, list[Point]]]) -> None:
    """Title -> (bytes of the set, its points): a table of every goal that one of our codes can be held to."""
    table = Table(title="Goals")
    for column in ("goal", "code", "at most", "reached", "margin", ""):
        table.add_column(column, justify="right" if column in ("at most", "reached", "margin") else "left")
    for title, (size, points) in fields.items():
        for point in (point for point in points if point.kind == "ours"):
            goal = SIZES[title].get(preset(point.code))
            if goal is not None:
                _row(table, f"{title}, bytes", point.code, goal, point.bytes, point.bytes <= goal)
            if title == SPEED_SET and preset(point.code) in SPEEDS:
                wanted, reached = SPEEDS[preset(point.code)], size / point.encode_s / 1e3
                _row(table, f"{title}, kB/s at least", point.code, wanted, reached, reached >= wanted)
            if point.peak_mb is not None and preset(point.code) in MEMORY:
                most = MEMORY[preset(point.code)]
                _row(table, f"{title}, MB", point.code, most, point.peak_mb, point.peak_mb <= most)
    if table.row_count:
        Console(width=WIDTH).print(table)


def _row(table: Table, title: str, code: str, goal: float, reached: float, met: bool) -> None:
    margin = f"{100 * (reached - goal) / goal:+.1f} %"
    table.add_row(title, code, f"{goal:,.0f}", f"{reached:,.0f}", margin, "met" if met else "[bold]missed[/bold]")
