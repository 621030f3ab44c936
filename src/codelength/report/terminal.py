"""A table in the terminal, through `rich`: columns where they fit side by side, else a block of lines for each row.

Names are folded, never cut; numbers are never broken. A terminal that is not UTF-8 gets ASCII signs (<=, >=, ~, +-).
"""

from __future__ import annotations

from rich import box
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from codelength.report.numbers import Shown, decimals, show
from codelength.report.table import Column, Table
from codelength.report.wording import visible

_NARROWEST_NAME = 16
_AROUND = 3
_ASCII = str.maketrans(
    {"≤": "<=", "≥": ">=", "≈": "~", "±": "+-", "−": "-", "∞": "inf", "×": "x", "⁻": "^-", "…": "..."}
    | {raised: str(digit) for digit, raised in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")}
)


def print_table(table: Table, console: Console) -> None:
    """Print `table` on `console`, as columns where they fit and as blocks where they do not.

    Examples
    --------
    >>> from codelength.core import Bits
    >>> columns = [Column("name", "Source"), Column("saved", "Saved", "bits")]
    >>> table = Table("", columns, [{"name": "news", "saved": Bits(1234.0)}])
    >>> print_table(table, Console(width=60))  # doctest: +NORMALIZE_WHITESPACE
     Source   Saved (bits)
    ───────────────────────
     news     1,234 exact
    """
    cells = {column.key: _cells(table, column, console) for column in table.columns}
    widths = _widths(table, cells, console)
    if table.title:
        console.print(_text(table.title, console, "bold"))
    if widths is not None:
        console.print(_grid(table, cells, widths, console))
    else:
        _print_blocks(table, cells, console)
    if table.note:
        console.print(_text(table.note, console, "dim"))


def heading(column: Column) -> str:
    """Title and unit of a column on one line."""
    return f"{column.title} ({column.unit})" if column.unit else column.title


def _cells(table: Table, column: Column, console: Console) -> list[Text]:
    """The column's cells from top to bottom, the kinds of its numbers one under another."""
    cells = table.cells(column)
    digits = decimals(cells) if column.digits is None else column.digits
    shown = [show(cell, digits) for cell in cells]
    kind = max((len(one.kind) for one in shown), default=0)
    return [_cell(one, kind, console) for one in shown]


def _cell(shown: Shown, kind: int, console: Console) -> Text:
    text = _text(shown.text, console)
    if shown.kind:
        text.append(" " + shown.kind.ljust(kind), style="dim")
    if shown.interval:
        text.append_text(_text(f" ({shown.interval})", console, "dim"))
    return text


def _text(text: str, console: Console, style: str = "") -> Text:
    text = visible(text)
    if console.options.ascii_only:
        text = text.translate(_ASCII).encode("ascii", "backslashreplace").decode("ascii")
    return Text(text, style=style)


def _widths(table: Table, cells: dict[str, list[Text]], console: Console) -> list[int] | None:
    """How wide each column is, or None where they do not fit: numbers whole, names folded as little as need be,
    headings broken only between words.
    """
    least, most = [], []
    for column in table.columns:
        title = _text(heading(column), console)
        body = max((cell.cell_len for cell in cells[column.key]), default=0)
        word = max(Text(part).cell_len for part in title.plain.split() or [""])
        most.append(max(body, title.cell_len))
        least.append(max(word, body if table.on_the_right(column) else min(body, _NARROWEST_NAME)))
    spare = console.width - sum(least) - _AROUND * len(least)
    if spare < 0:
        return None
    widths = []
    for narrow, wide in zip(least, most, strict=True):
        widths.append(min(wide, narrow + spare))
        spare -= widths[-1] - narrow
    return widths


def _grid(table: Table, cells: dict[str, list[Text]], widths: list[int], console: Console) -> RichTable:
    grid = RichTable(box=box.ASCII2 if console.options.ascii_only else box.SIMPLE_HEAD, show_edge=False)
    for column, width in zip(table.columns, widths, strict=True):
        grid.add_column(
            _text(heading(column), console),
            justify="right" if table.on_the_right(column) else "left",
            width=width,
            overflow="fold",
        )
    for row in zip(*cells.values(), strict=True):
        grid.add_row(*row)
    return grid


def _print_blocks(table: Table, cells: dict[str, list[Text]], console: Console) -> None:
    first, *others = table.columns
    for k, name in enumerate(cells[first.key]):
        console.print(name, style="bold", overflow="fold")
        for column in others:
            cell = cells[column.key][k]
            if cell.plain:
                line = Text.assemble("  ", _text(heading(column), console, "dim"), "  ", cell)
                line.rstrip()
                console.print(line, overflow="fold")
