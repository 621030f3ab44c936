"""What `search` shows: the programs in readable form, and their price beside other codes' on the same bytes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from codelength.cli.page import write_page
from codelength.report import Cell, Column, Section, Table

if TYPE_CHECKING:
    from codelength.cli.screen import Screen
    from codelength.tasks.search import ShortestProgram


def programs_table(found: ShortestProgram, name: str) -> Table:
    """Every program with its bits."""
    rows: list[dict[str, Cell]] = [
        {"program": told.text, "symbols": told.size, "bits": told.bits} for told in found.programs
    ]
    known = "" if found.side_size is None else f"; x is what is given, {found.side_size:,} bytes"
    columns = [Column("program", f"y = {name}"), Column("symbols", "symbols"), Column("bits", "bits", digits=0)]
    note = f"Wrong at {found.misses:,} of {found.size:,} symbols{known}. {_searched(found)}"
    return Table("The shortest program found", columns, rows, note=note)


def prices_table(found: ShortestProgram) -> Table:
    """Parts of the codelength, and other codes."""
    k, conditional = ("K(y | x)", " given x") if found.side_size is not None else ("K(y)", "")
    rows: list[dict[str, Cell]] = [
        {"what": f"{k} at most", "bits": found.bits},
        {"what": "    programs and headers", "bits": found.program},
        {"what": "    what they get wrong", "bits": found.residual},
        {"what": "    length", "bits": found.length},
        {"what": "8 bits a byte", "bits": found.raw},
    ]
    rows += [{"what": f"{spec}{conditional}", "bits": bits} for spec, bits in found.rivals.items()]
    return Table("", [Column("what", "quantity"), Column("bits", "bits", digits=1)], rows, note=_BOUND)


_BOUND = (
    "An upper bound, up to the size of the interpreter. That nothing shorter exists cannot be certified: K is not "
    "computable."
)


def _searched(found: ShortestProgram) -> str:
    return (
        f"{found.tested:,} expressions were tested; all of at most {found.level} bits were that have no branch, loop "
        "or name, on the first symbols. Of programs with a hidden state some families were."
    )


def write_search_page(screen: Screen, path: Path, found: ShortestProgram, name: str) -> None:
    """The same as a page."""
    k = "K(y)" if found.side_size is None else "K(y | x)"
    sections = [
        Section("The program", [programs_table(found, name)]),
        Section("Its price beside other codes", [prices_table(found)]),
    ]
    lead = (
        f"{k} of {name} is at most {found.bits.bits:,.0f} bits; as it stands it has {found.raw.bits:,.0f}. "
        + " Then ".join(told.text for told in found.programs)
    )
    write_page(screen, path, title="The shortest program found", lead=lead, sections=sections)
