"""Tables in the terminal: whole numbers at every width, no line beyond the edge, no control characters."""

import io
import re

import pytest
from rich.console import Console
from sample_page import HOSTILE, NAMES, sources

from codelength.core import Bits
from codelength.report import Column, Table, print_table


def printed(table: Table, width: int, encoding: str = "utf-8") -> str:
    file = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    print_table(table, Console(file=file, width=width))
    file.flush()
    return file.buffer.getvalue().decode(encoding)  # type: ignore[attr-defined]


@pytest.mark.parametrize("width", [44, 60, 80, 100, 120, 200])
@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_readable_at_every_width(width: int, encoding: str) -> None:
    text = printed(sources((*HOSTILE, *NAMES[4:])), width, encoding)
    assert max(map(len, text.splitlines())) <= width
    for whole in ("148,812 exact", "142,857 to 154,768", "214,330", "0.694"):
        assert whole in text
    folded = re.sub(r"\s|\|", "", text)
    assert "random" in folded
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_every_kind_has_its_sign_also_in_ascii() -> None:
    kinds = ("exact", "upper", "lower", "estimate")
    rows = [{"x": Bits(1500.0, kind)} for kind in kinds] + [{"x": Bits(1500.0, "estimate", 2.0)}, {}]  # type: ignore[arg-type]
    table = Table("", [Column("x", "X")], rows)
    for shown in ("1,500 exact", "≤ 1,500 upper", "≥ 1,500 lower", "≈ 1,500 estimate", "≈ 1,500 ± 2 estimate"):
        assert shown in printed(table, 60)
    for shown in ("<= 1,500 upper", ">= 1,500 lower", "~ 1,500 +- 2 estimate"):
        assert shown in printed(table, 60, "ascii")


def test_no_rows_still_shows_the_columns() -> None:
    assert "Source" in printed(Table("Nothing", [Column("s", "Source")], [], note="empty"), 60)


def test_markup_in_names_is_not_read() -> None:
    table = Table("[bold]t[/bold]", [Column("n", "N")], [{"n": "[red]name[/red]"}], note="[x]")
    text = printed(table, 60)
    assert "[red]name[/red]" in text
    assert "[bold]t[/bold]" in text
