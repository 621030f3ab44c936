"""From a command's tables and figures to its `--report` page."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from codelength.cli.screen import Screen
from codelength.data import display

if TYPE_CHECKING:
    from codelength.report import Fact, Section


def write_page(
    screen: Screen,
    path: Path,
    *,
    title: str,
    lead: str,
    sections: Sequence[Section],
    facts: Sequence[Fact] = (),
    seeds: Mapping[str, int] | None = None,
) -> None:
    """Write the page of this run and say where it is."""
    from codelength.report import Page, provenance, write

    made = provenance(command_line(), datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"), seeds or {})
    write(Page(title, lead, sections, made, facts), path)
    screen.note(f"report: {display(path)}")


def command_line() -> list[str]:
    """The command as the person gave it."""
    return ["codelength", *sys.argv[1:]]
