"""What `bits` shows: a table of files and codes, on the screen and as a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from codelength.cli.names import short_names
from codelength.cli.page import write_page
from codelength.cli.screen import Screen
from codelength.core import Bits, total
from codelength.report import Cell, Column, Fact, Figure, Section, Table


@dataclass(frozen=True, slots=True)
class Row:
    """One file under one code. `asked`: as it was named, `code`: as it was fitted to the file. `seconds` is the coding
    alone: neither compiling nor learning what is read first.
    """

    file: str
    size: int
    asked: str
    code: str
    bits: Bits
    seconds: float


def bits_table(rows: Sequence[Row], side: int) -> Table:
    """A line for each file and code; several files have totals."""
    files = list(dict.fromkeys(row.file for row in rows))
    codes = list(dict.fromkeys(row.asked for row in rows))
    given = f" given {side:,} bytes" if side else ""
    columns = [
        Column("code", "code"),
        Column("bits", "bits"),
        Column("rate", "bits/byte", digits=3),
        Column("seconds", "seconds", digits=2, help="coding alone: neither compiling nor learning what is read first"),
        Column("speed", "MB/s", digits=2),
    ]
    if len(files) == 1:
        title = f"{files[0]}: {rows[0].size:,} bytes, codelength{given}"
        return Table(title, columns, [_cells(row) for row in rows])
    names = short_names(files)
    shown = [_cells(row) | {"file": names[row.file], "size": row.size} for row in rows]
    for code in codes:
        summed = _total([row for row in rows if row.asked == code])
        shown.append(_cells(summed) | {"file": "total", "size": summed.size})
    first = [Column("file", "file"), Column("size", "bytes")]
    return Table(f"codelength of {len(files)} files{given}", [*first, *columns], shown)


def write_bits_page(screen: Screen, path: Path, rows: Sequence[Row], side: int) -> None:
    """The table and a picture: bits per byte of each file under each code."""
    from codelength.report import plots

    names = short_names(list(dict.fromkeys(row.file for row in rows)))
    codes = list(dict.fromkeys(row.asked for row in rows))

    def label(row: Row) -> str:
        if len(codes) == 1:
            return names[row.file]
        return row.code if len(names) == 1 else f"{names[row.file]} {row.code}"

    best = min(rows, key=lambda row: row.bits.bits / row.size)
    lead = (
        f"The fewest bits per byte: {names[best.file]} under {best.code}, {best.bits.bits / best.size:.3f} "
        f"({best.bits.kind})."
    )
    unit = "bits per byte"
    bars = plots.bars([label(row) for row in rows], [row.bits / row.size for row in rows], title=unit, unit=unit)
    sections = [Section("Codelengths", [Figure(bars, "Bits per byte"), bits_table(rows, side)])]
    facts = [Fact("files", len(names)), Fact("codes", len(codes)), Fact("the shortest", best.bits, note=label(best))]
    write_page(screen, path, title="Codelengths", lead=lead, sections=sections, facts=facts)


def _cells(row: Row) -> dict[str, Cell]:
    speed = row.size / 1e6 / row.seconds if row.seconds else None
    return {
        "code": row.code,
        "bits": row.bits,
        "rate": row.bits.bits / row.size,
        "seconds": row.seconds,
        "speed": speed,
    }


def _total(rows: Sequence[Row]) -> Row:
    size, seconds = sum(row.size for row in rows), sum(row.seconds for row in rows)
    return Row("total", size, rows[0].asked, rows[0].asked, total([row.bits for row in rows]), seconds)
