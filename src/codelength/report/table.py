"""A table as plain values: columns, rows of cells, a note. What the terminal and the page both draw.

A cell is text, a number, `Bits`, an interval, a number with its interval, or nothing. Values stay raw: how many digits
are shown is decided where they are shown, and a page sorts by the raw value.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from codelength.core import Bits

Align = Literal["auto", "left", "right"]


@dataclass(frozen=True, slots=True)
class Interval:
    """From `low` to `high`, both included, in the unit of the number it stands beside."""

    low: float
    high: float

    def __post_init__(self) -> None:
        if not self.low <= self.high:
            raise ValueError(f"an interval from {self.low} to {self.high}: expected low <= high")


@dataclass(frozen=True, slots=True)
class Measured:
    """A number and how far it may be off."""

    value: int | float | Bits
    interval: Interval


Value = str | int | float | Bits | None
Cell = Value | Interval | Measured


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Parameters
    ----------
    key
        Where a row keeps this column's cell.
    title, unit
        The heading, and the unit of all its numbers ("bits", "bytes").
    align
        "auto": text left, numbers right.
    help
        One sentence on what the column means, for the page.
    digits
        Decimals of its numbers; None: as many as the largest of them calls for.
    """

    key: str
    title: str
    unit: str = ""
    align: Align = "auto"
    help: str = ""
    digits: int | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under columns, in the order given. A row without a column's key has an empty cell there.

    Raises
    ------
    ValueError
        No columns, two columns with one key, or a row with a key that no column has.
    TypeError
        A cell that is none of the above.

    Examples
    --------
    >>> Table("Codes", [Column("code", "Code")], [{"code": "zlib"}]).rows[0]["code"]
    'zlib'
    """

    title: str
    columns: Sequence[Column]
    rows: Sequence[Mapping[str, Cell]]
    note: str = ""

    def __post_init__(self) -> None:
        keys = [column.key for column in self.columns]
        if not keys or len(set(keys)) != len(keys):
            raise ValueError(f"columns {keys}: expected at least one, each with a key of its own")
        for row in self.rows:
            for key, cell in row.items():
                if key not in keys:
                    raise ValueError(f"a row has the key {key!r}; the columns are {', '.join(keys)}")
                if isinstance(cell, bool) or not isinstance(cell, Cell):
                    raise TypeError(f"cell {key!r} is {cell!r}: expected text, a number, Bits, an interval or None")

    def cells(self, column: Column) -> list[Cell]:
        """The column's cells from top to bottom."""
        return [row.get(column.key) for row in self.rows]

    def on_the_right(self, column: Column) -> bool:
        """Whether the column's cells stand at the right edge: asked for, or it holds numbers."""
        if column.align != "auto":
            return column.align == "right"
        filled = [cell for cell in self.cells(column) if cell is not None]
        return bool(filled) and not any(isinstance(cell, str) for cell in filled)


def raw(cell: Cell) -> float | None:
    """The number that a cell is sorted by; None where it holds none. An interval goes by its lower end."""
    if isinstance(cell, Measured):
        return float(cell.value)
    if isinstance(cell, Interval):
        return cell.low
    if cell is None or isinstance(cell, str):
        return None
    number = float(cell)
    return None if math.isnan(number) else number
