"""What a command shows: its result on stdout, everything else on stderr.

With `--json` stdout gets one JSON object and nothing else; progress appears only where stderr is a terminal.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

from rich.console import Console, RenderableType
from rich.progress import BarColumn, DownloadColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

if TYPE_CHECKING:
    from codelength.report import Table


class Advance(Protocol):
    """Moves the bar of a phase; the note stands beside it and may change, where another phase has a bar of its own."""

    def __call__(self, phase: str, done: int, total: int, note: str = "", /) -> None: ...


class Lines(Console):
    """A console that leaves a closed pipe to whoever guards the command."""

    def on_broken_pipe(self) -> None:
        """Raise it again: rich would exit by itself."""
        raise BrokenPipeError


class Screen:
    """Where one command writes.

    Parameters
    ----------
    as_json
        Print the result as one JSON object instead of tables.
    quiet
        No progress, notes or warnings.
    """

    def __init__(self, *, as_json: bool = False, quiet: bool = False) -> None:
        self.as_json = as_json
        self.quiet = quiet
        self.out = Lines(highlight=False)
        self.err = Console(stderr=True, highlight=False)

    def result(self, record: Mapping[str, Any], *shown: Table | RenderableType) -> None:
        """Print the record with `--json`, else what is shown."""
        if self.as_json:
            print_json(record)
            return
        from codelength.report import Table, print_table

        for item in shown:
            if isinstance(item, Table):
                print_table(item, self.out)
            else:
                self.out.print(item)

    def note(self, text: str) -> None:
        """A line for the person on stderr: not a result."""
        if not (self.quiet or self.as_json):
            self.err.print(Text(text), soft_wrap=True)

    def warn(self, text: str) -> None:
        """A warning on stderr; with `--json` the record carries it instead."""
        if not (self.quiet or self.as_json):
            self.err.print(Text.assemble(("warning: ", "bold yellow"), text), soft_wrap=True)

    @contextmanager
    def progress(self, *, in_bytes: bool = False) -> Iterator[Advance]:
        """A bar on stderr where that is a terminal; `advance(phase, done, total)` moves it."""
        if self.quiet or not self.err.is_terminal:
            yield _nowhere
            return
        count = DownloadColumn() if in_bytes else MofNCompleteColumn()
        columns = (TextColumn("{task.description}", markup=False), BarColumn(), count, TimeElapsedColumn())
        with Progress(*columns, console=self.err, transient=True) as bars:
            tasks: dict[str, Any] = {}

            def advance(phase: str, done: int, total: int, note: str = "", /) -> None:
                if phase not in tasks:
                    tasks[phase] = bars.add_task(phase, total=total or None)
                said = f"{phase}, {note}" if note else phase
                bars.update(tasks[phase], completed=done, total=total or None, description=said)

            yield advance


def _nowhere(_phase: str, _done: int, _total: int, _note: str = "", /) -> None:
    """No bar."""


def print_json(record: Mapping[str, Any]) -> None:
    """One JSON object and a newline on stdout."""
    from codelength.report import to_json

    sys.stdout.write(to_json(record) + "\n")
