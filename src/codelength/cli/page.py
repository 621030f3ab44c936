"""From a command's tables and figures to its `--report` page."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from codelength.cli.screen import Screen
from codelength.core import DataError
from codelength.data import display

if TYPE_CHECKING:
    from codelength.report import Fact, Section


_PAGE = b"<!doctype html"


def refuse_place(path: Path) -> None:
    """Refuse, before anything is computed, a place where the page could not be written or would take another's.

    Raises
    ------
    DataError
        The directory is not there or cannot be written to, or a file stands there that is no page.
    """
    folder = path.absolute().parent
    if not folder.is_dir():
        raise DataError(f"cannot write the report {display(path)}: there is no directory {display(path.parent)}")
    if not os.access(folder, os.W_OK):
        raise DataError(f"cannot write the report {display(path)}: the directory cannot be written to")
    if path.is_dir():
        raise DataError(f"cannot write the report {display(path)}: is a directory; name a file")
    if path.is_file():
        with path.open("rb") as file:
            begins = file.read(len(_PAGE)).lower()
        if begins and begins != _PAGE:
            raise DataError(f"{display(path)}: exists and is no page, so it is not replaced; --report names another")


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
